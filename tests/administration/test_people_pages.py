"""The pages about people: what each shows, what it changes, and for whom."""

import re
from datetime import timedelta
from html import unescape

import pytest

from portal.accounts.models import (
    Deputy,
    Membership,
    Switch,
    Team,
    TeamMember,
    User,
)
from portal.accounts.roles import CAPABILITIES, LATER, SWITCHES, Capability, Role
from portal.administration.capability_table import as_markdown, later_as_markdown
from portal.clock import now, today
from tests.accounts.office import seen_clients
from tests.administration.pages import by, person, url

pytestmark = pytest.mark.pages


LISTS = (
    "people",
    "invitations",
    "invite",
    "teams",
    "unassigned",
    "deputies",
    "requests",
    "why",
    "capabilities",
    "reviews",
)


@pytest.mark.parametrize("name", LISTS)
def test_every_page_opens_for_an_administrator(office, boss, name):
    person(office, Role.CLIENT_USER, "a")
    answer = boss.get(url(name))
    assert answer.status_code == 200
    assert "aria-current" in answer.text


@pytest.mark.parametrize("name", [*LISTS, "mine"])
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_the_pages_of_administrators_are_refused_to_others(office, role, name):
    answer = by(person(office, role, "a")).get(url(name))
    open_to_client = {"people", "invitations", "invite", "capabilities"}
    permitted = name == "mine" or (role == Role.CLIENT_ADMINISTRATOR and name in open_to_client)
    assert answer.status_code == (200 if permitted else 403)


def test_the_list_names_the_people_of_the_firm_and_of_no_other(office, other, boss):
    person(office, Role.ACCOUNTANT, "a", "Own Accountant")
    person(other, Role.ACCOUNTANT, "x", "Foreign Accountant")
    page = boss.get(url("people")).text
    assert "Own Accountant" in page
    assert "Payroll accountant" in page
    assert "Foreign Accountant" not in page


def test_a_client_administrator_sees_the_users_of_the_own_client_alone(office):
    chief = person(office, Role.CLIENT_ADMINISTRATOR, "a")
    own, foreign = person(office, Role.CLIENT_USER, "a", "Own User"), person(office, Role.CLIENT_USER, "b", "B User")
    accountant = person(office, Role.ACCOUNTANT, "a", "The Accountant")
    browser = by(chief)
    page = browser.get(url("people")).text
    assert "Own User" in page
    assert "B User" not in page
    assert "The Accountant" not in page
    assert browser.get(url("person", own.pk)).status_code == 200
    for hidden in (foreign, accountant, office.administrator):
        assert browser.get(url("person", hidden.pk)).status_code == 404


def test_a_client_administrator_switches_what_they_hold(office):
    chief, user = person(office, Role.CLIENT_ADMINISTRATOR, "a"), person(office, Role.CLIENT_USER, "a")
    place = user.memberships.get()
    page = by(chief).get(url("person", user.pk)).text
    assert str(Capability.VIEW_SALARIES.label) in page
    assert str(Capability.VIEW_SICKNESS.label) not in page
    form = {"capability": Capability.VIEW_SALARIES, "on": "1"}
    assert by(chief).post(url("switch", place.pk), form).status_code == 302
    assert seen_clients(user, Capability.VIEW_SALARIES) == {"a"}
    refused = by(chief).post(url("switch", place.pk), {"capability": Capability.VIEW_SICKNESS, "on": "1"})
    assert refused.status_code == 403
    by(chief).post(url("switch", place.pk), {"capability": Capability.VIEW_SALARIES})
    assert Switch.objects.count() == 0


def test_an_administrator_gives_limits_and_withdraws_access(office, boss):
    user = person(office, Role.ASSISTANT, "a")
    form = {"role": Role.ACCOUNTANT, "debtor": office.clients["b"].debtor.pk, "until": today().isoformat()}
    assert boss.post(url("give", user.pk), form)["Location"] == url("person", user.pk)
    place = user.memberships.get(role=Role.ACCOUNTANT)
    assert now() < place.ends <= now() + timedelta(days=1, hours=1)
    assert seen_clients(user) == {"a", "b"}
    boss.post(url("limit", place.pk), {"until": ""})
    place.refresh_from_db()
    assert place.ends is None
    assert url("withdraw", place.pk) in boss.get(url("person", user.pk)).text
    boss.post(url("withdraw", place.pk))
    assert seen_clients(user) == {"a"}


