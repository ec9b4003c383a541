"""Wage cost on the list of clients: of the month and against the one before it, from the journals of the runs."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Firm, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.mirror.models import State
from portal.periods import Period, PeriodType, bounds, preceding
from tests.dashboards.reading import table, tables
from tests.factories import (
    SEEN,
    fetched,
    fetched_everything,
    make_booking,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_run,
    summed,
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]
COST, CHANGE = "Wage cost (€)", "Cost change (%)"
#: The current periods of 22 November 2026.
CURRENT = {PeriodType.MONTH: 11, PeriodType.FOUR_WEEKS: 12, PeriodType.WEEK: 47, PeriodType.QUARTER: 4}


@pytest.fixture
def environment(firm: Firm) -> Environment:
    return make_environment(firm)


def booked(company: Company, period: Period, debit: str, credit: str = "0", **line: Any) -> None:
    line = {"account": "4000", **line}
    make_booking(company, period.year, period.number, debit=Decimal(debit), credit=Decimal(credit), **line)


def employing(debtor: Debtor, kind: PeriodType = PeriodType.MONTH) -> Company:
    company = make_company(debtor, f"By {kind}", Period(2026, CURRENT[kind]), kind)
    make_employment(make_person(company), date(2024, 1, 1))
    summed(company)
    return company


def run(company: Company, period: Period, debit: str, **values: str) -> None:
    make_run(company, period.year, period.number)
    booked(company, period, debit, **values)


def slowly(companies: list[Company], first: date, last: date) -> Decimal | None:
    """Euros that are booked for every period that ends in the month; None where a company lacks one of them."""
    total, ended = Decimal(0), 0
    for company in companies:
        kind = PeriodType(company.current.period_type)
        period = Period(2026, CURRENT[kind])
        while bounds(kind, period).last >= first:
            if bounds(kind, period).last <= last:
                of_period = [line for line in company.journalline_set.all() if Period(line.year, line.number) == period]
                lines = [line for line in of_period if line.account[0] == "4"]
                if not lines:
                    return None
                total, ended = total + sum(line.debit - line.credit for line in lines), ended + 1
            period = preceding(kind, period)
    return total if ended else None


@pytest.mark.database
def test_costs_equal_those_added_up_slowly(environment: Environment, administrator: People, as_user: SignIn) -> None:
    dice = Random(11)
    clients: dict[str, list[Company]] = {}
    for number in range(8):
        debtor = make_debtor(environment, f"Client {number}", number=str(number))
        kinds = dice.sample([PeriodType.MONTH, PeriodType.FOUR_WEEKS, PeriodType.WEEK], dice.randrange(1, 4))
        clients[debtor.name] = [employing(debtor, kind) for kind in kinds]
        for company in clients[debtor.name]:
            period = Period(2026, CURRENT[PeriodType(company.current.period_type)])
            for _ in range(16):
                if dice.random() < 0.98:
                    run(company, period, f"{dice.randrange(90000)}.{dice.randrange(10, 99)}", credit="10.01")
                    booked(company, period, "5000", account="1500")
                period = preceding(PeriodType(company.current.period_type), period)
        fetched_everything(debtor)
    client = as_user(administrator())
    compared = 0
    for first, last, before, until in (
        (date(2026, 10, 1), date(2026, 10, 31), date(2026, 9, 1), date(2026, 9, 30)),
        (date(2026, 9, 1), date(2026, 9, 30), date(2026, 8, 1), date(2026, 8, 31)),
    ):
        *rows, totals = table(client, f"/clients/?month={first:%Y-%m}")
        known = []
        for row in rows:
            now = slowly(clients[row["Client"]], first, last)
            earlier = slowly(clients[row["Client"]], before, until)
            assert row[COST] == ("– unknown" if now is None else f"{now:,.2f}".replace("-", "\u2212"))
            if now is None or not earlier:
                assert row[CHANGE] == "– unknown"
            else:
                change = 100 * (now - earlier) / abs(earlier)
                assert abs(Decimal(row[CHANGE].replace("\u2212", "-").replace(",", "")) - change) <= Decimal("0.05")
                compared += 1
            known += [] if now is None else [now]
        assert totals[COST] == f"{sum(known):,.2f}"
    assert compared > 3


@pytest.mark.database
def test_a_run_over_several_periods_counts_where_it_is_booked(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    for number, (period, cost, change) in enumerate(((9, "0.00", "– unknown"), (10, "500.00", "– unknown"))):
        debtor = make_debtor(environment, f"Booked in {period}", number=str(number))
        company = employing(debtor)
        make_run(company, 2026, 9, 10)
        booked(company, Period(2026, period), "500")
        fetched_everything(debtor)
        rows = {
            row["Client"]: row
            for row in table(as_user(administrator(f"{number}@t.example")), "/clients/?month=2026-10")
        }
        assert (rows[debtor.name][COST], rows[debtor.name][CHANGE]) == (cost, "\u2212100.0" if period == 9 else change)


@pytest.mark.database
def test_the_cost_is_not_known_while_the_journal_of_one_run_is_still_to_come(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor = make_debtor(environment, "Two runs")
    company = employing(debtor)
    run(company, Period(2026, 9), "1000")
    run(company, Period(2026, 10), "1200")
    fetched_everything(debtor)
    client = as_user(administrator())

    def told(month: str) -> tuple[str, str]:
        [row] = (row for row in table(client, f"/clients/?month={month}") if row["Client"] == debtor.name)
        return row[COST], row[CHANGE]

    assert told("2026-10") == ("1,200.00", "20.0")
    # Runs are read by the hour, the journal by the night.
    late = make_run(company, 2026, 10, number=91, first_seen=SEEN + timedelta(hours=1))
    assert told("2026-10") == ("– unknown", "– unknown")
    assert told("2026-11") == ("1,000.00 Sep 2026", "– unknown")
    late.period_start = 9
    late.save()
    assert told("2026-09")[0] == "– unknown"
    booked(company, Period(2026, 10), "300", run_number=91)
    assert told("2026-10") == ("1,500.00", "50.0")


def test_unknown_never_fetched_refused_and_zero_are_four_things(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    for name in ("Never", "Refused", "Unknown", "Zero", "Partly"):
        debtor = make_debtor(environment, name)
        company = employing(debtor)
        if name == "Partly":
            unread = make_company(debtor, "Unread")
            summed(unread)
        fetched_everything(debtor)
        if name != "Unknown":
            run(company, Period(2026, 11), "0" if name == "Zero" else "750")
        if name == "Never":
            company.freshness.filter(resource="journal").delete()
        if name == "Refused":
            fetched(company, "journal", state=State.NOT_PERMITTED, error_kind="not_permitted")
        if name == "Partly":
            unread.freshness.filter(resource="runs").delete()
    fetched_everything(make_debtor(environment, "Without companies"))
    rows = {row["Client"]: row for row in table(as_user(administrator()), "/clients/")}
    assert {name: rows[name][COST] for name in ("Never", "Refused", "Unknown", "Zero", "Without companies")} == {
        "Never": "not fetched yet",
        "Refused": "no access",
        "Unknown": "– unknown",
        "Zero": "0.00",
        "Without companies": "0.00",
    }
    assert rows["Never"][CHANGE] == "not fetched yet"
    assert rows["Partly"][COST].startswith("750.00 Runs and journals of 1 company have not come in")
    assert rows["Total"][COST] == "750.00"


def test_it_sorts_filters_and_leaves_in_files_as_numbers(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    for name, before, now in (("A", "100", "300"), ("B", "100", "90"), ("C", "50", "200")):
        debtor = make_debtor(environment, name)
        company = employing(debtor)
        run(company, Period(2026, 10), before)
        run(company, Period(2026, 11), now)
        fetched_everything(debtor)
    fetched_everything(make_debtor(environment, "D never paid anybody"))
    employing(make_debtor(environment, "E unknown"))
    client = as_user(administrator())

    def order(sort: str) -> list[str]:
        return [row["Client"][0] for row in table(client, f"/clients/?sort={sort}")[:-1]]

    assert order("wage_cost")[:3] == ["B", "C", "A"]
    assert order("-wage_cost")[:3] == ["A", "C", "B"]
    assert order("-cost_change")[:3] == ["C", "A", "B"]
    assert order("cost_change")[:3] == ["B", "A", "C"]
    assert table(client, "/clients/?q=B")[-1][COST] == "90.00"
    address = "/clients/?columns=name,wage_cost,cost_change&sort=-wage_cost"
    answer = client.post("/files/", {"at": address, "format": "xlsx"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == "A"]
    assert [(float(row[1]), row[2], float(row[3])) for row in rows] == [(300.0, "2026-11", 200.0)]
    assert all(isinstance(value, int | float) for value in (rows[0][1], rows[0][3]))
    answer = client.post("/files/", {"at": address, "format": "csv"})
    lines = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines(), delimiter=";"))
    assert ["B", "90.00", "2026-11", "-10.0"] in [line[:4] for line in lines]


def test_who_may_not_see_wages_sees_no_cost_and_cannot_sort_by_it(
    environment: Environment, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    debtors = [make_debtor(environment, name) for name in ("A", "B")]
    for debtor, cost in zip(debtors, ("2345.67", "1234.56"), strict=True):
        run(employing(debtor), Period(2026, 11), cost)
        fetched_everything(debtor)
    client = as_user(accountant(*debtors))
    rows = table(client, "/clients/?sort=wage_cost")
    assert [row["Client"] for row in rows] == ["A", "B", "Total"]
    assert not any("cost" in heading.lower() for heading in rows[0])
    page = client.get("/clients/?columns=name,wage_cost").content.decode()
    assert "1,234.56" not in page
    assert "journals of the payroll runs" not in page


@pytest.mark.parametrize(("kind", "state"), [("journal", State.FAILING), ("runs", State.NOT_PERMITTED)])
def test_an_old_journal_makes_the_list_old_for_those_alone_who_see_wage_cost(
    environment: Environment,
    administrator: People,
    accountant: People,
    as_user: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    state: State,
) -> None:
    debtors = [make_debtor(environment, name) for name in ("A", "B")]
    for debtor in debtors:
        run(employing(debtor), Period(2026, 11), "100")
        fetched_everything(debtor)
    fetched(debtors[0].companies.get(), kind, state=state)
    said = {State.FAILING: "failing", State.NOT_PERMITTED: "not permitted"}[state]
    office = as_user(administrator())
    answer = office.get("/clients/")
    shown = tables(answer.content.decode())[0]
    assert [row["Data"].startswith(word) for row, word in zip(shown, (said, "up to date"), strict=False)] == [True] * 2
    assert answer.context["freshness"].state == state.value
    assert [row["Client"] for row in table(office, "/clients/?data=attention")[:-1]] == ["A"]
    file = office.post("/files/", {"at": "/clients/", "format": "csv"})
    assert f'Data;"{said}; oldest part of ' in b"".join(file.streaming_content).decode("utf-8-sig")

    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    without = as_user(accountant(*debtors))
    answer = without.get("/clients/")
    assert answer.context["freshness"].state == "fresh"
    assert all(row["Data"].startswith("up to date") for row in tables(answer.content.decode())[0][:-1])
    assert table(without, "/clients/?data=attention") == []


@pytest.mark.parametrize("count", [3, 40])
def test_costs_take_one_query_whatever_the_number_of_clients(
    environment: Environment,
    administrator: People,
    as_user: SignIn,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        debtor = make_debtor(environment, f"Client {number}")
        run(make_company(debtor), Period(2026, 11), "100")
        fetched(debtor, "companies")
    client = as_user(administrator())
    with django_assert_max_num_queries(17):
        assert len(table(client, "/clients/?per_page=100")) == count + 1


@pytest.mark.database
def test_a_month_in_which_no_period_of_a_company_ends_owes_no_cost_of_it(
    environment: Environment, administrator: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Period 12 of four weeks ends on 29 November 2026 and period 13 on 3 January 2027."""
    monkeypatch.setattr("portal.clock.now", lambda: datetime(2026, 12, 15, 7, 12, tzinfo=UTC))
    both, alone = make_debtor(environment, "Both"), make_debtor(environment, "Alone")
    for debtor in (both, alone):
        by_weeks = employing(debtor, PeriodType.FOUR_WEEKS)
        # Two of them end in November, on the first and on the 29th.
        run(by_weeks, Period(2026, 11), "400")
        run(by_weeks, Period(2026, 12), "600")
    monthly = employing(both)
    for month in (11, 12):
        run(monthly, Period(2026, month), "1000")
    for debtor in (both, alone):
        fetched_everything(debtor)
    client = as_user(administrator())
    rows = {row["Client"]: row for row in table(client, "/clients/?month=2026-12")}
    said = "Of 1 company no period ends in this month: it has no wage cost in it."
    assert (rows["Both"][COST], rows["Both"][CHANGE]) == (f"1,000.00 {said}", "\u221250.0")
    assert (rows["Alone"][COST], rows["Alone"][CHANGE]) == ("no period ends", "no period ends")
    assert rows["Total"][COST] == "1,000.00"
    page = client.get("/clients/?month=2026-12").content.decode()
    assert "it is not known; the total is that of the others" not in page
    assert client.get("/clients/?month=2026-12&q=Both&sort=cost_change").status_code == 200

    page = client.get(f"/clients/{both.pk}/?month=2026-12").content.decode()
    assert said in page
    assert [row["Wage cost"] for row in cost_rows(page)][-2:] == ["€2,000.00", "€1,000.00"]

    answer = client.get(f"/clients/{alone.pk}/?month=2026-12")
    tile = next(one for one in answer.context["tiles"] if str(one.label) == "Wage cost")
    assert (str(tile.value.label), tile.note) == ("no period ends", "No period of it ends in December 2026.")
    page = answer.content.decode()
    shown = cost_rows(page)[-1]
    assert shown["Wage cost"] == "no period ends"
    assert shown["Contract wage a month (cost not known)"] == "– unknown"
    assert "No period of it ends in Dec 2026, so there is no wage cost then." in page
    assert "lack a run or its journal" not in page and "a run or its journal is lacking" not in page
    november = client.get(f"/clients/{alone.pk}/?month=2026-11").content.decode()
    assert cost_rows(november)[-1]["Wage cost"] == "€1,000.00"


@pytest.mark.database
def test_a_company_without_people_whose_runs_come_to_nothing_hides_no_cost_of_the_others(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor = make_debtor(environment)
    october = Period(2026, 10)
    run(employing(debtor), october, "1000")
    empty = make_company(debtor, "Empty", Period(2026, 11))
    summed(empty)
    make_run(empty, 2026, 10)
    client, address = as_user(administrator(language="en")), "/clients/?month=2026-10"
    # The journal was not read since the run came.
    fetched_everything(debtor)
    empty.freshness.filter(resource="journal").update(last_success=SEEN - timedelta(days=1))
    assert table(client, address)[0][COST] == "– unknown"
    fetched_everything(debtor)
    assert table(client, address)[0][COST] == "1,000.00"
    page = client.get(f"/clients/{debtor.pk}/?month=2026-10").content.decode()
    assert "lack a run or its journal" not in page
    # With somebody in service it is not the whole cost.
    make_employment(make_person(empty), date(2024, 1, 1))
    summed(empty)
    assert table(client, address)[0][COST] == "– unknown"


def cost_rows(page: str) -> list[dict[str, str]]:
    """The table behind the chart of wage cost."""
    return next(found for found in tables(page) if found and "Wage cost" in found[0] and "Month" in found[0])
