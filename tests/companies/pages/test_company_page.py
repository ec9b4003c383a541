"""The page of a company: one of its periods, with its runs, returns and people."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Firm, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.companies.models import Company, ReturnPeriod
from portal.periods import Period, PeriodType
from tests.dashboards.reading import tables, text
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_department,
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
def company(firm: Firm) -> Company:
    """A company that pays every four weeks, in its twelfth period of 2026 (2 to 29 November)."""
    debtor = make_debtor(make_environment(firm))
    return make_company(debtor, "Transport", Period(2026, 12), PeriodType.FOUR_WEEKS, kvk_number="12345678")


@pytest.fixture
def client(administrator: People, as_user: SignIn) -> Client:
    """The administrator's browser."""
    return as_user(administrator())


def page(client: Client, company: Company, query: str = "") -> str:
    answer = client.get(f"/companies/{company.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def table_of(html: str, heading: str) -> list[dict[str, str]]:
    return next((found for found in tables(html) if found and heading in found[0]), [])


def test_figures_are_those_of_the_chosen_period(company: Company, client: Client) -> None:
    stays, comes, goes = (make_person(company, name) for name in ("Stays", "Comes", "Goes"))
    make_employment(stays, date(2025, 1, 1))
    make_salary(stays, "1200", date(2025, 1, 1))
    make_employment(comes, date(2026, 11, 29))
    make_employment(goes, date(2025, 1, 1), date(2026, 11, 1))
    fetched_everything(company.debtor)
    summed(company)
    current = text(page(client, company))
    assert "period 2026-12 4W · 2 Nov 2026 – 29 Nov 2026" in current
    assert "Head count 2 On 29 Nov 2026." in current
    assert "Contract wage a month €1,300" in current
    assert "1 person is not in this figure" in current
    assert "Joiners 1 From 2 Nov 2026 to 29 Nov 2026." in current
    assert "Leavers 0" in current
    before = page(client, company, "?period=2026-11")
    assert "Head count 2 On 1 Nov 2026." in text(before)
    assert "Leavers 1" in text(before)
    assert [row["Name"] for row in table_of(before, "Joined or left")] == ["Goes"]
    assert f'href="/companies/{company.pk}/?period=2026-12"' in before


def test_a_period_without_kept_figures_is_unknown_and_not_zero(company: Company, client: Client) -> None:
    fetched_everything(company.debtor)
    summed(company)
    assert "Head count – unknown" in text(page(client, company, "?period=2019-05"))


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2026-12", "open"),
        ("2026-13", "upcoming"),
        ("2026-11", "locked"),
        ("2026-10", "run made, not locked"),
        ("2026-09", "no run found"),
    ],
)
def test_the_run_of_a_period_in_words(company: Company, client: Client, period: str, words: str) -> None:
    make_run(company, 2026, 10)
    make_run(company, 2026, 11, locked=True)
    make_run(company, 2026, 11, description="Correction")
    fetched_everything(company.debtor)
    assert f"{period} 4W: {words}" in text(page(client, company, f"?period={period}"))


def test_returns_are_found_by_their_days_and_not_by_their_number(company: Company, client: Client) -> None:
    Company.objects.filter(pk=company.pk).update(return_period=ReturnPeriod.MONTH)
    make_return(company, 2026, 11, sent_at=datetime(2026, 12, 3, tzinfo=UTC), status="Verzonden")
    make_return(company, 2026, 12)
    make_return(company, 2026, 10, first_day=date(2026, 10, 5), last_day=date(2026, 11, 2))
    fetched_everything(company.debtor)
    rows = table_of(page(client, company), "Return period")
    assert [(row["Return period"], row["Status"], row["Status in Nmbrs"]) for row in rows] == [
        ("2026-11", "sent", "Verzonden"),
        ("2026-10", "made, not sent", "– unknown"),
    ]


