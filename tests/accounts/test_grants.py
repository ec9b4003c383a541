"""Every source of access, with its beginning and its end: own places, teams, tag rules, deputies, switches."""

from datetime import timedelta

import pytest
import time_machine

from portal.accounts import grants
from portal.accounts.explain import Where, ways
from portal.accounts.models import Deputy, Membership, Switch, TagRule, Team, TeamDebtor, TeamMember, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.clock import now
from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from tests.accounts.office import Office, give, make_office, seen_clients, seen_companies, somebody_new, tagged, team_of

pytestmark = pytest.mark.database
DAY = timedelta(days=1)


def colleague(name: str, office: Office) -> User:
    """An assistant of the office who sees nothing by themselves: in a team without clients."""
    user = somebody_new(name)
    team_of(office, user, role=Role.ASSISTANT)
    return user


@pytest.fixture
def office(db) -> Office:
    return make_office("one", "abc")


@pytest.fixture
def other(db) -> Office:
    return make_office("two", "xy")


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.ASSISTANT, Role.AUDITOR, Role.CLIENT_USER])
def test_a_place_at_a_company_shows_what_lies_below_it_and_nothing_beside_or_above(office, role):
    user = somebody_new("company")
    give(user, office, role, company="a")
    assert seen_clients(user) == set()
    assert seen_companies(user) == {"company a"}
    assert set(Employee.objects.visible_to(user)) == {office.clients["a"].person}


def test_an_auditor_of_the_firm_sees_all_clients_and_one_of_a_client_only_that(office, other):
    whole, part = somebody_new("whole"), somebody_new("part")
    give(whole, office, Role.AUDITOR)
    give(part, office, Role.AUDITOR, "b")
    assert seen_clients(whole) == {"a", "b", "c"}
    assert seen_clients(part) == {"b"}
    assert seen_clients(whole, Capability.RESYNC) == seen_clients(whole, Capability.VIEW_SICKNESS) == set()
    assert seen_clients(whole, Capability.VIEW_AUDIT) == {"a", "b", "c"}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_every_role_holds_over_its_client_what_the_table_says_and_nothing_over_others(office, role):
    user = somebody_new("somebody")
    give(user, office, role, "a")
    held = {capability for capability in Capability if seen_clients(user, capability) == {"a"}}
    assert held == CAPABILITIES[role] == grants.capabilities(user)
    assert all(seen_clients(user, capability) <= {"a"} for capability in Capability)


def test_a_switch_adds_one_capability_for_one_person_at_one_client(office):
    user, colleague = somebody_new("user"), somebody_new("colleague")
    first = give(user, office, Role.CLIENT_USER, "a")
    give(user, office, Role.CLIENT_USER, "b")
    give(colleague, office, Role.CLIENT_USER, "a")
    assert seen_clients(user, Capability.VIEW_SALARIES) == set()
    Switch.objects.create(membership=first, capability=Capability.VIEW_SALARIES)
    assert seen_clients(user, Capability.VIEW_SALARIES) == {"a"}
    assert seen_clients(user, Capability.VIEW_SICKNESS) == seen_clients(colleague, Capability.VIEW_SALARIES) == set()
    assert grants.capabilities(user) == {Capability.VIEW, Capability.VIEW_SALARIES}


def test_a_switch_left_on_a_place_that_is_no_client_users_gives_nothing(office):
    user = somebody_new("user")
    place = give(user, office, Role.ASSISTANT, "a")
    Switch.objects.create(membership=place, capability=Capability.VIEW_SICKNESS)
    assert seen_clients(user, Capability.VIEW_SICKNESS) == set()


def test_access_begins_and_ends_by_itself(office):
    user = somebody_new("temporary")
    begin, end = now() + timedelta(days=1), now() + timedelta(days=2)
    give(user, office, Role.ACCOUNTANT, "a", starts=begin, ends=end)
    assert seen_clients(user) == set()
    with time_machine.travel(begin, tick=False):
        assert seen_clients(user) == {"a"}
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert seen_clients(user) == {"a"}
    with time_machine.travel(end, tick=False):
        assert seen_clients(user) == set()
        assert grants.capabilities(User.objects.get(pk=user.pk)) == frozenset()


def test_one_and_the_same_person_object_loses_at_once_what_was_taken_even_past_the_orm(office):
    user = somebody_new("long-lived")
    give(user, office, Role.ACCOUNTANT, "a")
    assert Debtor.objects.visible_to(user).count() == 1
    # An update sends no signal: what is remembered about this object is outdated, and still shows nothing.
    Membership.objects.filter(user=user).update(ends=now())
    assert Debtor.objects.visible_to(user).count() == 0


