"""A company of which Nmbrs gave a current period before and gives none now: what was paid stays known, what is due
stays due, and no page shows the last period as if it were still the current one.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from portal import clock
from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from portal.companies.models import Company, CurrentPeriod, Snapshot
from portal.deadlines import states
from portal.deadlines.models import Deadline, PeriodState
from tests.dashboards.reading import table, tables, text
from tests.factories import (
    fetched_everything,
    make_booking,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_run,
    make_salary,
    summed,
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]
GONE = "no longer given by Nmbrs"


@pytest.fixture
def companies(firm: Firm) -> list[Company]:
    """Two companies of one client that cost 1,000 and 500 in each of the last two months."""
    debtor = make_debtor(make_environment(firm))
    found = []
    for name, euros in (("Bread", 1000), ("Cake", 500)):
        company = make_company(debtor, name)
        person = make_person(company)
        make_employment(person, date(2024, 1, 1))
        make_salary(person, "3000", date(2024, 1, 1))
        for month in (10, 11):
            make_run(company, 2026, month)
            make_booking(company, 2026, month, debit=Decimal(euros))
        found.append(company)
    summed(*found)
    fetched_everything(debtor)
    with transaction.atomic():
        states.rewrite([company.pk for company in found])
    return found


@pytest.fixture
def client(administrator: People, as_user: SignIn) -> Client:
    return as_user(administrator())


def lose_period(company: Company) -> None:
    """As a sync does whose answer has none, with everything that follows from the publish."""
    CurrentPeriod.objects.filter(company=company).update(missing_since=clock.now())
    with transaction.atomic():
        states.rewrite([company.pk])
    summed(company)


def cost_months(client: Client, company: Company) -> list[str]:
    """The last months of the chart of wage cost."""
    page = client.get(f"/clients/{company.debtor_id}/").content.decode()
    rows = next(found for found in tables(page) if found and "Wage cost" in found[0] and "Month" in found[0])
    return [row["Wage cost"] for row in rows][-2:]


@pytest.mark.database
def test_its_wage_cost_of_the_past_stays_known(companies: list[Company], client: Client) -> None:
    assert cost_months(client, companies[0]) == ["€1,500.00", "€1,500.00"]
    lose_period(companies[1])
    assert cost_months(client, companies[0]) == ["€1,500.00", "€1,500.00"]
    [row, _totals] = table(client, "/clients/?month=2026-11")
    assert (row["Wage cost (€)"], row["Cost change (%)"]) == ("1,500.00", "0.0")
    assert len(table(client, "/clients/?period_type=month")) == 2


@pytest.mark.database
def test_the_cost_is_not_known_of_a_company_that_never_had_a_period(companies: list[Company], client: Client) -> None:
    """Nobody can say when its periods end, so the others alone would be a part that looks like the whole."""
    CurrentPeriod.everything.filter(company=companies[1]).delete()
    page = client.get(f"/clients/{companies[0].debtor_id}/").content.decode()
    assert cost_months(client, companies[0]) == ["– unknown", "– unknown"]
    assert "1 of 2 companies lack a run or its journal" in page
    [row, _totals] = table(client, "/clients/?month=2026-11")
    assert row["Wage cost (€)"] == "– unknown"


def test_its_contract_wage_stays_as_it_was(companies: list[Company]) -> None:
    company = companies[1]
    before = set(company.snapshots.values_list("basis", "year", "number", "contract_wage_cents", "wage_left_out"))
    lose_period(company)
    assert before == set(
        Snapshot.objects.filter(company=company).values_list(
            "basis", "year", "number", "contract_wage_cents", "wage_left_out"
        )
    )
    assert any(cents for *_, cents, _left_out in before)


@pytest.mark.database
def test_what_is_due_stays_due(companies: list[Company]) -> None:
    def due(model: Any) -> list[Any]:
        return list(model.objects.filter(company=companies[1]).order_by("pk").values())

    before = due(Deadline), due(PeriodState)
    assert any(row["open"] and row["due"] < clock.today() for row in before[0])
    lose_period(companies[1])
    assert (due(Deadline), due(PeriodState)) == before
    assert companies[1].pk not in states.behind()


@pytest.mark.database
def test_every_page_says_that_it_is_no_longer_given(companies: list[Company], client: Client) -> None:
    bread, cake = companies
    pages = (f"/clients/{bread.debtor_id}/", "/clients/", "/")
    assert not any(GONE in client.get(page).content.decode() for page in pages)
    lose_period(cake)
    assert table(client, "/clients/")[0]["Open period"].replace("\xa0", " ") == f"11 M, 11 M ({GONE})"
    listed = next(rows for rows in tables(client.get(pages[0]).content.decode()) if "Current period" in rows[0])
    assert {row["Company"]: row["Current period"] for row in listed} == {
        "Bread": "2026-11 M",
        "Cake": f"2026-11 M ({GONE})",
    }
    board = {row["Company"].partition(" ")[0]: row["Period"] for row in table(client, "/")}
    assert (board["Bread"], board["Cake"]) == ("2026-11 M", f"2026-11 M ({GONE})")
    assert GONE in text(client.get(f"/companies/{cake.pk}/").content.decode())


def test_people_of_the_client_read_it_in_plain_words(companies: list[Company], as_user: SignIn, firm: Firm) -> None:
    cake = companies[1]
    user = User.objects.create_user("client@test.example", "Client", "a-good-password")
    Membership.objects.create(user=user, firm=firm, role=Role.CLIENT_ADMINISTRATOR, debtor=cake.debtor)
    said = "it is not known which period is being worked on"
    pages = (f"/my/{cake.debtor_id}/", f"/my/companies/{cake.pk}/")
    client = as_user(user)
    assert not any(said in client.get(page).content.decode() for page in pages)
    lose_period(cake)
    for page in pages:
        answer = client.get(page).content.decode()
        assert said in answer
        assert GONE not in answer
