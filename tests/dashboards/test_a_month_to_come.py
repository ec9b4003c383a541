"""A month that some companies of a client are as far as and others are not: no sum is shown that lacks the others."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from portal.accounts.models import Firm, User
from portal.companies.models import Basis, Company, Snapshot
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
from portal.periods import Period, PeriodType
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

NOT_YET = "Of 1 company there are no figures of this month yet: they go up to the month of its current period."


@pytest.fixture
def environment(firm: Firm) -> Environment:
    return make_environment(firm)


@pytest.fixture
def client(administrator: Callable[..., User], as_user: Callable[[User], Client]) -> Client:
    return as_user(administrator())


def employing(debtor: Debtor, name: str, people: int, period: Period, kind: PeriodType = PeriodType.MONTH) -> Company:
    company = make_company(debtor, name, period, kind)
    for _ in range(people):
        person = make_person(company)
        make_employment(person, date(2025, 1, 1))
        make_salary(person, "1000", date(2025, 1, 1))
    summed(company)
    return company


@pytest.fixture
def mixed(environment: Environment) -> Debtor:
    """Two people where it is December already, five where it is still November."""
    debtor = make_debtor(environment, "Mixed")
    employing(debtor, "A", 2, Period(2026, 12))
    employing(debtor, "Z", 5, Period(2026, 11))
    fetched_everything(debtor)
    return debtor


@pytest.mark.database
def test_the_list_shows_no_figures_of_some_companies_as_those_of_all(
    environment: Environment, mixed: Debtor, client: Client
) -> None:
    ready = make_debtor(environment, "Ready")
    employing(ready, "R", 3, Period(2026, 12))
    fetched_everything(ready)
    figures = ("Head count", "Joiners", "Leavers", "Contract wage a month (€)")
    rows = {row["Client"]: row for row in table(client, "/clients/?month=2026-11")}
    assert [rows["Mixed"][name] for name in figures] == ["7", "0", "0", "7,000.00"]
    assert rows["Total"]["Head count"] == "10"
    for query in ("", "&q=e"):
        address = f"/clients/?month=2026-12{query}"
        rows = {row["Client"]: row for row in table(client, address)}
        assert all(rows["Mixed"][name].startswith("– unknown Of 1 company there are no figures") for name in figures)
        assert NOT_YET in rows["Mixed"]["Head count"]
        assert [rows["Ready"][name] for name in figures] == ["3", "0", "0", "3,000.00"]
        assert [rows["Total"][name] for name in figures] == ["3", "0", "0", "3,000.00"]
        said = text(client.get(address).content.decode())
        assert "Of 1 client the figures of this month are not known: not all of its companies are that far yet." in said
    # Where nothing is kept of any company, the dash says enough.
    rows = {row["Client"]: row for row in table(client, "/clients/?month=2027-01")}
    assert rows["Mixed"]["Head count"] == rows["Total"]["Head count"] == "– unknown"


@pytest.mark.database
def test_the_page_of_the_client_says_the_same(mixed: Debtor, client: Client) -> None:
    now = text(client.get(f"/clients/{mixed.pk}/?month=2026-11").content.decode())
    assert "Head count 7 On 30 Nov 2026." in now
    assert "there are no figures of this month" not in now
    html = client.get(f"/clients/{mixed.pk}/?month=2026-12").content.decode()
    said = text(html)
    for label in ("Head count", "Contract wage a month", "Joiners", "Leavers"):
        assert f"{label} – unknown" in said
    assert f"Head count, Contract wage a month, Joiners, Leavers: {NOT_YET}" in said
    charts = [found for found in tables(html) if found and found[-1].get("Month") == "Dec 2026"]
    assert len(charts) == 3
    last = {
        name: value for found in charts for name, value in found[-1].items() if name not in ("Month", "A year earlier")
    }
    assert set(last.values()) == {"– unknown"}
    assert {"Head count", "Contract wage"} <= set(last)


@pytest.mark.database
def test_the_wage_cost_of_a_month_is_not_that_of_the_companies_that_are_so_far(mixed: Debtor, client: Client) -> None:
    ahead = mixed.companies.get(name="A")
    make_run(ahead, 2026, 12)
    make_booking(ahead, 2026, 12, debit=Decimal("2500"), account="4000")
    [row, _total] = table(client, "/clients/?month=2026-12")
    assert "2,500.00" not in row["Wage cost (€)"]
    said = text(client.get(f"/clients/{mixed.pk}/?month=2026-12").content.decode())
    assert "2,500" not in said
    assert "Wage cost of Dec 2026 is not known: 1 of 2 companies lack a run or its journal." in said


def test_absence_of_a_month_is_not_that_of_the_companies_that_are_so_far(
    environment: Environment, client: Client
) -> None:
    choose(environment.pk, OptIn.ABSENCE, on=True)
    debtor = make_debtor(environment)
    employing(debtor, "A", 6, Period(2026, 12))
    employing(debtor, "Z", 7, Period(2026, 11))
    fetched_everything(debtor)
    now = text(client.get(f"/clients/{debtor.pk}/?month=2026-11").content.decode())
    assert "On 30 Nov 2026 0 of 13 people are absent" in now
    said = text(client.get(f"/clients/{debtor.pk}/?month=2026-12").content.decode())
    assert "It is not known how many people are absent on 31 Dec 2026" in said
    assert "of 6 people" not in said


def test_a_company_that_was_never_read_holds_up_no_month(mixed: Debtor, client: Client) -> None:
    """What it is made of has not come in: that is said as it always was."""
    unread = mixed.companies.get(name="Z")
    unread.freshness.filter(resource="employments").delete()
    [row, _total] = table(client, "/clients/?month=2026-12")
    assert row["Head count"].startswith("2 1 company is not in this figure")
    said = text(client.get(f"/clients/{mixed.pk}/?month=2026-12").content.decode())
    assert "Head count 2 On 31 Dec 2026." in said


@pytest.mark.database
def test_all_companies_of_a_client_begin_with_the_same_month(environment: Environment) -> None:
    debtor = make_debtor(environment)
    companies = [
        employing(debtor, "Monthly", 1, Period(2026, 11)),
        employing(debtor, "Behind", 1, Period(2025, 12)),
        employing(debtor, "By the year", 1, Period(2026, 1), PeriodType.YEAR),
    ]
    kept = Snapshot.objects.filter(basis=Basis.MONTH).order_by("last_day")
    first = {kept.filter(company=company)[0].first_day for company in companies}
    assert first == {date(2024, 11, 1)}