def test_what_is_given_is_seen_at_once_by_the_same_object(office):
    user = somebody_new("long-lived")
    assert Debtor.objects.visible_to(user).count() == 0
    give(user, office, Role.ACCOUNTANT, "a")
    assert Debtor.objects.visible_to(user).count() == 1


def test_a_team_gives_its_clients_in_the_role_of_each_member(office):
    accountant, assistant = somebody_new("accountant"), somebody_new("assistant")
    team = team_of(office, accountant)
    TeamMember.objects.create(team=team, user=assistant, role=Role.ASSISTANT)
    given = TeamDebtor.objects.create(team=team, debtor=office.clients["a"].debtor)
    assert seen_clients(accountant) == seen_clients(assistant) == {"a"}
    assert seen_clients(accountant, Capability.DECIDE_HOLD) == {"a"}
    assert seen_clients(assistant, Capability.DECIDE_HOLD) == set()
    given.delete()
    assert seen_clients(accountant) == seen_clients(assistant) == set()


def test_own_places_and_teams_are_added_up(office):
    user = somebody_new("both")
    give(user, office, Role.ASSISTANT, "b")
    team = team_of(office, user)
    TeamDebtor.objects.create(team=team, debtor=office.clients["a"].debtor)
    TeamDebtor.objects.create(team=team, debtor=office.clients["b"].debtor)
    assert seen_clients(user) == {"a", "b"}
    assert Debtor.objects.visible_to(user).count() == 2
    assert set(Debtor.objects.exclude(pk__in=Debtor.objects.visible_to(user).values("pk"))) == {
        office.clients["c"].debtor
    }


def test_a_rule_catches_every_client_with_the_tag_and_only_as_long_as_it_has_it(office):
    user = somebody_new("ruled")
    TagRule.objects.create(team=team_of(office, user), tag="horeca")
    assert seen_clients(user) == set()
    tag = tagged(office.clients["a"], "horeca")
    tagged(office.clients["b"], "bouw")
    assert seen_clients(user) == {"a"}
    tag.valid_until = tag.valid_from + timedelta(days=30)
    tag.save()
    assert seen_clients(user) == set()
    again = tagged(office.clients["a"], "horeca")
    assert seen_clients(user) == {"a"}
    again.missing_since = now()
    again.save()
    assert seen_clients(user) == set()


def test_a_rule_never_reaches_the_clients_of_another_firm_also_for_who_works_in_both(office, other):
    user = somebody_new("both-firms")
    TagRule.objects.create(team=team_of(office, user), tag="horeca")
    TagRule.objects.create(team=team_of(other, user), tag="bouw")
    tagged(office.clients["a"], "horeca")
    tagged(office.clients["b"], "bouw")
    tagged(other.clients["x"], "horeca")
    tagged(other.clients["y"], "bouw")
    assert seen_clients(user) == {"a", "y"}


def test_a_deputy_sees_what_the_absent_person_sees_until_the_day(office):
    absent, deputy = somebody_new("absent"), colleague("deputy", office)
    give(absent, office, Role.ACCOUNTANT, "a")
    give(absent, office, Role.ACCOUNTANT, company="b")
    team = team_of(office, absent)
    TagRule.objects.create(team=team, tag="horeca")
    tagged(office.clients["c"], "horeca")
    end = now() + timedelta(days=7)
    Deputy.objects.create(firm=office.firm, absent=absent, substitute=deputy, ends=end)
    assert seen_clients(deputy) == {"a", "c"}
    assert seen_companies(deputy) == {"company a", "company b", "company c"}
    assert seen_clients(deputy, Capability.DECIDE_HOLD) == {"a", "c"}
    Membership.objects.filter(user=absent, debtor__isnull=False).delete()
    assert seen_clients(deputy) == {"c"}
    with time_machine.travel(end, tick=False):
        assert seen_clients(deputy) == seen_companies(deputy) == set()


def test_a_deputy_gets_no_rights_over_the_firm_and_hands_nothing_on(office, other):
    boss, deputy, second = somebody_new("boss"), colleague("deputy", office), colleague("second", office)
    give(boss, office, Role.ADMINISTRATOR)
    give(boss, office, Role.AUDITOR, "c")
    give(boss, office, Role.ACCOUNTANT, "a")
    give(boss, other, Role.ACCOUNTANT, "x")
    end = now() + timedelta(days=7)
    Deputy.objects.create(firm=office.firm, absent=boss, substitute=deputy, ends=end)
    Deputy.objects.create(firm=office.firm, absent=deputy, substitute=second, ends=end)
    assert seen_clients(deputy) == {"a"}
    assert seen_clients(second) == set()
    assert Capability.MANAGE_USERS not in grants.capabilities(deputy)


