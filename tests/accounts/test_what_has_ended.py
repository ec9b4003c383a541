"""Rights with a term count while it lasts: wherever they are looked at, not only where rows are shown."""

from datetime import timedelta

import pytest

from portal.accounts import reviews
from portal.accounts.assignment import assigned_to_nobody
from portal.accounts.explain import Where, ways
from portal.accounts.models import Deputy, Team, TeamDebtor, TeamMember, User
from portal.accounts.people import administrators_of
from portal.accounts.roles import Role
from portal.accounts.team_clients import teams_of
from portal.clock import now
from portal.debtors.models import Debtor
from tests.accounts.office import Office, give, make_office, somebody_new, team_of

pytestmark = pytest.mark.database
DAY = timedelta(days=1)


@pytest.fixture
def office(db) -> Office:
    return make_office("one", "abc")


@pytest.fixture(params=["ended", "to come"])
def over(request) -> dict:
    return {"ends": now() - DAY} if request.param == "ended" else {"starts": now() + DAY}


def in_team(office: Office, user: User, client: str, **term) -> Team:
    team = team_of(office)
    TeamMember.objects.create(team=team, user=user, role=Role.ACCOUNTANT, **term)
    TeamDebtor.objects.create(team=team, debtor=office.clients[client].debtor)
    return team


def nobodys(office: Office) -> set[str]:
    clients = assigned_to_nobody(Debtor.objects.all(), office.firm)
    return {letter for letter, one in office.clients.items() if one.debtor in clients}


def test_a_client_whose_people_are_gone_is_looked_after_by_nobody(office, over):
    assert nobodys(office) == {"a", "b", "c"}
    give(somebody_new("now"), office, Role.ACCOUNTANT, "a")
    give(somebody_new("not now"), office, Role.ACCOUNTANT, "b", **over)
    in_team(office, somebody_new("in a team, not now"), "c", **over)
    assert nobodys(office) == {"b", "c"}
    in_team(office, somebody_new("in a team"), "c")
    assert nobodys(office) == {"b"}


def test_why_somebody_sees_a_client_names_no_way_that_is_over(office, over):
    user, absent, deputy = somebody_new("user"), somebody_new("absent"), somebody_new("deputy")
    client = Where(firm=office.firm.pk, debtor=office.clients["a"].debtor.pk)
    give(user, office, Role.ACCOUNTANT, "a", **over)
    in_team(office, user, "a", **over)
    give(absent, office, Role.ACCOUNTANT, "a")
    give(deputy, office, Role.ASSISTANT, "b")
    past = {"starts": now() - 2 * DAY, "ends": now() - DAY}
    named = Deputy.objects.create(firm=office.firm, absent=absent, substitute=deputy, **past)
    assert ways(user, client) == ways(deputy, client) == []
    Deputy.objects.filter(pk=named.pk).update(ends=now() + DAY)
    assert [way.deputy_of for way in ways(deputy, client)] == [absent.name]


def test_a_deputy_counts_while_they_work_in_a_team_of_the_firm_themselves(office, over):
    absent, deputy, former = somebody_new("absent"), somebody_new("deputy"), somebody_new("former")
    in_team(office, deputy, "a")
    in_team(office, former, "b", **over)
    for substitute in (deputy, former):
        Deputy.objects.create(firm=office.firm, absent=absent, substitute=substitute, ends=now() + DAY)
    assert [one.substitute for one in Deputy.objects.in_force()] == [deputy]


def test_a_review_asks_about_rights_that_count_now_or_begin_later(office, over):
    boss, user, absent = somebody_new("boss"), somebody_new("user"), somebody_new("absent")
    give(boss, office, Role.ADMINISTRATOR)
    give(user, office, Role.ACCOUNTANT, "a", **over)
    in_team(office, user, "b", **over)
    give(absent, office, Role.ACCOUNTANT, "c")
    past = {"starts": now() - 2 * DAY, "ends": now() - DAY}
    Deputy.objects.create(firm=office.firm, absent=absent, substitute=user, **past)
    lines = reviews.start(boss, office.firm).lines
    asked = set(lines.values_list("person", flat=True))
    assert {boss.name, absent.name} <= asked
    assert (user.name in asked) is ("starts" in over)


def test_who_is_no_administrator_any_more_is_told_nothing(office, over):
    boss, former = somebody_new("boss"), somebody_new("former")
    give(boss, office, Role.ADMINISTRATOR)
    give(former, office, Role.ADMINISTRATOR, **over)
    found = administrators_of(office.firm.pk)
    assert boss in found
    assert former not in found


def test_teams_to_filter_by_are_those_one_is_in_now(office, over):
    user = somebody_new("user")
    own = in_team(office, user, "a")
    in_team(office, user, "b", **over)
    in_team(office, somebody_new("colleague"), "c")
    assert list(teams_of(user)) == [own]
    assert list(teams_of(somebody_new("nobody"))) == []