def test_the_page_of_a_person_keeps_saying_who_reads_it(office, boss):
    user = person(office, Role.ACCOUNTANT, "a", "Somebody Else")
    page = boss.get(url("person", user.pk))
    assert page.context["user"] == office.administrator
    assert page.context["form"]["role"].initial == Role.ACCOUNTANT


def test_closing_and_opening_an_account(office, boss):
    user = person(office, Role.ACCOUNTANT, "a")
    theirs = by(user)
    assert theirs.get("/").status_code == 200
    boss.post(url("deactivate", user.pk))
    assert theirs.get("/").status_code == 302
    assert "closed" in boss.get(url("person", user.pk)).text
    boss.post(url("reactivate", user.pk))
    assert User.objects.get(pk=user.pk).is_active


def test_nobody_is_offered_a_change_of_their_own_access(office, boss):
    own = office.administrator.memberships.get()
    page = boss.get(url("person", office.administrator.pk)).text
    assert "This is you" in page
    assert url("withdraw", own.pk) not in page
    assert boss.post(url("withdraw", own.pk)).status_code == 403
    assert boss.post(url("deactivate", office.administrator.pk)).status_code == 403


def test_the_page_of_capabilities_says_what_the_table_says(office, boss):
    page = boss.get(url("capabilities"))
    told = {str(label): cells for label, cells in page.context["lines"]}
    for capability in Capability:
        yes = [cell == "yes" for cell in told[str(capability.label)]]
        assert yes == [capability in CAPABILITIES[role] for role in Role]


def test_the_documentation_holds_the_same_table():
    from pathlib import Path

    from django.utils import translation

    docs = Path(__file__).resolve().parents[2] / "docs" / "access.md"
    with translation.override("en"):
        assert as_markdown() in docs.read_text(encoding="utf-8")
        assert later_as_markdown() in docs.read_text(encoding="utf-8")


def test_the_page_says_which_capabilities_wait_and_nobody_holds_them(boss):
    page = text_of(boss.get(url("capabilities")).text)
    waits = page.partition("Waits for a later version")[2]
    assert all(str(one.label) in waits for one in LATER.values())
    # What is here does not wait: whoever makes it a capability takes it out of the list.
    assert not LATER.keys() & {one.value for one in Capability}
    assert not LATER.keys() & SWITCHES
    with pytest.raises(ValueError, match="view_documents"):
        Capability("view_documents")
    assert {name for name, one in LATER.items() if one.is_switch} == {
        "view_documents",
        "sign_off_period",
        "request_change",
    }


def text_of(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.parametrize(
    ("name", "capability"),
    [("branding", Capability.MANAGE_SETTINGS), ("person", Capability.MANAGE_CLIENT_USERS)],
)
def test_a_page_asks_for_its_own_capability_whatever_else_the_role_holds(office, boss, monkeypatch, name, capability):
    """Administrators hold both this one and the one to manage people: a table without it tells the two apart."""
    args = [person(office, Role.ACCOUNTANT, "a").pk] if name == "person" else []
    assert boss.get(url(name, *args)).status_code == 200
    monkeypatch.setitem(CAPABILITIES, Role.ADMINISTRATOR, CAPABILITIES[Role.ADMINISTRATOR] - {capability})
    assert boss.get(url(name, *args)).status_code == 403


def test_ones_own_page_tells_no_access_that_has_ended(office):
    clerk, over = person(office, Role.ACCOUNTANT, "a"), {"starts": now() - timedelta(days=2), "ends": now()}
    away = person(office, Role.ACCOUNTANT, "b", "away")
    Membership.objects.create(
        user=clerk, firm=office.firm, role=Role.ASSISTANT, debtor=office.clients["b"].debtor, **over
    )
    team = Team.objects.create(firm=office.firm, name="North")
    TeamMember.objects.create(team=team, user=clerk, role=Role.ASSISTANT, **over)
    Deputy.objects.create(firm=office.firm, absent=away, substitute=clerk, **over)
    told = by(clerk).get(url("mine")).context
    assert [place.role for place in told["places"]] == [Role.ACCOUNTANT]
    assert not told["teams"] and not told["standing_in"]