def test_a_place_in_a_team_that_is_over_gives_nothing_also_to_who_has_another(office):
    user = somebody_new("two teams")
    for letter, term in (("a", {}), ("b", {"ends": now() - timedelta(days=1)}), ("c", {"starts": now() + DAY})):
        team = Team.objects.create(firm=office.firm, name=f"team {letter}")
        TeamMember.objects.create(team=team, user=user, role=Role.ACCOUNTANT, **term)
        TeamDebtor.objects.create(team=team, debtor=office.clients[letter].debtor)
    assert seen_clients(user) == {"a"}


@pytest.mark.parametrize("source", ["team", "switch", "deputy"])
def test_who_only_had_something_holds_nothing(office, source):
    user, ended = somebody_new("former"), {"starts": now() - 2 * DAY, "ends": now() - DAY}
    if source == "team":
        TeamMember.objects.create(team=team_of(office), user=user, role=Role.ACCOUNTANT, **ended)
    elif source == "switch":
        place = give(user, office, Role.CLIENT_USER, "a", **ended)
        Switch.objects.create(membership=place, capability=Capability.VIEW_SALARIES)
    else:
        absent = somebody_new("absent")
        give(absent, office, Role.ACCOUNTANT, "a")
        Deputy.objects.create(absent=absent, substitute=user, firm=office.firm, **ended)
    assert grants.holdings(user) == frozenset()


@pytest.mark.parametrize("term", ["ended", "to come"])
def test_a_deputy_gets_of_the_absent_persons_places_those_that_count_now(office, term):
    over = {"ends": now() - DAY} if term == "ended" else {"starts": now() + DAY}
    absent, deputy = somebody_new("absent"), colleague("deputy", office)
    give(absent, office, Role.ACCOUNTANT, "a")
    give(absent, office, Role.ASSISTANT, "b", **over)
    live, gone = team_of(office, absent), team_of(office)
    TeamMember.objects.create(team=gone, user=absent, role=Role.ACCOUNTANT, **over)
    TeamDebtor.objects.create(team=live, debtor=office.clients["a"].debtor)
    TeamDebtor.objects.create(team=gone, debtor=office.clients["c"].debtor)
    Deputy.objects.create(absent=absent, substitute=deputy, firm=office.firm, starts=now() - DAY, ends=now() + DAY)
    assert seen_clients(deputy) == {"a"}
    assert {(one.source, one.role) for one in grants.holdings(deputy)} == {
        ("team", Role.ASSISTANT),
        ("deputy", Role.ACCOUNTANT),
        ("deputy_team", Role.ACCOUNTANT),
    }


def test_a_deputy_of_two_people_sees_only_what_the_one_has_whose_absence_is_not_over(office):
    deputy = colleague("deputy", office)
    for letter, term in (("a", {"ends": now() + DAY}), ("b", {"ends": now() - DAY})):
        absent = somebody_new(f"absent {letter}")
        give(absent, office, Role.ACCOUNTANT, letter)
        team = team_of(office, absent)
        TeamDebtor.objects.create(team=team, debtor=office.clients[letter].debtor)
        Deputy.objects.create(absent=absent, substitute=deputy, firm=office.firm, starts=now() - 2 * DAY, **term)
    assert seen_clients(deputy) == {"a"}


@pytest.mark.parametrize("level", ["place", "team"])
def test_a_deputy_of_who_has_nothing_that_counts_now_holds_nothing(office, level):
    absent, deputy, ended = somebody_new("absent"), colleague("deputy", office), {"ends": now() - DAY}
    if level == "place":
        give(absent, office, Role.ACCOUNTANT, "a", **ended)
    else:
        TeamMember.objects.create(team=team_of(office), user=absent, role=Role.ACCOUNTANT, **ended)
    Deputy.objects.create(absent=absent, substitute=deputy, firm=office.firm, starts=now() - DAY, ends=now() + DAY)
    assert {one.source for one in grants.holdings(deputy)} == {"team"}


