"""The dashboard of one client: figures, companies, people who come and go, contracts that end."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.test import Client

from portal.accounts.models import Firm, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.connections.models import Environment
from portal.employees.models import SalaryType
from portal.mirror.models import State
from portal.periods import Period, PeriodType
from tests.dashboards.reading import queries_at_most, tables, text
from tests.factories import (
    fetched,
    fetched_everything,
    make_company,
    make_contract,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_return,
    make_run,
    make_salary,
    summed,
)

pytestmark = pytest.mark.pages

People = Callable[..., User]
SignIn = Callable[[User], Client]


@pytest.fixture
def environment(firm: Firm) -> Environment:
    """The firm's environment."""
    return make_environment(firm)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def table_of(html: str, heading: str) -> list[dict[str, str]]:
    """The table that has this column."""
    return next((found for found in tables(html) if found and heading in found[0]), [])


@pytest.mark.database
def test_the_figures_and_their_trend_are_sums_over_the_companies(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor = make_debtor(environment)
    monthly = make_company(debtor, "Monthly")
    weekly = make_company(debtor, "Weekly", Period(2026, 47), PeriodType.WEEK)
    for company, wage in ((monthly, "3000"), (weekly, "600")):
        person = make_person(company)
        make_employment(person, date(2026, 10, 5))
        make_salary(person, wage, date(2026, 10, 5))
    net = make_person(monthly)
    make_employment(net, date(2026, 11, 1))
    make_salary(net, "1500", date(2026, 11, 1), salary_type=SalaryType.NET_PART_TIME_INCL)
    fetched_everything(debtor)
    summed(monthly, weekly)
    html = page(as_user(administrator()), f"/clients/{debtor.pk}/")
    said = text(html)
    assert "Head count 3 On 30 Nov 2026." in said
    assert "Contract wage a month €5,600" in said  # 3,000 + 600 x 52/12
    assert "1 person is not in this figure: the salary is net or of an unknown kind." in said
    assert "Joiners 1 In November 2026." in said
    assert "Leavers 0" in said
    trend = {row["Month"]: row for row in table_of(html, "Contract wage")}
    assert len(trend) == 13
    assert trend["Oct 2026"]["Contract wage"] == "€5,600.00"
    assert trend["Sep 2026"]["Contract wage"] == "€0.00"
    earlier = page(as_user(administrator("b@test.example")), f"/clients/{debtor.pk}/?month=2026-10")
    assert "Head count 2 On 31 Oct 2026." in text(earlier)
    assert "Joiners 2 In October 2026." in text(earlier)


def test_what_was_never_fetched_is_not_zero(environment: Environment, administrator: People, as_user: SignIn) -> None:
    debtor = make_debtor(environment)
    company = make_company(debtor)
    summed(company)
    fetched(debtor, "companies")
    client = as_user(administrator())
    said = text(page(client, f"/clients/{debtor.pk}/"))
    assert "Head count not fetched yet" in said
    assert "Contract wage a month not fetched yet" in said
    assert "Not fetched from Nmbrs yet" in said
    fetched(company, "employees", "employments", "current_period", "schedules")
    fetched(company, "salaries", state=State.NOT_PERMITTED, error_kind="not_permitted")
    said = text(page(client, f"/clients/{debtor.pk}/"))
    assert "Head count 0" in said
    assert "Contract wage a month no access" in said


def test_what_a_sum_lacks_is_said_once_for_all_its_figures(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor = make_debtor(environment)
    known, unknown = make_company(debtor), make_company(debtor)
    make_employment(make_person(known), date(2026, 11, 2))
    fetched_everything(debtor)
    summed(known, unknown)
    unknown.freshness.filter(resource="employments").delete()
    said = text(page(as_user(administrator()), f"/clients/{debtor.pk}/"))
    lacks = "1 company is not in this figure: what it is made of has not come in from Nmbrs."
    assert f"Head count, Contract wage a month, Joiners, Leavers: {lacks}" in said
    assert said.count(lacks) == 1


def test_companies_with_their_period_last_run_and_last_return(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor = make_debtor(environment)
    stages = {}
    for name in ("A open", "B made", "C locked", "D never asked", "E old"):
        stages[name] = make_company(debtor, name)
    make_run(stages["A open"], 2026, 10, locked=True)
    make_run(stages["B made"], 2026, 11)
    make_run(stages["C locked"], 2026, 10, 11, locked=True)
    make_run(stages["C locked"], 2026, 3, number=99)
    make_run(stages["E old"], 2025, 12, number=1)
    make_return(stages["A open"], 2026, 9, sent_at=datetime(2026, 10, 20, tzinfo=UTC))
    make_return(stages["B made"], 2026, 10)
    make_return(stages["B made"], 2026, 9, sent_at=datetime(2026, 10, 20, tzinfo=UTC))
    fetched_everything(debtor)
    stages["D never asked"].freshness.all().delete()
    rows = {
        row["Company"]: row for row in table_of(page(as_user(administrator()), f"/clients/{debtor.pk}/"), "Last run")
    }
    assert rows["A open"]["Current period"] == "2026-11 M"
    assert {name: row["Run of this period"] for name, row in rows.items()} == {
        "A open": "open",
        "B made": "run made, not locked",
        "C locked": "locked",
        "D never asked": "not fetched yet",
        "E old": "open",
    }
    assert rows["A open"]["Last run"].startswith("2026-10 locked")
    assert rows["C locked"]["Last run"].startswith("2026-10 – 11 locked")
    assert rows["E old"]["Last run"].startswith("2025-12 run made")
    assert rows["A open"]["Last wage-tax return"] == "2026-09 sent 20 Oct 2026"
    assert rows["B made"]["Last wage-tax return"] == "2026-10 made, not sent"
    assert rows["C locked"]["Last wage-tax return"] == "none"
    assert rows["D never asked"]["Last wage-tax return"] == "not fetched yet"


@pytest.mark.database
def test_joiners_and_leavers_of_the_month_by_name(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor, other = make_debtor(environment), make_debtor(environment, "Other")
    company = make_company(debtor)
    for name, since, until in (
        ("Came", date(2026, 11, 2), None),
        ("Came on the first", date(2026, 11, 1), None),
        ("Came earlier", date(2026, 10, 31), None),
        ("Went on the last", date(2024, 1, 1), date(2026, 11, 30)),
        ("Went later", date(2024, 1, 1), date(2026, 12, 1)),
    ):
        make_employment(make_person(company, name), since, until)
    make_employment(make_person(make_company(other), "Elsewhere"), date(2026, 11, 2))
    fetched_everything(debtor)
    rows = table_of(page(as_user(administrator()), f"/clients/{debtor.pk}/"), "Joined or left")
    assert [(row["Name"], row["Joined or left"]) for row in rows] == [
        ("Came on the first", "joined"),
        ("Came", "joined"),
        ("Went on the last", "left"),
    ]


@pytest.mark.database
def test_contracts_that_end_within_sixty_days_and_have_none_after_them(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor = make_debtor(environment)
    company = make_company(debtor)

    def contract(name: str, last_day: date | None, since: date = date(2026, 1, 1)) -> None:
        make_contract(make_person(company, name), since, last_day)

    contract("Today", date(2026, 11, 22))
    contract("Sixtieth day", date(2027, 1, 21))
    contract("A day too late", date(2027, 1, 22))
    contract("Over", date(2026, 11, 21))
    contract("Without end", None)
    contract("Not begun", date(2026, 12, 31), since=date(2026, 12, 1))
    followed = make_person(company, "Followed")
    make_contract(followed, date(2026, 1, 1), date(2026, 12, 31))
    make_contract(followed, date(2027, 1, 1), None)
    followed_late = make_person(company, "Followed by a shorter one before")
    make_contract(followed_late, date(2026, 1, 1), date(2026, 12, 15))
    make_contract(followed_late, date(2025, 1, 1), date(2025, 12, 31))
    gone = make_person(company, "Gone from Nmbrs", missing_since=datetime(2026, 11, 1, tzinfo=UTC))
    make_contract(gone, date(2026, 1, 1), date(2026, 12, 15))
    fetched_everything(debtor)
    rows = table_of(page(as_user(administrator()), f"/clients/{debtor.pk}/"), "When")
    assert [(row["Name"], row["When"]) for row in rows] == [
        ("Today", "today"),
        ("Followed by a shorter one before", "in 23 days"),
        ("Sixtieth day", "in 60 days"),
    ]


@pytest.mark.parametrize("month", ["2026-11", "2026-02", "2027-01"])
def test_contracts_that_end_are_counted_from_today_and_say_so_whatever_month_the_page_is_about(
    environment: Environment, administrator: People, as_user: SignIn, month: str
) -> None:
    debtor, without = make_debtor(environment), make_debtor(environment)
    company = make_company(debtor)
    make_contract(make_person(company, "Ends soon"), date(2026, 1, 1), date(2026, 12, 1))
    make_contract(make_person(company, "Ended in March"), date(2025, 1, 1), date(2026, 3, 1))
    for one in (debtor, without):
        fetched_everything(one)
    client = as_user(administrator())
    said = "Contracts ending within 60 days Counted from today, 22 Nov 2026."
    html = page(client, f"/clients/{debtor.pk}/?month={month}")
    assert said in text(html)
    assert [(row["Name"], row["When"]) for row in table_of(html, "When")] == [("Ends soon", "in 9 days")]
    assert said in text(page(client, f"/companies/{company.pk}/?period={month}"))
    assert said in text(page(client, f"/clients/{without.pk}/?month={month}"))
    company.freshness.filter(resource="contracts").delete()
    assert "Counted from today" not in text(page(client, f"/clients/{debtor.pk}/?month={month}"))


def test_another_accountants_client_does_not_exist(
    environment: Environment, accountant: People, as_user: SignIn
) -> None:
    mine, other = make_debtor(environment), make_debtor(environment)
    client = as_user(accountant(mine))
    assert client.get(f"/clients/{mine.pk}/").status_code == 200
    assert client.get(f"/clients/{other.pk}/").status_code == 404
    assert client.get("/clients/999999/").status_code == 404
    assert client.get("/clients/99999999999999999999999/").status_code == 404


def test_without_the_rights_no_wage_and_no_contract_reaches_the_page(
    environment: Environment, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    debtor = make_debtor(environment)
    company = make_company(debtor)
    person = make_person(company, "With a contract")
    make_employment(person, date(2025, 1, 1))
    make_salary(person, "4321", date(2025, 1, 1))
    make_contract(person, date(2025, 1, 1), date(2026, 12, 1))
    fetched_everything(debtor)
    summed(company)
    html = unescape(page(as_user(accountant(debtor)), f"/clients/{debtor.pk}/"))
    assert "4,321" not in html
    assert "4321" not in html
    assert "With a contract" not in html
    assert "Contract wage a month no access" in text(html)
    assert "Resync" not in html


def test_the_badge_tells_the_worst_kind_over_all_companies(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    debtor = make_debtor(environment)
    first, second = make_company(debtor), make_company(debtor)
    fetched_everything(debtor)
    client = as_user(administrator())
    address = f"/clients/{debtor.pk}/"
    assert client.get(address).context["freshness"].state == "fresh"
    second.freshness.get(resource="runs").delete()
    assert client.get(address).context["freshness"].state == "never"
    fetched(first, "salaries", state=State.FAILING, error_kind="unavailable")
    assert client.get(address).context["freshness"].state == "failing"
    assert "Nmbrs could not be reached" in client.get(address).content.decode()


@pytest.mark.parametrize("query", ["month=2026-99", "month=abc", "month=0000-00", "month=9999-12", "month[]=x"])
def test_nonsense_in_the_address_is_no_error(
    environment: Environment, administrator: People, as_user: SignIn, query: str
) -> None:
    debtor = make_debtor(environment)
    assert "Nov 2026" in page(as_user(administrator()), f"/clients/{debtor.pk}/?{query}")


def test_html_in_names_stays_text(environment: Environment, administrator: People, as_user: SignIn) -> None:
    debtor = make_debtor(environment, "<img src=x onerror=alert(1)>")
    company = make_company(debtor, "</td><script>x</script>")
    make_employment(make_person(company, "<i>Jansen</i>"), date(2026, 11, 2))
    fetched_everything(debtor)
    summed(company)
    html = page(as_user(administrator()), f"/clients/{debtor.pk}/")
    assert "<img src=x" not in html
    assert "<script>x" not in html
    assert "<i>Jansen" not in html


def test_the_number_of_queries_does_not_grow_with_companies_and_people(
    environment: Environment, administrator: People, as_user: SignIn
) -> None:
    client = as_user(administrator())
    for count in (1, 12):
        debtor = make_debtor(environment)
        for _ in range(count):
            company = make_company(debtor)
            make_run(company, 2026, 10)
            make_return(company, 2026, 10)
            for _ in range(3):
                person = make_person(company)
                make_employment(person, date(2026, 11, 2))
                make_contract(person, date(2026, 11, 2), date(2026, 12, 2))
        fetched_everything(debtor)
        with queries_at_most(25):
            page(client, f"/clients/{debtor.pk}/")
