"""The clients page: figures, scope, sort, filter, bad addresses, and a number of queries that rows do not raise."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Firm, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.companies.models import Basis, Company, Snapshot
from portal.connections.models import Environment
from portal.dashboards.clients import COMPANY_KINDS
from portal.debtors.models import Debtor
from portal.employees.models import SalaryType
from portal.mirror.models import State
from portal.periods import Period, PeriodType
from tests.dashboards.reading import table, text
from tests.factories import (
    fetched,
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_salary,
    make_schedule,
    summed,
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def random_company(debtor: Debtor, dice: Random, kind: PeriodType) -> Company:
    """A company with people who came and went, with raises, part-time work and net salaries."""
    number = {PeriodType.MONTH: 11, PeriodType.FOUR_WEEKS: 12, PeriodType.WEEK: 47}[kind]
    company = make_company(debtor, f"Company {dice.random():.6f}", Period(2026, number), kind)
    for _ in range(dice.randrange(6)):
        person = make_person(company)
        start = date(2024, 6, 1) + timedelta(days=dice.randrange(900))
        end = start + timedelta(days=dice.randrange(30, 900)) if dice.random() < 0.5 else None
        make_employment(person, start, end)
        make_schedule(person, start, percentage=dice.choice(["50", "80", "100"]))
        raised = start + timedelta(days=dice.randrange(1, 400))
        kinds = [
            SalaryType.GROSS_FULL_TIME,
            SalaryType.GROSS_PART_TIME,
            SalaryType.GROSS_HOURLY,
            SalaryType.NET_HOURLY_INCL,
        ]
        make_salary(person, f"{dice.randrange(1500, 4000)}.55", start, raised - timedelta(days=1), dice.choice(kinds))
        make_salary(person, f"{dice.randrange(1500, 4000)}.45", raised, None, dice.choice(kinds))
    return company


def slowly(companies: list[Company], first: date, last: date) -> dict[str, Any]:
    """The month's figures straight from the rows, in the plainest Python."""
    heads, came, went, left_out, wage = 0, 0, 0, 0, Decimal(0)
    to_month = {"month": Decimal(1), "4-weeks": Decimal(13) / 12, "week": Decimal(52) / 12}
    for company in companies:
        for person in company.employees.all():
            employments = list(person.employment_set.all())
            came += any(first <= row.valid_from <= last for row in employments)
            went += any(row.end_date and first <= row.end_date <= last for row in employments)
            if not any(row.valid_from <= last and (not row.end_date or row.end_date >= last) for row in employments):
                continue
            heads += 1
            salary = [
                r
                for r in person.salary_set.all()
                if r.valid_from <= last and (not r.valid_until or r.valid_until > last)
            ]
            hours = person.schedule_set.get()
            amount = None
            if salary and salary[0].salary_type == SalaryType.GROSS_FULL_TIME:
                amount = salary[0].amount * hours.part_time_percentage / 100 * to_month[company.current.period_type]
            if salary and salary[0].salary_type == SalaryType.GROSS_PART_TIME:
                amount = salary[0].amount * to_month[company.current.period_type]
            if salary and salary[0].salary_type == SalaryType.GROSS_HOURLY:
                amount = salary[0].amount * 40 * 52 / 12
            if amount is None:
                left_out += 1
            else:
                wage += (amount + Decimal("0.005")).quantize(Decimal("0.01"), rounding="ROUND_FLOOR")
    return {"heads": heads, "came": came, "went": went, "left_out": left_out, "wage": wage}


@pytest.mark.database
def test_figures_equal_those_counted_slowly(firm: Firm, administrator: People, as_user: SignIn) -> None:
    dice, environment = Random(7), make_environment(firm)
    clients: dict[str, list[Company]] = {}
    for position in range(8):
        debtor = make_debtor(environment, f"Client {position}")
        kinds = list(PeriodType)[:3]
        clients[debtor.name] = [random_company(debtor, dice, dice.choice(kinds)) for _ in range(dice.randrange(4))]
        fetched_everything(debtor)
        summed(*clients[debtor.name])
    client = as_user(administrator())
    for first, last in (
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 6, 1), date(2026, 6, 30)),
        (date(2025, 2, 1), date(2025, 2, 28)),
    ):
        expected = {name: slowly(companies, first, last) for name, companies in clients.items()}
        *rows, totals = table(client, f"/clients/?month={first:%Y-%m}")
        assert [row["Client"] for row in rows] == sorted(expected)
        for row in rows:
            wanted = expected[row["Client"]]
            assert row["Companies"] == str(len(clients[row["Client"]]))
            assert [row["Head count"], row["Joiners"], row["Leavers"]] == [
                str(wanted[name]) for name in ("heads", "came", "went")
            ]
            assert row["Contract wage a month (€)"].split()[0] == f"{wanted['wage']:,.2f}"
            assert ("not in this figure" in row["Contract wage a month (€)"]) == bool(wanted["left_out"])
        for column, name in (("Head count", "heads"), ("Joiners", "came"), ("Leavers", "went")):
            assert totals[column] == str(sum(wanted[name] for wanted in expected.values()))
        assert totals["Contract wage a month (€)"] == f"{sum(wanted['wage'] for wanted in expected.values()):,.2f}"


