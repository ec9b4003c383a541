"""What is posted to the pages about access by people who may not, or about rows that are not theirs."""

from datetime import timedelta

import pytest

from portal.accounts import invitations, reviews, rights
from portal.accounts.models import (
    Membership,
)
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Capability, Role
from portal.administration import teams
from portal.clock import now, today
from portal.privacy.models import Removal, RemovalState
from tests.accounts.office import Office, make_office
from tests.administration.pages import by, person, rows, url

pytestmark = pytest.mark.pages


def everything_of(office: Office) -> dict[str, int]:
    """One row of every kind that a form of these pages can name."""
    boss, user = office.administrator, person(office, Role.ACCOUNTANT, next(iter(office.clients)), f"u-{office.firm}")
    second = person(office, Role.ASSISTANT, next(iter(office.clients)), f"v-{office.firm}")
    debtor = office.clients[next(iter(office.clients))].debtor.pk
    team = rights.create_team(boss, office.firm, "team")
    member = rights.add_member(boss, team, user, Role.ACCOUNTANT)
    rights.give_clients(boss, team, [debtor])
    rule = rights.add_rule(boss, team, "tag")
    deputy = rights.name_deputy(boss, office.firm.pk, user, second, ends=now() + timedelta(days=1))
    asked = rights.ask(user, office.firm.pk, client="b", reason="r", until=now() + timedelta(days=1))
    place = Place(office.firm.pk, Role.AUDITOR)
    sent = invitations.invite(boss, place, email=f"i-{office.firm}@people.example", name="i", language="en")
    review = reviews.start(boss, office.firm)
    return {
        "person": user.pk,
        "membership": user.memberships.get().pk,
        "team": team.pk,
        "member": member.pk,
        "given": team.clients.get().pk,
        "rule": rule.pk,
        "deputy": deputy.pk,
        "request": asked.pk,
        "invitation": sent.invitation.pk,
        "review": review.pk,
        "line": review.lines.first().pk,
        "debtor": debtor,
        "company": office.clients[next(iter(office.clients))].company.pk,
    }


#: Every address that changes something, with the kind of row its number names.
ACTS = {
    "give": "person",
    "deactivate": "person",
    "reactivate": "person",
    "reset_factor": "person",
    "withdraw": "membership",
    "limit": "membership",
    "switch": "membership",
    "resend": "invitation",
    "withdraw_invitation": "invitation",
    "rename_team": "team",
    "remove_team": "team",
    "add_member": "team",
    "remove_member": "member",
    "give_client": "team",
    "take_client": "given",
    "add_rule": "team",
    "remove_rule": "rule",
    "end_deputy": "deputy",
    "approve": "request",
    "decline": "request",
    "take_back": "request",
    "finish_review": "review",
    "decide_line": "line",
}


def test_an_administrator_of_another_firm_reaches_and_changes_nothing(office, other):
    theirs = everything_of(office)
    everything_of(other)
    browser, before = by(other.administrator), rows()
    bodies = {"role": Role.ADMINISTRATOR, "user": theirs["person"], "debtor": theirs["debtor"], "name": "x"}
    for name, kind in ACTS.items():
        answer = browser.post(url(name, theirs[kind]), {**bodies, "client": theirs["debtor"], "decision": "withdrawn"})
        assert answer.status_code == 404, name
    for name in ("person", "team", "invitation", "review", "export_review"):
        assert browser.get(url(name, theirs[name.replace("export_", "")])).status_code == 404, name
    assert rows() == before


def test_who_administers_one_firm_and_only_reads_another_reaches_and_changes_nothing_there(office, other):
    theirs = everything_of(other)
    ended = Removal.objects.create(
        environment=other.environment, debtor_pk=theirs["debtor"], state=RemovalState.DONE, asked_by=other.administrator
    )
    rights.give(SYSTEM, office.administrator, Place(other.firm.pk, Role.AUDITOR))
    browser, before = by(office.administrator), rows()
    bodies = {"role": Role.ACCOUNTANT, "user": theirs["person"], "debtor": theirs["debtor"], "name": "x", "on": "1"}
    for name, kind in ACTS.items():
        answer = browser.post(url(name, theirs[kind]), {**bodies, "client": theirs["debtor"], "decision": "withdrawn"})
        assert answer.status_code == 404, name
    assert browser.post(url("lift_removal", ended.pk)).status_code == 404
    for name in ("person", "invitation", "review", "export_review"):
        assert browser.get(url(name, theirs[name.replace("export_", "")])).status_code == 404, name
    # Of these the reader sees the rows, in the trail or in a list, but not the page of those who manage them.
    assert browser.get(url("team", theirs["team"])).status_code == 403
    assert browser.get(url("removal", ended.pk)).status_code == 403
    assert rows() == before


