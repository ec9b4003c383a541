"""Pages of somebody of two firms, why somebody sees a single employee, and what asks for a fresh sign-in."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts import reviews, rights
from portal.accounts.explain import Where, ways
from portal.accounts.models import (
    AccessRequest,
    Deputy,
    Invitation,
    Membership,
    SingleSignOn,
    TagRule,
    Team,
    TeamMember,
    User,
)
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Capability, Role
from portal.accounts.signin.sessions import SIGNED_IN
from portal.administration import requests, single_sign_on
from portal.administration.django_admin.site import reading_room
from portal.administration.django_admin.tables import TABLES
from portal.administration.forms import InvitationForm, PlaceForm, WhyForm
from portal.administration.teams import TeamView
from portal.audit.models import Entry
from portal.clock import now, today
from portal.employees.models import Employee
from portal.privacy.models import LegalHold
from tests.accounts.office import Office, make_office, somebody_new, tagged
from tests.administration.pages import person, url
from tests.dashboards.reading import table, text
from tests.factories import make_person

pytestmark = pytest.mark.pages


def by(user: User) -> Browser:
    User.objects.filter(pk=user.pk).update(language="en")
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def both(office, other) -> Browser:
    """An administrator of both firms."""
    rights.give(SYSTEM, office.administrator, Place(other.firm.pk, Role.ADMINISTRATOR))
    person(office, Role.ACCOUNTANT, "a", "Alice")
    person(other, Role.ACCOUNTANT, "x", "Xavier")
    return by(office.administrator)


# --- two firms -------------------------------------------------------------------------------------------------------


def test_lists_are_of_both_firms_or_of_the_chosen_one(both, office, other):
    def names(query: dict) -> set[str]:
        rows = both.get(url("people"), query).context["table"].rows
        return {row.record.name for row in rows} & {"Alice", "Xavier"}

    assert names({}) == {"Alice", "Xavier"}
    assert names({"firm": office.firm.pk}) == {"Alice"}
    assert names({"firm": other.firm.pk}) == {"Xavier"}
    page = both.get(url("people"), {"firm": other.firm.pk}).content.decode()
    for firm in ("All firms", "one", "two"):
        assert f">{firm}</a>" in page
    # The choice goes along to the next page.
    assert f"{url('deputies')}?firm={other.firm.pk}" in page


def test_who_has_one_firm_is_offered_no_choice_and_another_firm_does_not_exist(office, other):
    browser = by(office.administrator)
    for name in ("people", "invitations", "teams", "unassigned", "deputies", "requests", "reviews"):
        answer = browser.get(url(name))
        assert answer.context["sections"].firms == [], name
        assert browser.get(url(name), {"firm": other.firm.pk}).status_code == 404, name
        assert browser.get(url(name), {"firm": "word"}).status_code == 404, name


def test_deputies_are_named_in_the_chosen_firm_from_its_own_people(both, office, other):
    second = person(other, Role.ACCOUNTANT, "x", "Yara")
    form = both.get(url("deputies"), {"firm": other.firm.pk}).context["form"]
    offered = set(form.fields["absent"].queryset.values_list("name", flat=True))
    assert {"Xavier", "Yara"} <= offered and "Alice" not in offered
    absent = User.objects.get(name="Xavier")
    sent = {"absent": absent.pk, "substitute": second.pk, "until": (today() + timedelta(days=3)).isoformat()}
    answer = both.post(f"{url('deputies')}?firm={other.firm.pk}", sent)
    assert answer.headers["Location"] == f"{url('deputies')}?firm={other.firm.pk}"
    assert Deputy.objects.get().firm == other.firm


def test_reviews_and_teams_are_of_the_chosen_firm(both, office, other):
    both.post(f"{url('start_review')}?firm={other.firm.pk}")
    assert list(both.get(url("reviews"), {"firm": other.firm.pk}).context["reviews"]) != []
    assert list(both.get(url("reviews"), {"firm": office.firm.pk}).context["reviews"]) == []
    both.post(url("teams"), {"name": "South", "firm": other.firm.pk})
    assert Team.objects.get().firm == other.firm
    assert both.get(url("teams"), {"firm": office.firm.pk}).context["table"].rows.__len__() == 0


def test_the_whole_firm_is_the_one_that_was_chosen(both, office, other):
    sent = {"email": "new@people.example", "name": "New", "language": "en", "role": Role.AUDITOR, "firm": other.firm.pk}
    both.post(url("invite"), sent)
    assert Invitation.objects.get().firm == other.firm
    wrong = {**sent, "email": "n2@people.example", "role": Role.ACCOUNTANT, "debtor": office.clients["a"].debtor.pk}
    answer = both.post(url("invite"), wrong)
    assert answer.status_code == 422 and "This client belongs to another firm." in answer.content.decode()
    foreign = {**sent, "firm": Office.__name__}
    assert both.post(url("invite"), foreign).status_code == 422


def test_somebody_who_works_for_two_firms_says_which_one_is_asked_for_access(office, other):
    clerk = person(office, Role.ACCOUNTANT, "a")
    rights.give(SYSTEM, clerk, Place(other.firm.pk, Role.ASSISTANT, other.clients["x"].debtor.pk))
    browser, until = by(clerk), (today() + timedelta(days=3)).isoformat()
    asked = {"client": "b", "reason": "Holiday", "until": until}
    assert browser.post(url("mine"), asked).status_code == 422
    assert browser.post(url("mine"), {**asked, "firm": 999_999}).status_code == 422
    assert browser.post(url("mine"), {**asked, "firm": other.firm.pk}).status_code == 302
    assert AccessRequest.objects.get().firm == other.firm


def test_a_client_of_one_firm_and_clerk_of_another_can_ask_the_latter_only(office, other):
    clerk = person(office, Role.CLIENT_USER, "a")
    rights.give(SYSTEM, clerk, Place(other.firm.pk, Role.ASSISTANT, other.clients["x"].debtor.pk))
    sent = {"client": "b", "reason": "Holiday", "until": (today() + timedelta(days=3)).isoformat()}
    assert by(clerk).post(url("mine"), sent).status_code == 302
    assert AccessRequest.objects.get().firm == other.firm


def test_the_trail_can_be_read_firm_by_firm(both, office, other):
    shown = {row["What"] for row in table(both, url("trail"))}
    assert "Access given" in shown
    page = both.get(url("trail"), {"firm": other.firm.pk})
    assert {row.record.firm_id for row in page.context["table"].rows} == {other.firm.pk}
    single = by(other.administrator)
    assert "firm" not in single.get(url("trail")).context["filterset"].form.fields


# --- one firm to administer, another to read -------------------------------------------------------------------------


@pytest.fixture
def half(office, other) -> Browser:
    """An administrator of the first firm who reads all of the second, and changes nothing there."""
    rights.give(SYSTEM, office.administrator, Place(other.firm.pk, Role.AUDITOR))
    browser = by(office.administrator)
    assert browser.get(reverse("dashboards:debtor", args=[other.clients["x"].debtor.pk])).status_code == 200
    return browser


def test_forms_offer_nothing_of_a_firm_that_one_only_reads(half, office, other):
    own, theirs = rights.create_team(SYSTEM, office.firm, "North"), rights.create_team(SYSTEM, other.firm, "South")
    request = half.get(url("invite")).wsgi_request
    for form in (PlaceForm(request=request), InvitationForm(request=request), WhyForm(request=request)):
        for name in {"debtor", "company", "employee"} & set(form.fields):
            rows = form.fields[name].queryset
            assert {row.environment.firm_id for row in rows} == {office.firm.pk}, (type(form), name)
    assert list(InvitationForm(request=request).fields["team"].queryset) == [own]
    assert theirs.firm_id == other.firm.pk


def test_the_page_of_a_person_tells_no_team_and_no_deputy_of_a_firm_that_one_only_reads(half, office, other):
    clerk = person(office, Role.ACCOUNTANT, "a", "Alice")
    shown = []
    for firm, name in ((office.firm, "North"), (other.firm, "South")):
        absent = somebody_new(f"away-{name}")
        team = Team.objects.create(firm=firm, name=name)
        TeamMember.objects.create(team=team, user=clerk, role=Role.ACCOUNTANT)
        ends = now() + timedelta(days=1)
        shown.append((team, Deputy.objects.create(firm=firm, absent=absent, substitute=clerk, ends=ends)))
    page = half.get(url("person", clerk.pk))
    team, deputy = shown[0]
    assert [place.team for place in page.context["teams"]] == [team]
    assert list(page.context["standing_in"]) == [deputy]
    assert "South" not in page.content.decode()


def test_the_page_of_a_person_tells_no_deputy_who_has_ended(half, office):
    clerk = person(office, Role.ACCOUNTANT, "a", "Alice")
    term = {"starts": now() - timedelta(days=2), "ends": now() - timedelta(days=1)}
    Deputy.objects.create(firm=office.firm, absent=somebody_new("away"), substitute=clerk, **term)
    assert list(half.get(url("person", clerk.pk)).context["standing_in"]) == []


def test_requests_and_their_clients_are_those_of_firms_that_one_administers(half, office, other):
    until = now() + timedelta(days=2)
    third = make_office("three", "y")
    asked = {}
    for one, letter in ((office, "a"), (other, "x"), (third, "y")):
        clerk = person(one, Role.ACCOUNTANT, letter, f"clerk-{letter}")
        asked[letter] = rights.ask(clerk, one.firm.pk, client=letter, reason="Holiday", until=until)
    page = half.get(url("requests"))
    assert page.context["waiting"] == [(asked["a"], office.clients["a"].debtor.pk)]
    assert {client.name for client in page.context["clients"]} == {"a", "b", "c"}
    for letter in ("x", "y"):
        assert requests._likely(page.wsgi_request, asked[letter]) is None


def test_clients_with_terms_of_their_own_are_those_of_firms_that_one_administers(half, office, other):
    for one, letter in ((office, "a"), (other, "x"), (make_office("three", "y"), "y")):
        LegalHold.objects.create(debtor=one.clients[letter].debtor, reason="a dispute", until=today())
    assert half.get(url("retention")).context["special"] == [(office.clients["a"].debtor, True)]


def test_the_page_of_a_team_offers_no_client_and_no_tag_of_a_firm_that_one_only_reads(half, office, other):
    """The page is refused before; what it offers asks again."""
    for one, letter in ((office, "a"), (other, "x")):
        tagged(one.clients[letter], f"tag {letter}")
    offered = []
    for firm in (office.firm, other.firm):
        view = TeamView()
        view.setup(half.get(url("mine")).wsgi_request)
        view.object = Team.objects.create(firm=firm, name="North")
        context = view.get_context_data()
        offered.append(({client.name for client in context["clients"]}, context["tags"]))
    assert offered == [({"a", "b", "c"}, ["tag a"]), (set(), [])]


def test_the_single_sign_on_of_a_firm_that_one_only_reads_is_not_told(half, office, other):
    request = half.get(url("mine")).wsgi_request
    for firm in (office.firm, other.firm):
        SingleSignOn.objects.create(firm=firm, issuer="https://login.example", client_id="c", client_secret="s")
    told = [single_sign_on._of(request, firm) for firm in (office.firm, other.firm)]
    assert told == [SingleSignOn.objects.get(firm=office.firm), None]


def test_tables_of_the_django_admin_have_no_row_of_a_firm_that_one_only_reads(half, office, other):
    own = Team.objects.create(firm=office.firm, name="North")
    theirs = Team.objects.create(firm=other.firm, name="South")
    request = half.get(url("mine")).wsgi_request
    assert set(Team.objects.visible_to(request.user)) == {own, theirs}
    assert list(TABLES[Team](Team, reading_room()).get_queryset(request)) == [own]


# --- why -------------------------------------------------------------------------------------------------------------


def test_why_somebody_sees_an_employee_by_a_link_of_the_page(office):
    clerk = person(office, Role.ACCOUNTANT, "a", "Alice")
    browser, worker = by(office.administrator), office.clients["a"].person
    link = f"{url('why')}?employee={worker.pk}"
    assert link in browser.get(reverse("employees:person", args=[worker.pk])).content.decode()
    page = browser.get(link)
    assert page.context["linked"] == worker and page.context["ways"] is None
    answer = browser.get(url("why"), {"user": clerk.pk, "employee": worker.pk})
    assert [way.role for way in answer.context["ways"]] == [Role.ACCOUNTANT]
    entry = Entry.objects.filter(kind="access_explained").get()
    assert (entry.object_id, entry.employee_id, entry.debtor_id) == (clerk.pk, worker.pk, office.clients["a"].debtor.pk)
    nothing = browser.get(url("why"), {"user": clerk.pk, "employee": office.clients["b"].person.pk})
    assert "No way leads there" in nothing.content.decode()


@pytest.mark.parametrize(("asked", "found"), [("person a", True), ("nobody", False), ("", True)])
def test_an_employee_is_looked_for_by_name_within_a_client(office, asked, found):
    clerk = person(office, Role.ACCOUNTANT, "a", "Alice")
    query = {"user": clerk.pk, "debtor": office.clients["a"].debtor.pk, "name": asked}
    answer = by(office.administrator).get(url("why"), query)
    assert (answer.context["ways"] is not None) is found
    if asked and found:
        assert answer.context["asked"] == office.clients["a"].person


def test_a_name_of_several_people_is_not_guessed_and_a_name_alone_is_not_enough(office):
    clerk, client = person(office, Role.ACCOUNTANT, "a", "Alice"), office.clients["a"]
    second = make_person(client.company, "person a junior")
    browser = by(office.administrator)
    query = {"user": clerk.pk, "company": client.company.pk}
    answer = browser.get(url("why"), {**query, "name": "person a"})
    assert answer.context["ways"] is None and "Several people are called that" in text(answer.content.decode())
    assert browser.get(url("why"), {**query, "name": str(second.number)}).context["asked"] == second
    assert browser.get(url("why"), {"user": clerk.pk, "name": "junior"}).context["ways"] is None


def test_an_employee_of_another_firm_cannot_be_asked_about(office, other):
    clerk = person(office, Role.ACCOUNTANT, "a", "Alice")
    answer = by(office.administrator).get(url("why"), {"user": clerk.pk, "employee": other.clients["x"].person.pk})
    assert answer.context["ways"] is None and "person x" not in answer.content.decode()
    assert by(clerk).get(url("why"), {"employee": office.clients["a"].person.pk}).status_code == 403


@pytest.mark.parametrize("level", ["debtor", "company", "firm"])
def test_the_explanation_of_an_employee_agrees_with_what_is_seen(office, level):
    client = office.clients["a"]
    place = {
        "debtor": Place(office.firm.pk, Role.ACCOUNTANT, client.debtor.pk),
        "company": Place(office.firm.pk, Role.ASSISTANT, company=client.company.pk),
        "firm": Place(office.firm.pk, Role.AUDITOR),
    }[level]
    user = somebody_new("somebody")
    rights.give(SYSTEM, user, place)
    for one in office.clients.values():
        seen = Employee.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=one.person.pk).exists()
        assert bool(ways(user, Where(office.firm.pk, one.debtor.pk, one.company.pk))) is seen
    browser = by(user)
    page = browser.get(reverse("employees:person", args=[client.person.pk])).content.decode()
    assert url("why") not in page


# --- a fresh sign-in -------------------------------------------------------------------------------------------------


def old(browser: Browser) -> Browser:
    session = browser.session
    session[SIGNED_IN] -= 301
    session.save()
    return browser


def test_changes_of_teams_deputies_requests_and_withdrawals_ask_for_a_fresh_sign_in(office):
    by_whom, clerk = office.administrator, person(office, Role.ACCOUNTANT, "a", "Alice")
    by_whom.set_password("a-good-password")
    by_whom.save()
    second = person(office, Role.ACCOUNTANT, "b", "Bob")
    team = rights.create_team(by_whom, office.firm, "North")
    rights.add_member(by_whom, team, clerk, Role.ACCOUNTANT)
    rights.give_clients(by_whom, team, [office.clients["c"].debtor.pk])
    rule = rights.add_rule(by_whom, team, "a tag")
    deputy = rights.name_deputy(by_whom, office.firm.pk, clerk, second, ends=now() + timedelta(days=1))
    asked = rights.ask(clerk, office.firm.pk, client="b", reason="Holiday", until=now() + timedelta(days=2))
    line = reviews.start(by_whom, office.firm).lines.get(user=clerk, kind="membership")
    browser, until = old(by(by_whom)), (today() + timedelta(days=3)).isoformat()
    member, given = TeamMember.objects.get(), team.clients.get()
    attempts = [
        (url("teams"), {"name": "South"}),
        (url("rename_team", team.pk), {"name": "South"}),
        (url("remove_team", team.pk), {}),
        (url("add_member", team.pk), {"user": second.pk, "role": Role.AUDITOR}),
        (url("remove_member", member.pk), {}),
        (url("give_client", team.pk), {"client": office.clients["b"].debtor.pk}),
        (url("take_client", given.pk), {}),
        (url("add_rule", team.pk), {"tag": "x"}),
        (url("remove_rule", rule.pk), {}),
        (url("unassigned"), {"client": office.clients["c"].debtor.pk, "to": f"person-{clerk.pk}"}),
        (url("deputies"), {"absent": clerk.pk, "substitute": second.pk, "until": until}),
        (url("end_deputy", deputy.pk), {}),
        (url("approve", asked.pk), {"debtor": office.clients["b"].debtor.pk}),
        (url("decide_line", line.pk), {"decision": "withdrawn"}),
        (url("look", clerk.pk), {}),
    ]

    def state() -> list:
        kept = (Team, TeamMember, TagRule, Deputy, Membership)
        return [list(model.objects.order_by("pk").values_list()) for model in kept]

    before = state()
    for address, sent in attempts:
        answer = browser.post(address, sent)
        assert answer.headers.get("Location", "").startswith("/account/confirm/"), address
    assert state() == before
    for name in ("teams", "unassigned", "deputies", "requests"):
        assert browser.get(url(name)).status_code == 200
    # To confirm a right takes nothing away from anybody.
    assert (
        browser.post(url("decide_line", line.pk), {"decision": "confirmed"})
        .headers["Location"]
        .startswith("/administration/reviews/")
    )


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_review_as_a_file_begins_no_cell_with_a_formula(office):
    for name in ("=1+1", " @sum", "-2+3", "＝1"):
        person(office, Role.ACCOUNTANT, "a", name.strip()).save()
    User.objects.filter(name="=1+1").update(name="\t=1+1")
    review = reviews.start(office.administrator, office.firm)
    answer = by(office.administrator).get(url("export_review", review.pk))
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content), delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))]
    assert "' =1+1" in cells and "'-2+3" in cells


def test_capabilities_of_one_way_are_read_out(office):
    clerk = person(office, Role.ACCOUNTANT, "a", "Alice")
    answer = by(office.administrator).get(url("why"), {"user": clerk.pk, "debtor": office.clients["a"].debtor.pk})
    assert str(Capability.VIEW_SALARIES.label) in text(answer.content.decode())