def test_never_fetched_partly_fetched_refused_unknown_and_zero_are_five_things(
    firm: Firm, administrator: People, as_user: SignIn
) -> None:
    environment = make_environment(firm)
    zero = make_debtor(environment, "A zero")
    summed(make_company(zero))
    fetched_everything(zero)
    never = make_debtor(environment, "B never")
    company = make_company(never)
    summed(company)
    fetched(never, "companies")
    partly = make_debtor(environment, "C partly")
    known, unknown = make_company(partly), make_company(partly)
    make_employment(make_person(known), date(2026, 11, 3))
    fetched_everything(partly)
    summed(known, unknown)
    fetched(unknown, "employments", state=State.FAILING, error_kind="unavailable")
    refused = make_debtor(environment, "D refused")
    summed(make_company(refused))
    fetched_everything(refused)
    fetched(refused.companies.get(), "salaries", state=State.NOT_PERMITTED, error_kind="not_permitted")
    make_debtor(environment, "E not even its companies")
    empty = make_debtor(environment, "F no companies")
    fetched_everything(empty)
    rows = {row["Client"]: row for row in table(as_user(administrator()), "/clients/")}
    assert rows["A zero"]["Head count"] == "0"
    assert rows["A zero"]["Contract wage a month (€)"] == "0.00"
    assert rows["B never"]["Head count"] == "not fetched yet"
    assert rows["B never"]["Contract wage a month (€)"] == "not fetched yet"
    assert rows["C partly"]["Head count"].startswith("1 1 company is not in this figure")
    assert rows["D refused"]["Head count"] == "0"
    assert rows["D refused"]["Contract wage a month (€)"] == "no access"
    assert rows["E not even its companies"]["Companies"] == "not fetched yet"
    assert rows["E not even its companies"]["Head count"] == "not fetched yet"
    assert (rows["F no companies"]["Companies"], rows["F no companies"]["Head count"]) == ("0", "0")
    earlier = {row["Client"]: row for row in table(as_user(administrator("b@test.example")), "/clients/?month=2027-03")}
    assert earlier["A zero"]["Head count"] == "– unknown"


def test_the_open_periods_of_a_client_stand_in_the_order_they_end(
    firm: Firm, administrator: People, as_user: SignIn
) -> None:
    environment = make_environment(firm)
    debtor = make_debtor(environment, "Mixed")
    make_company(debtor, "a", Period(2026, 12), PeriodType.FOUR_WEEKS)
    make_company(debtor, "b", Period(2026, 11), PeriodType.MONTH)
    make_company(debtor, "c", Period(2026, 11), PeriodType.MONTH)
    make_company(debtor, "d", Period(2025, 52), PeriodType.WEEK)
    make_debtor(environment, "Later", number="9")
    make_company(Debtor.objects.get(name="Later"), "e", Period(2026, 12))
    rows = table(as_user(administrator()), "/clients/?sort=-periods")
    assert [row["Open period"] for row in rows[:2]] == ["12 M", "2025-52 W, 12 4W, 11 M"]


@pytest.mark.database
def test_a_row_says_the_worst_state_of_its_data_and_the_filter_finds_it(
    firm: Firm, administrator: People, as_user: SignIn
) -> None:
    environment = make_environment(firm)
    for name in ("Failing", "Fresh", "Never", "Old"):
        debtor = make_debtor(environment, name)
        company = make_company(debtor)
        summed(company)
        if name != "Never":
            fetched_everything(debtor)
        if name == "Failing":
            fetched(company, "salaries", state=State.FAILING, error_kind="unavailable")
        if name == "Old":
            fetched(company, "employees", at=datetime(2026, 11, 20, 5, 0, tzinfo=UTC))
    client = as_user(administrator())
    states = {row["Client"]: row["Data"] for row in table(client, "/clients/")[:-1]}
    assert {name: said.split()[0] for name, said in states.items()} == {
        "Failing": "failing",
        "Fresh": "up",
        "Never": "never",
        "Old": "stale",
    }
    assert "2 days" in states["Old"]
    found = [row["Client"] for row in table(client, "/clients/?data=attention&sort=data")[:-1]]
    assert found == ["Failing", "Never", "Old"]


@pytest.mark.database
def test_every_column_sorts_and_an_unknown_one_is_ignored(firm: Firm, administrator: People, as_user: SignIn) -> None:
    environment = make_environment(firm)
    for number, people in ((3, 1), (1, 2), (2, 0)):
        debtor = make_debtor(environment, f"Client {number}", number=str(number))
        company = make_company(debtor, period=Period(2026, number))
        for _ in range(people):
            person = make_person(company)
            make_employment(person, date(2026, 11, 3))
            make_salary(person, "1000", date(2026, 11, 3))
        fetched_everything(debtor)
        summed(company)
    client = as_user(administrator())

    def order(sort: str) -> list[str]:
        return [row["Number"] for row in table(client, f"/clients/?sort={sort}")[:-1]]

    assert order("head_count") == ["2", "3", "1"]
    assert order("-head_count") == ["1", "3", "2"]
    assert order("wage_cents") == ["2", "3", "1"]
    assert order("-joiners") == ["1", "3", "2"]
    assert order("periods") == order("number") == order("name") == ["1", "2", "3"]
    for sort in ("company_count", "leavers", "data"):
        assert sorted(order(sort)) == ["1", "2", "3"]
    assert order("employee__bsn") == order("environment__firm__name") == order("pk") == ["1", "2", "3"]