@pytest.mark.parametrize("ends", ["with the own access", "with a smaller role", "with a team"])
def test_standing_in_ends_when_the_deputy_is_no_accountant_or_assistant_of_the_firm_any_more(office, other, ends):
    absent, deputy, end = somebody_new("absent"), somebody_new("deputy"), now() + DAY
    give(absent, office, Role.ACCOUNTANT, "a")
    team = team_of(office, absent)
    TeamDebtor.objects.create(team=team, debtor=office.clients["c"].debtor)
    give(deputy, other, Role.ACCOUNTANT, "x")
    if ends == "with a team":
        TeamMember.objects.create(team=team_of(office), user=deputy, role=Role.ASSISTANT, ends=end)
    else:
        give(deputy, office, Role.ASSISTANT, "b", ends=end)
    if ends == "with a smaller role":
        give(deputy, office, Role.CLIENT_USER, "b")
        give(deputy, office, Role.AUDITOR, "b")
    Deputy.objects.create(firm=office.firm, absent=absent, substitute=deputy, ends=now() + 60 * DAY)
    where = Where(office.firm.pk, office.clients["a"].debtor.pk)
    assert {"a", "c"} <= seen_clients(deputy, Capability.REVEAL_IBAN)
    assert [(way.deputy_of, way.ends) for way in ways(deputy, where)] == [("absent", end)]
    with time_machine.travel(now() + 5 * DAY, tick=False):
        assert seen_clients(deputy) == {"x"} | ({"b"} if ends == "with a smaller role" else set())
        assert seen_clients(deputy, Capability.REVEAL_IBAN) == {"x"}
        assert not {one.source for one in grants.holdings(User.objects.get(pk=deputy.pk))} & {"deputy", "deputy_team"}
        assert ways(deputy, where) == []


def test_a_company_that_moved_to_another_client_is_seen_by_the_people_of_the_new_one_alone(office):
    before, after, company_user = somebody_new("before"), somebody_new("after"), somebody_new("company")
    give(before, office, Role.CLIENT_ADMINISTRATOR, "a")
    give(after, office, Role.CLIENT_ADMINISTRATOR, "b")
    give(company_user, office, Role.CLIENT_USER, company="a")
    moved = office.clients["a"].company
    Company.objects.filter(pk=moved.pk).update(debtor=office.clients["b"].debtor)
    for model, kept in ((Company, moved), (Employee, office.clients["a"].person)):
        assert kept not in model.objects.visible_to(User.objects.get(pk=before.pk))
        assert kept in model.objects.visible_to(User.objects.get(pk=after.pk))
        assert kept in model.objects.visible_to(User.objects.get(pk=company_user.pk))


def test_a_client_nobody_was_given_is_seen_by_administrators_alone(office):
    user = somebody_new("accountant")
    give(user, office, Role.ACCOUNTANT, "a")
    assert "b" not in seen_clients(user)
    assert "b" in seen_clients(office.administrator)


def test_every_way_is_explained_and_the_explanation_says_what_the_rule_says(office, other):
    user, absent = somebody_new("user"), somebody_new("absent")
    give(user, office, Role.ASSISTANT, "a", reason="holiday of Anke", ends=now() + timedelta(days=3))
    give(user, office, Role.CLIENT_USER, company="b")
    give(user, other, Role.AUDITOR)
    team = team_of(office, user)
    TeamDebtor.objects.create(team=team, debtor=office.clients["a"].debtor)
    TagRule.objects.create(team=team, tag="horeca")
    tagged(office.clients["a"], "horeca")
    give(absent, office, Role.ACCOUNTANT, "c")
    give(absent, office, Role.AUDITOR, "b")
    Deputy.objects.create(firm=office.firm, absent=absent, substitute=user, ends=now() + timedelta(days=1))
    found = {}
    for each in (office, other):
        for name, client in each.clients.items():
            asked = Where(each.firm.pk, client.debtor.pk)
            found[name] = ways(user, asked)
            below = ways(user, Where(each.firm.pk, client.debtor.pk, client.company.pk))
            assert {c for way in found[name] for c in way.capabilities} == {
                c for c in Capability if name in seen_clients(user, c)
            }
            assert {c for way in below for c in way.capabilities} == {
                c for c in Capability if f"company {name}" in seen_companies(user, c)
            }
    assert [(way.role, way.team, way.tag, way.reason) for way in found["a"]] == [
        (Role.ASSISTANT, "", "", "holiday of Anke"),
        (Role.ACCOUNTANT, team.name, "", ""),
        (Role.ACCOUNTANT, team.name, "horeca", ""),
    ]
    assert [way.deputy_of for way in found["c"]] == ["absent"]
    assert found["b"] == []
    assert [way.level for way in found["x"]] == ["firm"]


def test_a_closed_account_has_nothing_to_explain(office):
    user = somebody_new("closed", is_active=False)
    give(user, office, Role.ADMINISTRATOR)
    assert ways(user, Where(office.firm.pk, office.clients["a"].debtor.pk)) == []
    assert grants.capabilities(user) == frozenset()