def test_clients_in_a_form_are_those_of_firms_that_one_administers(office, other, rf):
    rights.give(SYSTEM, office.administrator, Place(other.firm.pk, Role.AUDITOR))
    own, read = office.clients["a"].debtor.pk, other.clients["x"].debtor.pk
    stranger = make_office("three", "y").clients["y"].debtor.pk
    request = rf.post("/", {"client": [own, read, stranger]})
    request.user = office.administrator
    assert teams._clients(request) == [own]


def test_a_foreign_id_in_a_form_changes_nothing(office, other):
    own, theirs = everything_of(office), everything_of(other)
    browser, before = by(office.administrator), rows()
    later = (today() + timedelta(days=3)).isoformat()
    forms = [
        ("give", own["person"], {"role": Role.ACCOUNTANT, "debtor": theirs["debtor"]}),
        ("give", own["person"], {"role": Role.ACCOUNTANT, "company": theirs["company"]}),
        ("add_member", own["team"], {"user": theirs["person"], "role": Role.ACCOUNTANT}),
        ("add_member", own["team"], {"user": own["person"], "role": Role.ADMINISTRATOR}),
        ("give_client", own["team"], {"client": theirs["debtor"]}),
        ("approve", own["request"], {"debtor": theirs["debtor"]}),
        ("add_rule", own["team"], {"tag": "tag of nobody"}),
    ]
    for name, pk, form in forms:
        assert browser.post(url(name, pk), form).status_code in (302, 404), name
    invite = {"email": "n@people.example", "name": "n", "language": "en", "role": Role.ACCOUNTANT}
    for field in ("debtor", "company", "team"):
        assert browser.post(url("invite"), {**invite, field: theirs[field]}).status_code == 422
    deputy = {"absent": theirs["person"], "substitute": own["person"], "until": later}
    assert browser.post(url("deputies"), deputy).status_code == 422
    for to in (f"person-{theirs['person']}", f"team-{theirs['team']}", "person-x", ""):
        form = {"client": theirs["debtor"], "to": to, "role": Role.ACCOUNTANT}
        assert browser.post(url("unassigned"), form).status_code in (302, 404)
    for query in (
        {"user": theirs["person"], "debtor": own["debtor"]},
        {"user": own["person"], "debtor": theirs["debtor"]},
    ):
        assert browser.get(url("why"), query).context["ways"] is None
    assert browser.get(url("teams"), {"firm": other.firm.pk}).status_code == 404
    for name in ("unassigned", "reviews", "deputies"):
        assert browser.get(url(name), {"firm": other.firm.pk}).status_code == 404
    assert rows() == before


@pytest.mark.parametrize(
    "role", [Role.CLIENT_ADMINISTRATOR, Role.CLIENT_USER, Role.ASSISTANT, Role.ACCOUNTANT, Role.AUDITOR]
)
def test_nobody_raises_anybody_by_posting_more_than_the_form_has(office, role):
    own = everything_of(office)
    user = person(office, role, "a", "climber")
    victim = person(office, Role.CLIENT_USER, "a", "victim")
    browser, before = by(user), rows()
    more = {
        "role": Role.ADMINISTRATOR,
        "is_staff": "1",
        "is_superuser": "1",
        "debtor": office.clients["b"].debtor.pk,
        "company": office.clients["b"].company.pk,
        "capabilities": list(Capability),
        "capability": Capability.VIEW_SICKNESS,
        "on": "1",
        "firm": office.firm.pk,
        "email": user.email,
        "name": "x",
        "language": "en",
        "user": user.pk,
        "absent": own["person"],
        "substitute": user.pk,
        "client": office.clients["b"].debtor.pk,
        "to": f"person-{user.pk}",
        "decision": "withdrawn",
    }
    targets = {**own, "person": victim.pk, "membership": victim.memberships.get().pk}
    for name, kind in ACTS.items():
        if name not in {"withdraw", "limit", "reset_factor"} or role != Role.CLIENT_ADMINISTRATOR:
            assert browser.post(url(name, targets[kind]), more).status_code in (302, 403, 404, 422), name
    for name in ("invite", "teams", "unassigned", "deputies", "start_review", "sign_trail"):
        assert browser.post(url(name), more).status_code in (403, 405, 422), name
    assert rows() == before


def test_an_auditor_changes_nothing_on_any_of_these_pages(office):
    own = everything_of(office)
    browser, before = by(person(office, Role.AUDITOR)), None
    before = rows()
    for name, kind in ACTS.items():
        assert browser.post(url(name, own[kind]), {}).status_code == 403
    assert rows() == before


def test_changes_are_made_by_post_only(office, boss):
    own = everything_of(office)
    before = rows()
    for name, kind in ACTS.items():
        assert boss.get(url(name, own[kind])).status_code == 405, name
    for name in ("place_hold", "lift_hold"):
        assert boss.get(url(name, own["debtor"])).status_code == 405, name
    for name in ("start_review", "sign_trail", "remove_single_sign_on"):
        assert boss.get(url(name)).status_code == 405, name
    assert rows() == before
    assert Membership.objects.filter(user_id=own["person"]).count() == 1