def test_never_fetched_is_said_and_none_is_something_else(company: Company, client: Client) -> None:
    summed(company)
    said = text(page(client, company))
    assert said.count("Not fetched from Nmbrs yet") >= 3
    assert "Head count not fetched yet" in said
    fetched_everything(company.debtor)
    said = text(page(client, company))
    assert "Not fetched from Nmbrs yet" not in said
    assert "No wage-tax return" in said
    assert "Nobody joined or left" in said


def test_a_company_whose_current_period_is_not_known_says_so(company: Company, client: Client) -> None:
    bare = make_company(company.debtor, "Bare", period=None)
    said = text(page(client, bare, "?period=2026-11"))
    assert "The current period is not known yet" in said
    assert "12345678" in text(page(client, company))


def test_head_count_by_department_on_the_last_day_of_the_period(company: Company, client: Client) -> None:
    for name, department in (("A", "Sales"), ("B", "Sales"), ("C", "Drivers"), ("D", None)):
        person = make_person(company, name)
        make_employment(person, date(2025, 1, 1))
        if department:
            make_department(person, department, date(2025, 1, 1))
    moved = make_person(company, "E")
    make_employment(moved, date(2025, 1, 1))
    make_department(moved, "Sales", date(2025, 1, 1), date(2026, 11, 29))
    make_department(moved, "Drivers", date(2026, 11, 30))
    gone = make_person(company, "F")
    make_employment(gone, date(2025, 1, 1), date(2026, 11, 28))
    make_department(gone, "Drivers", date(2025, 1, 1))
    fetched_everything(company.debtor)
    html = page(client, company)
    assert [(row["Department"], row["Head count"]) for row in table_of(html, "Department")] == [
        ("Sales", "3"),
        ("Drivers", "1"),
        ("no department on this day", "1"),
        ("Total", "5"),
    ]
    link = f"/companies/{company.pk}/employees/?on=2026-11-29&amp;department=Sales"
    assert link in html
    assert client.get(link.replace("&amp;", "&")).content.decode().count('<th scope="row"') == 3 + 1


@pytest.mark.parametrize(
    "query", ["?period=9999-1", "?period=2026-14", "?period=2026-0", "?period=abc", "?period=", "?period=2026-11-4W"]
)
def test_a_period_that_makes_no_sense_gives_the_current_one(company: Company, client: Client, query: str) -> None:
    said = text(page(client, company, query))
    assert "period 2026-12 4W" in said
    assert ("is not a period of this company" in said) == (query != "?period=")


def test_scope_and_capability(
    company: Company, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_company(make_debtor(company.environment))
    person = make_person(company)
    make_employment(person, date(2025, 1, 1))
    make_salary(person, "4321", date(2025, 1, 1))
    fetched_everything(company.debtor)
    summed(company)
    client = as_user(accountant(company.debtor))
    assert client.get(f"/companies/{other.pk}/").status_code == 404
    assert "€4,681" in text(page(client, company))
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    assert "4,681" not in page(client, company)
    assert "Contract wage a month no access" in text(page(client, company))
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset())
    assert client.get(f"/companies/{company.pk}/").status_code == 404


def test_html_in_what_nmbrs_says_stays_text(company: Company, client: Client) -> None:
    Company.objects.filter(pk=company.pk).update(website="javascript:alert(1)", email="<b>x</b>")
    make_run(company, 2026, 12, description="<script>run</script>")
    fetched_everything(company.debtor)
    html = page(client, company)
    assert "<script>run" not in html
    assert "<b>x</b>" not in html
    assert 'href="javascript' not in html


def test_the_number_of_queries_does_not_grow_with_the_company(
    company: Company, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        make_run(company, 2026, 11, description=f"Run {number}")
        person = make_person(company)
        make_employment(person, date(2026, 11, 2))
        make_department(person, f"Department {number}", date(2026, 11, 2))
    fetched_everything(company.debtor)
    summed(company)
    with django_assert_max_num_queries(25):
        page(client, company)
