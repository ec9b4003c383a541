"""Lists of records with amounts have their totals below them: over the filter, exact, and over nothing hidden."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from portal import clock
from portal.accounts.models import Firm, User
from portal.companies.models import Company, JournalLine, Run, RunWage, WageTaxReturn, WorkCost
from portal.mirror.resource import registry
from portal.ui.records import kinds_of, table_of
from portal.ui.tables import MoneyColumn
from tests.dashboards.reading import table
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_environment,
    make_person,
    make_return,
    make_run,
    mirrored,
)

pytestmark = pytest.mark.database

People = Callable[..., User]
SignIn = Callable[[User], Client]

#: Amounts that have no total without a name of its own: in a period in which Nmbrs leaves it empty nobody knows it.
WITHOUT = {
    "work_costs": {"estimated"},
    # What one person would earn, not what anybody does.
    "company_salary_scales": {"value"},
    "company_salary_steps": {"value"},
}


@pytest.fixture
def company(firm: Firm) -> Company:
    """Three people with two codes each in the run of November, and what must not be counted with it."""
    made = make_company(make_debtor(make_environment(firm)), "Brood B.V.")
    other = make_company(made.debtor, "Elsewhere")
    for company in (made, other):
        run = make_run(company, 2026, 11)
        for name in ("A. Jansen", "B. de Vries", "C. Bakker"):
            person = make_person(company, name)
            paid(run, person, 1, "Bruto salaris", "1000000.10")
            paid(run, person, 2, "Reiskosten", "0.20")
    paid(Run.objects.get(company=made), person_of(made), 1, "Gone from Nmbrs", "5000", missing_since=clock.now())
    earlier = make_run(made, 2026, 10)
    paid(earlier, person_of(made), 1, "Bruto salaris", "7000")
    fetched_everything(made.debtor)
    return made


def person_of(company: Company) -> Any:
    return company.employees.order_by("pk").first()  # type: ignore[attr-defined]


def paid(run: Run, person: Any, code: int, description: str, amount: str, **fields: Any) -> None:
    fields |= {"code": code, "description": description, "amount": Decimal(amount), "employee": person}
    mirrored(RunWage, run.environment, company=run.company, run=run, year=2026, number=run.period_start, **fields)


def address(company: Company, kind: str, query: str = "") -> str:
    return f"/companies/{company.pk}/records/{kind}/{query}"


def total(client: Client, at: str) -> dict[str, str]:
    row = table(client, at)[-1]
    assert row["Period"] == "Total"
    return row


def in_the_file(client: Client, at: str) -> list[Any]:
    """The last row of the Excel file of a list."""
    answer = client.post("/files/", {"at": at, "format": "xlsx"})
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    return [cell.value for cell in list(book.worksheets[0].rows)[-1]]


def test_the_total_is_that_of_the_filter_on_every_page(
    company: Company, administrator: People, as_user: SignIn
) -> None:
    client = as_user(administrator())
    assert total(client, address(company, "run_output", "?q=reis"))["Amount (€)"] == "0.60"
    assert total(client, address(company, "run_output", "?q=bruto"))["Amount (€)"] == "3,000,000.30"
    assert total(client, address(company, "run_output", "?period=2026-10"))["Amount (€)"] == "7,000.00"
    run = Run.objects.get(company=company, period_start=11)
    for one in range(30):
        paid(run, person_of(company), 9, f"Line {one}", "0.01")
    assert total(client, address(company, "run_output", "?q=line&per_page=25"))["Amount (€)"] == "0.30"


def test_unlike_wage_codes_have_no_total_and_the_foot_says_so(
    company: Company, administrator: People, as_user: SignIn
) -> None:
    """Gross and net, wages and premiums of the same people: their sum is the amount of nothing."""
    client = as_user(administrator())
    instead = "no total: different wage codes"
    assert total(client, address(company, "run_output"))["Amount (€)"] == instead
    assert in_the_file(client, address(company, "run_output"))[-1] == instead
    # Over the whole filter, not the page: the first page has one code only.
    run = Run.objects.get(company=company, period_start=11)
    for one in range(30):
        paid(run, person_of(company), 1, f"Line {one}", "0.01")
    paid(run, person_of(company), 2, "Line last", "5")
    assert total(client, address(company, "run_output", "?q=line&sort=code&per_page=25"))["Amount (€)"] == instead


def test_the_file_has_the_total_of_the_page(company: Company, administrator: People, as_user: SignIn) -> None:
    client = as_user(administrator())
    assert in_the_file(client, address(company, "run_output", "?q=bruto"))[-1] == 3_000_000.3
    assert in_the_file(client, address(company, "run_output", "?q=reis"))[-1] == 0.6


def test_journal_returns_and_work_related_costs(company: Company, administrator: People, as_user: SignIn) -> None:
    line = {"company": company, "year": 2026, "number": 11, "run_number": 1}
    for account, debit, credit in (("4000", "100.10", "0"), ("4010", "0.20", "0"), ("1600", "0", "100.30")):
        mirrored(JournalLine, company.environment, **line, account=account, debit=debit, credit=credit)
    make_return(company, 2026, 11, total=1000)
    make_return(company, 2026, 11, total=-200)
    assert WageTaxReturn.objects.count() == 2
    costs = dict.fromkeys(("payroll", "financial", "base", "available_space", "to_pay", "paid"), "10.05")
    mirrored(WorkCost, company.environment, company=company, year=2026, number=11, fiscal_wage="2000.40", **costs)
    client = as_user(administrator())
    journal = total(client, address(company, "journal"))
    assert (journal["Debit (€)"], journal["Credit (€)"]) == ("100.30", "100.30")
    assert total(client, address(company, "journal", "?q=40"))["Debit (€)"] == "100.30"
    assert total(client, address(company, "wage_tax_returns"))["Total (€)"] == "800"
    work = total(client, address(company, "work_costs"))
    assert (work["Free space (€)"], work["Wage for tax purposes (€)"], work["Estimated (€)"]) == (
        "10.05",
        "2,000.40",
        "",
    )


def test_columns_without_a_total_have_no_foot(company: Company, administrator: People, as_user: SignIn) -> None:
    client = as_user(administrator())
    assert "<tfoot>" in client.get(address(company, "run_output", "?columns=number,amount")).content.decode()
    assert "<tfoot>" not in client.get(address(company, "run_output", "?columns=number,code")).content.decode()
    assert in_the_file(client, address(company, "run_output", "?columns=number,code"))[0] != "Total"


def test_the_rows_are_counted_with_their_total(
    company: Company, administrator: People, as_user: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = as_user(administrator())
    client.get(address(company, "run_output"))
    with django_assert_max_num_queries(25) as asked:
        client.get(address(company, "run_output"))
    counting = [one["sql"] for one in asked if "runwage" in one["sql"] and "COUNT(" in one["sql"]]
    assert len(counting) == 1


def test_every_list_of_amounts_has_totals_or_a_reason() -> None:
    lacking = {}
    for kind in registry:
        shown = table_of(kind.name)
        if shown is None:
            continue
        amounts = {name for name, column in shown.base_columns.items() if isinstance(column, MoneyColumn)}
        if left := amounts - set(shown.summed) - WITHOUT.get(kind.name, set()):
            lacking[kind.name] = left
    assert lacking == {}
    assert sum(bool(table_of(kind.name).summed) for kind in kinds_of("company")) == 4  # type: ignore[union-attr]
