"""The page of a company: one of its periods, with its runs, returns and people."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Firm, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.companies.models import (
    Company,
    CompanyLabourAgreement,
    CompanySalaryScale,
    CompanySalaryStep,
    CompanySalaryTable,
    CompanySchedule,
    CompanySocialSecurity,
    PensionExport,
    ReturnPeriod,
    WorkCost,
)
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
    mirrored,
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


def row_of(company: Company, model: Any, **values: Any) -> Any:
    return mirrored(model, company.environment, company=company, **values)


def in_twelve(company: Company, model: Any, number: int = 12, **values: Any) -> Any:
    return row_of(company, model, year=2026, number=number, **values)


def test_the_pension_returns_of_the_period(company: Company, client: Client) -> None:
    in_twelve(company, PensionExport, serial_number=4, status="Aangemaakt")
    in_twelve(company, PensionExport, 11, serial_number=3, sent_at=datetime(2026, 11, 3, tzinfo=UTC))
    fetched_everything(company.debtor)
    rows = table_of(page(client, company), "Serial number")
    assert [(row["Period"], row["Status"], row["Sent on"]) for row in rows] == [
        ("2026-12", "made, not sent", "– unknown")
    ]
    rows = table_of(page(client, company, "?period=2026-11"), "Serial number")
    assert [(row["Serial number"], row["Status"], row["Sent on"]) for row in rows] == [("3", "sent", "3 Nov 2026")]
    assert "No pension return Nmbrs has no pension return of period 2026-10 4W." in text(
        page(client, company, "?period=2026-10")
    )
    # Of a year that Nmbrs is not asked for nobody can say that there was none.
    old = text(page(client, company, "?period=2019-05")).split("Pension returns of this period")[1]
    assert "Not fetched from Nmbrs Nmbrs was not asked for this period" in old[:120]


def test_the_work_related_costs_beside_the_free_space(company: Company, client: Client) -> None:
    for number, base, space in ((10, "100", "400"), (12, "700", "400.50")):
        money = dict.fromkeys(("payroll", "financial", "fiscal_wage", "to_pay", "paid"), Decimal(0))
        in_twelve(company, WorkCost, number, **money, base=Decimal(base), available_space=Decimal(space))
    fetched_everything(company.debtor)
    html = page(client, company)
    rows = {row["Part"]: row for row in table_of(html, "Year so far (€)")}
    assert rows["Costs together"] == {"Part": "Costs together", "2026-12 4W (€)": "700.00", "Year so far (€)": "800.00"}
    assert rows["Free space"]["Year so far (€)"] == "800.50"
    assert "99.9 % of the free space of 2026 used up to this period: nearly full" in text(html)
    assert "Nmbrs has 2 of the 12 periods of the year up to this one." in text(html)
    # In the eleventh period there was nothing; in the tenth much less.
    assert "Costs together – unknown 100.00" in text(page(client, company, "?period=2026-11"))
    assert "25.0 % of the free space of 2026 used up to this period: within the free space" in text(
        page(client, company, "?period=2026-10")
    )
    in_twelve(company, WorkCost, 13, **money, base=Decimal(500), available_space=Decimal(400))
    assert "108.3 % of the free space" in text(page(client, company, "?period=2026-13"))
    assert "above the free space" in text(page(client, company, "?period=2026-13"))


def test_the_settings_as_of_the_period(company: Company, client: Client) -> None:
    codes = {"default": True, "provisional": False, "agreement_number": 1}
    in_twelve(company, CompanyLabourAgreement, description="Vervoer", cao="Beroepsgoederenvervoer", **codes)
    in_twelve(company, CompanyLabourAgreement, 11, description="Oud", **codes)
    in_twelve(company, CompanySalaryTable, code=7, description="Schaal 7")
    row_of(company, CompanySchedule, valid_from=date(2026, 11, 20), week_1="8 8 8 8 7.5 0 0", other_week_1="")
    row_of(
        company,
        CompanySocialSecurity,
        valid_from=date(2026, 11, 20),
        sector_code=32,
        sector="Vervoer",
        wga_employee="0.4",
    )
    fetched_everything(company.debtor)
    said = text(page(client, company)).split("Settings as of this period")[1]
    assert "Vervoer, default cao: Beroepsgoederenvervoer" in said
    assert "Salary table Schaal 7" in said
    assert "Schedule 1, hours a week 39.50 8 8 8 8 7.5 0 0 Known since 20 Nov 2026" in said
    assert "Sector 32 Vervoer Risk group – unknown" in said
    assert "WGA part of the employee (%) 0.4000" in said
    before = text(page(client, company, "?period=2026-11")).split("Settings as of this period")[1]
    assert "Oud, default" in before
    assert "Schaal 7" not in before
    assert before.count("Nmbrs gives only the present state of this. It is not known of this period.") == 2


def test_settings_that_went_are_none_and_not_unknown(company: Company, client: Client) -> None:
    seen, gone = date(2026, 1, 5), date(2026, 6, 1)
    row_of(company, CompanySchedule, valid_from=seen, valid_until=gone, week_1="8 8 8 8 8 0 0", other_week_1="")
    fetched_everything(company.debtor)

    def said(period: str) -> str:
        shown = text(page(client, company, f"?period={period}")).split("Settings as of this period")[1]
        return shown.split("Full-time schedules")[1].split("Social security")[0].strip()

    assert "hours a week 40.00" in said("2026-03")
    assert said("2026-09") == said("2026-12") == "None in use."
    assert said("2025-13") == "Nmbrs gives only the present state of this. It is not known of this period."


def test_the_salary_table_has_its_scales_and_their_steps(company: Company, client: Client) -> None:
    for number in (11, 12):
        in_twelve(company, CompanySalaryTable, number, code=1, description="Loontabel cao")
        for scale, value, least in (("B", "3000", "75"), ("A", "2500.1250", "80.5")):
            of_scale = {"scale": scale, "value": Decimal(value), "description": "<b>x</b>"}
            in_twelve(
                company,
                CompanySalaryScale,
                number,
                **of_scale,
                percentage_min=Decimal(least),
                percentage_max=Decimal(100),
            )
    for scale, step, value in (("B", "1", "2250"), ("A", "2", "2500.125"), ("A", "1", "2012.6")):
        in_twelve(company, CompanySalaryStep, scale=scale, step=step, value=Decimal(value))
    assert "not fetched yet" in text(page(client, company)).split("Salary table")[1][:40]
    fetched_everything(company.debtor)
    html = page(client, company)
    assert "<b>x</b>" not in html
    assert [tuple(row.values()) for row in table_of(html, "Lowest (%)")] == [
        ("A", "<b>x</b>", "2,500.13", "80.50", "100.00"),
        ("B", "<b>x</b>", "3,000.00", "75.00", "100.00"),
    ]
    assert [(row["Scale"], row["Step"], row["Salary (€)"]) for row in table_of(html, "Step")] == [
        ("A", "1", "2,012.60"),
        ("A", "2", "2,500.13"),
        ("B", "1", "2,250.00"),
    ]
    before = page(client, company, "?period=2026-11")
    assert len(table_of(before, "Lowest (%)")) == 2
    assert not table_of(before, "Step")
    assert "The steps of this period are not known: Nmbrs is asked for those of the current period." in text(before)
    CompanySalaryStep.objects.all().delete()
    assert "Steps of the salary table: – unknown" in text(page(client, company))
    CompanySalaryScale.objects.all().delete()
    assert "Scales of the salary table: – unknown" in text(page(client, company))


def test_work_related_costs_take_the_right_to_see_wages(
    company: Company, client: Client, accountant: People, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    money = dict.fromkeys(("payroll", "financial", "fiscal_wage", "to_pay", "paid", "base"), Decimal("123.45"))
    in_twelve(company, WorkCost, **money, available_space=Decimal(400))
    fetched_everything(company.debtor)
    assert "123.45" in page(client, company)
    monkeypatch.setitem(CAPABILITIES, Role.ACCOUNTANT, frozenset({Capability.VIEW}))
    said = page(as_user(accountant(company.debtor)), company)
    assert "123.45" not in said
    assert "Work-related costs (WKR)" in said
