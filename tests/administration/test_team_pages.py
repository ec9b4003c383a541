"""The pages about teams, clients of nobody, asked access and deputies."""

import re
from datetime import timedelta

import pytest

from portal.accounts import rights
from portal.accounts.models import (
    AccessRequest,
    Deputy,
    Team,
    TeamMember,
)
from portal.accounts.roles import Role
from portal.clock import now, today
from tests.accounts.office import seen_clients, tagged
from tests.administration.pages import by, person, url

pytestmark = pytest.mark.pages


def test_teams_from_beginning_to_end(office, boss):
    user = person(office, Role.ASSISTANT, "a")
    tagged(office.clients["c"], "horeca")
    none_yet = boss.get(url("teams")).text
    assert "No teams yet" in none_yet and "Nmbrs was asked" not in none_yet
    boss.post(url("teams"), {"name": "North"})
    team = Team.objects.get()
    boss.post(url("add_member", team.pk), {"user": user.pk, "role": Role.ACCOUNTANT})
    boss.post(url("give_client", team.pk), {"client": [office.clients["b"].debtor.pk]})
    boss.post(url("add_rule", team.pk), {"tag": "horeca"})
    boss.post(url("add_rule", team.pk), {"tag": "no such tag"})
    assert seen_clients(user) == {"a", "b", "c"}
    page = boss.get(url("team", team.pk)).text
    assert "1 client now" in page
    assert team.rules.count() == 1
    boss.post(url("remove_rule", team.rules.get().pk))
    boss.post(url("take_client", team.clients.get().pk))
    assert seen_clients(user) == {"a"}
    boss.post(url("rename_team", team.pk), {"name": "South"})
    boss.post(url("remove_member", TeamMember.objects.get().pk))
    boss.post(url("remove_team", team.pk))
    assert Team.objects.count() == 0


def test_clients_of_nobody_are_counted_and_given_several_at_once(office, boss):
    user = person(office, Role.ACCOUNTANT, "a")
    assert "2 clients are assigned to nobody" in boss.get(url("people")).text
    chosen = [office.clients[name].debtor.pk for name in "bc"]
    boss.post(url("unassigned"), {"client": chosen, "to": f"person-{user.pk}", "role": Role.ACCOUNTANT})
    assert seen_clients(user) == {"a", "b", "c"}
    assert "assigned to nobody:" not in boss.get(url("people")).text
    # Whoever had them leaves: they are nobody's again.
    rights.deactivate(office.administrator, user, office.firm.pk)
    assert "3 clients are assigned to nobody" in boss.get(url("people")).text
    team = rights.create_team(office.administrator, office.firm, "North")
    boss.post(url("unassigned"), {"client": chosen, "to": f"team-{team.pk}"})
    # A team without people looks after nobody.
    assert "3 clients are assigned to nobody" in boss.get(url("people")).text
    rights.add_member(office.administrator, team, person(office, Role.ASSISTANT, "a", "new"), Role.ASSISTANT)
    assert "assigned to nobody:" not in boss.get(url("people")).text


def test_access_is_asked_for_approved_and_shown(office, boss):
    user = person(office, Role.ACCOUNTANT, "a", "Sjoerd")
    asking = {"client": "b", "reason": "Anke is away", "until": (today() + timedelta(days=3)).isoformat()}
    by(user).post(url("mine"), asking)
    row = AccessRequest.objects.get()
    page = boss.get(url("requests")).text
    assert "Anke is away" in page
    assert re.search(rf'value="{office.clients["b"].debtor.pk}"\s+selected', page)
    boss.post(url("approve", row.pk), {"debtor": office.clients["b"].debtor.pk})
    assert seen_clients(user) == {"a", "b"}
    assert "approved" in by(user).get(url("mine")).text
    by(user).post(url("mine"), asking)
    second = AccessRequest.objects.exclude(pk=row.pk).get()
    boss.post(url("decline", second.pk), {"answer": "No longer needed"})
    assert "No longer needed" in by(user).get(url("mine")).text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CLIENT_ADMINISTRATOR, Role.CLIENT_USER])
def test_who_is_no_accountant_or_assistant_asks_for_nothing(office, role):
    asking = {"client": "b", "reason": "r", "until": (today() + timedelta(days=3)).isoformat()}
    assert by(person(office, role, "a")).post(url("mine"), asking).status_code == 403
    assert AccessRequest.objects.count() == 0


def test_a_deputy_is_named_and_ended(office, boss):
    absent, deputy = person(office, Role.ACCOUNTANT, "a"), person(office, Role.ASSISTANT, "b")
    form = {"absent": absent.pk, "substitute": deputy.pk, "until": (today() + timedelta(days=9)).isoformat()}
    boss.post(url("deputies"), form)
    assert seen_clients(deputy) == {"a", "b"}
    boss.post(url("end_deputy", Deputy.objects.get().pk))
    assert seen_clients(deputy) == {"b"}


def test_no_page_says_that_somebody_stands_in_whose_own_access_is_over(office, boss):
    absent, deputy = person(office, Role.ACCOUNTANT, "a", "absent"), person(office, Role.ASSISTANT, "b", "deputy")
    rights.give(rights.SYSTEM, deputy, rights.Place(office.firm.pk, Role.AUDITOR))
    rights.name_deputy(office.administrator, office.firm.pk, absent, deputy, ends=now() + timedelta(days=9))
    addresses = [(boss, url("person", deputy.pk)), (by(deputy), url("mine"))]
    for browser, address in addresses:
        assert len(browser.get(address).context["standing_in"]) == 1
    assert "gives nothing" not in boss.get(url("deputies")).text
    # Its day has come: nobody did anything.
    deputy.memberships.filter(role=Role.ASSISTANT).update(ends=now())
    for browser, address in addresses:
        assert len(browser.get(address).context["standing_in"]) == 0
    assert "gives nothing" in boss.get(url("deputies")).text
