"""The list of clients by responsible person, team and tag, with the choices and the rights of the period board."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client

from portal.accounts.models import Firm, TagRule, Team, TeamDebtor, TeamMember, User
from portal.accounts.roles import Role
from portal.companies.models import Company
from portal.dashboards.filters import ClientFilter
from portal.deadlines import arranging
from portal.debtors.models import Debtor, DebtorTag
from tests.accounts.office import asked_by, make_office, somebody_new
from tests.dashboards.reading import queries_at_most, table
from tests.factories import fetched_everything, make_company, make_debtor, make_environment, mirrored

pytestmark = pytest.mark.pages

SINCE = date(2026, 1, 1)


@dataclass(frozen=True)
class Three:
    """Clients by name, the administrator who arranged them, the one who is responsible, and a team."""

    clients: dict[str, Debtor]
    companies: dict[str, Company]
    boss: User
    clerk: User
    team: Team


@pytest.fixture
def three(firm: Firm, administrator: Callable[..., User], accountant: Callable[..., User]) -> Three:
    """A clerk sees to one of two companies of the bakery; the team has the carrier by name and the bakery by a tag."""
    environment = make_environment(firm)
    clients = {name: make_debtor(environment, name) for name in ("Bakkerij", "Vervoer", "Slagerij")}
    companies = {name: make_company(client) for name, client in clients.items()}
    make_company(clients["Bakkerij"], "Second")
    for client in clients.values():
        fetched_everything(client)
    boss, clerk = administrator(), accountant(*clients.values())
    arranging.assign(boss, [companies["Bakkerij"].pk], clerk)
    arranging.assign(boss, [companies["Slagerij"].pk], boss)
    team = Team.objects.create(firm=firm, name="Noord")
    TeamDebtor.objects.create(team=team, debtor=clients["Vervoer"])
    TagRule.objects.create(team=team, tag="bakkers")
    mirrored(DebtorTag, environment, debtor=clients["Bakkerij"], number=1, text="bakkers", valid_from=SINCE)
    mirrored(
        DebtorTag, environment, debtor=clients["Slagerij"], number=2, text="oud", valid_from=SINCE, valid_until=SINCE
    )
    return Three(clients, companies, boss, clerk, team)


def names(client: Client, query: str) -> list[str]:
    return [row["Client"] for row in table(client, f"/clients/{query}") if row["Client"] != "Total"]


@pytest.mark.database
def test_by_person_team_and_tag(three: Three, as_user: Callable[[User], Client]) -> None:
    client = as_user(three.boss)
    assert names(client, f"?person={three.clerk.pk}") == ["Bakkerij"]
    assert names(client, "?person=me") == ["Slagerij"]
    assert names(as_user(three.clerk), "?person=me") == ["Bakkerij"]
    # One of its companies is nobody's.
    assert names(client, "?person=nobody") == ["Bakkerij", "Vervoer"]
    assert names(client, f"?team={three.team.pk}") == ["Bakkerij", "Vervoer"]
    assert names(client, "?tag=bakkers") == ["Bakkerij"]
    assert names(client, f"?team={three.team.pk}&person={three.clerk.pk}&period_type=month") == ["Bakkerij"]
    # A tag that is over is none, and what is no choice leaves everything.
    page = client.get("/clients/").content.decode()
    assert 'value="bakkers"' in page
    assert 'value="oud"' not in page
    assert len(names(client, "?tag=oud&person=99999999999999999999&team=%00")) == 3


@pytest.mark.database
def test_totals_and_files_are_those_of_the_filter(three: Three, as_user: Callable[[User], Client]) -> None:
    client = as_user(three.boss)
    rows = table(client, "/clients/?tag=bakkers")
    assert [row["Companies"] for row in rows] == ["2", "2"]
    answer = client.post("/files/", {"at": "/clients/?tag=bakkers&columns=name", "format": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert "Filters;Tag: bakkers" in lines
    assert "Bakkerij;" in lines
    assert not any(line.startswith("Vervoer") for line in lines)


def test_choices_are_those_that_the_reader_may_know(three: Three, as_user: Callable[[User], Client]) -> None:
    page = as_user(three.clerk).get("/clients/").content.decode()
    # Somebody of the team can name it; others have no team to choose.
    assert 'name="team"' not in page
    assert f'value="{three.boss.pk}"' in page
    TeamMember.objects.create(team=three.team, user=three.clerk, role=Role.ASSISTANT)
    assert f'<option value="{three.team.pk}">Noord</option>' in as_user(three.clerk).get("/clients/").content.decode()


def test_nothing_of_another_office_is_offered_or_found(three: Three, as_user: Callable[[User], Client]) -> None:
    other = make_office("two", "b")
    fetched_everything(other.clients["b"].debtor)
    stranger = as_user(other.administrator)
    page = stranger.get("/clients/").content.decode()
    for word in ("Noord", "bakkers", three.clerk.name, three.boss.name):
        assert word not in page
    everything = names(stranger, "")
    assert everything
    for query in (f"?person={three.clerk.pk}", f"?team={three.team.pk}", "?tag=bakkers"):
        assert names(stranger, query) == everything


def test_a_company_that_the_reader_does_not_see_makes_nobody_responsible(
    three: Three, as_user: Callable[[User], Client]
) -> None:
    """Not even where they see the client that it belongs to."""

    rows = Debtor.objects.filter(pk=three.clients["Bakkerij"].pk)
    for user, number in ((three.boss, 1), (somebody_new("stranger"), 0)):
        asked = ClientFilter({}, queryset=rows, request=asked_by(user))
        assert asked.by_person(rows, "person", str(three.clerk.pk)).count() == number


def test_a_filtered_list_takes_few_queries(three: Three, as_user: Callable[[User], Client]) -> None:
    client = as_user(three.boss)
    with queries_at_most(20):
        assert len(names(client, f"?person={three.clerk.pk}&team={three.team.pk}&tag=bakkers")) == 1