@pytest.mark.database
def test_search_by_part_of_the_name_or_start_of_the_number(firm: Firm, administrator: People, as_user: SignIn) -> None:
    environment = make_environment(firm)
    make_debtor(environment, "Bakkerij De Aar", number="10100")
    make_debtor(environment, "Slagerij Vos", number="20101")
    client = as_user(administrator())
    assert [row["Client"] for row in table(client, "/clients/?q=aar")[:-1]] == ["Bakkerij De Aar"]
    assert [row["Client"] for row in table(client, "/clients/?q=101")[:-1]] == ["Bakkerij De Aar"]
    assert "Nothing matches this filter" in client.get("/clients/?q=nobody").content.decode()
    assert [row["Client"] for row in table(client, "/clients/?period_type=4-weeks")] == []


def test_an_accountant_sees_the_assigned_clients_and_totals_of_those_alone(
    firm: Firm, accountant: People, as_user: SignIn
) -> None:
    environment = make_environment(firm)
    mine, other = make_debtor(environment, "Mine"), make_debtor(environment, "Other")
    for debtor in (mine, other):
        company = make_company(debtor)
        make_employment(make_person(company), date(2026, 1, 1))
        fetched_everything(debtor)
        summed(company)
    rows = table(as_user(accountant(mine)), "/clients/")
    assert [row["Client"] for row in rows] == ["Mine", "Total"]
    assert rows[-1]["Head count"] == "1"
    nobody = as_user(accountant(email="nobody@test.example"))
    assert "You have no access to this" in nobody.get("/clients/").content.decode()


def test_without_the_right_there_is_no_wage_column_to_see_or_to_sort_by(
    firm: Firm, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    environment = make_environment(firm)
    debtors = [make_debtor(environment, name) for name in ("A", "B")]
    for debtor, wage in zip(debtors, ("2000", "1000"), strict=True):
        company = make_company(debtor)
        person = make_person(company)
        make_employment(person, date(2026, 1, 1))
        make_salary(person, wage, date(2026, 1, 1))
        fetched_everything(debtor)
        summed(company)
    client = as_user(accountant(*debtors))
    rows = table(client, "/clients/?sort=wage_cents")
    assert [row["Client"] for row in rows] == ["A", "B", "Total"]
    assert not any("wage" in head.lower() for head in rows[0])
    assert "1,000.00" not in client.get("/clients/").content.decode()


@pytest.mark.parametrize(
    "address",
    [f"/clients/?month={asked}" for asked in ("2026-99", "abc", "1066-01", "2019-01", "%00", "99999-1")],
)
def test_a_month_that_makes_no_sense_gives_this_month_and_says_so(
    firm: Firm, administrator: People, as_user: SignIn, address: str
) -> None:
    # Without a connection an administrator would be led to the first steps.
    Environment.objects.create(firm=firm, domain="demo")
    answer = as_user(administrator()).get(address)
    page = text(answer.content.decode())
    assert answer.status_code == 200
    assert "This page shows November 2026." in page


@pytest.mark.parametrize(
    "address",
    [
        "/clients/?page=99999",
        "/clients/?page=-1",
        "/clients/?page=abc",
        "/clients/?per_page=0",
        "/clients/?data=x&period_type=y",
        "/clients/?sort=,,,-",
        "/clients/?q=%27%25_%00",
    ],
)
def test_other_nonsense_in_the_address_is_no_error(
    firm: Firm, administrator: People, as_user: SignIn, address: str
) -> None:
    make_debtor(make_environment(firm))
    assert as_user(administrator()).get(address).status_code == 200


def test_html_in_a_name_stays_text(firm: Firm, administrator: People, as_user: SignIn) -> None:
    make_debtor(make_environment(firm), "<script>alert(1)</script>", number="<b>1</b>")
    page = as_user(administrator()).get("/clients/").content.decode()
    assert "<script>alert(1)" not in page
    assert "<b>1</b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("count", [10, 100])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    firm: Firm,
    administrator: People,
    as_user: SignIn,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    environment = make_environment(firm)
    for number in range(count):
        debtor = make_debtor(environment, f"Client {number}")
        company = make_company(debtor)
        make_employment(make_person(company), date(2026, 1, 1))
        fetched(debtor, "companies")
        fetched(company, *COMPANY_KINDS)
        Snapshot.objects.create(
            company=company, basis=Basis.MONTH, year=2026, number=11, first_day=FIRST, last_day=LAST, head_count=1
        )
    client = as_user(administrator())
    with django_assert_max_num_queries(17):
        assert len(table(client, "/clients/?per_page=100")) == count + 1
