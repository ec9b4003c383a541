"""Faults about clients and companies, and records that are generated and moved on."""

from collections.abc import Iterator
from dataclasses import astuple
from typing import Any

import pytest
import zeep

from portal.nmbrs.contract import service
from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm import Company, Debtor, Firm, advance, build_firm
from portal.nmbrs.sandbox.firm.workflow import WorkflowStatus, workflow_of
from portal.periods import PeriodType
from tests.nmbrs_sandbox.asking import TODAY, Ask, asking, of_kind
from tests.nmbrs_sandbox.wire import call

PERIOD_ASKED = (
    *("LabourAgreements_Get", "SalaryTable2_Get", "SalaryTable2_GetScales", "SalaryTable2_GetSteps"),
    *("WageComponentFixed_Get", "WageComponentVar_Get"),
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """Six debtors, so that every record is missing somewhere. No test moves it on."""
    with Sandbox(debtors=6, employees=20, seed=7, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def debtors(shared: Sandbox) -> Iterator[Ask]:
    with asking(shared, "DebtorService") as ask:
        yield ask


@pytest.fixture(scope="module")
def companies(shared: Sandbox) -> Iterator[Ask]:
    with asking(shared, "CompanyService") as ask:
        yield ask


# --- faults ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [one.name for one in service("DebtorService").operations.values() if one.scope == "debtor" and one.kind == "read"],
)
def test_an_unknown_debtor_is_fault_2009(shared: Sandbox, operation: str) -> None:
    answer = call(shared.url, "DebtorService", operation, {"DebtorId": 5, "Year": 2026, "Period": 1})
    assert answer.status == 500
    assert "---> 2009: " in answer.texts("faultstring")[0]


@pytest.mark.parametrize(
    "operation",
    [
        one.name
        for one in service("CompanyService").operations.values()
        if one.scope == "company" and one.kind == "read"
    ],
)
def test_an_unknown_company_is_fault_2004(shared: Sandbox, operation: str) -> None:
    answer = call(shared.url, "CompanyService", operation, {"CompanyId": 5, "Year": 2026, "Period": 1})
    assert answer.status == 500
    assert "---> 2004: " in answer.texts("faultstring")[0]


@pytest.mark.parametrize("operation", [*PERIOD_ASKED, "PayrollWorkflow_Get"])
@pytest.mark.parametrize(("kind", "last"), [(PeriodType.MONTH, 12), (PeriodType.FOUR_WEEKS, 13), (PeriodType.WEEK, 53)])
def test_a_period_that_the_company_does_not_have_is_fault_2006(
    shared: Sandbox, companies: Ask, operation: str, kind: PeriodType, last: int
) -> None:
    company = of_kind(shared.firm, kind)
    companies(operation, CompanyId=company.id, Year=2026, Period=last)
    for year, number in ((2026, 0), (2026, last + 1), (0, 1), (12_000, 1)):
        with pytest.raises(zeep.exceptions.Fault, match="---> 2006: "):
            companies(operation, CompanyId=company.id, Year=year, Period=number)


def test_a_period_that_no_company_of_the_client_has_is_fault_2006(shared: Sandbox, debtors: Ask) -> None:
    monthly = next(
        debtor
        for debtor in shared.firm.debtors
        if {company.period_type for company in debtor.companies} == {PeriodType.MONTH}
    )
    debtors("LabourAgreementSettings_GetList", DebtorId=monthly.id, Year=2026, Period=12)
    with pytest.raises(zeep.exceptions.Fault, match="---> 2006: "):
        debtors("LabourAgreementSettings_GetList", DebtorId=monthly.id, Year=2026, Period=13)


# --- generation and moving on ----------------------------------------------------------------------------------------


def records_of(firm: Firm) -> list[Any]:
    holders: list[Debtor | Company] = [*firm.debtors, *firm.companies()]
    return [astuple(one.records) for one in holders]


def test_the_same_seed_gives_the_same_records_and_another_seed_others() -> None:
    one, same, other = (build_firm(3, 5, seed, TODAY) for seed in (7, 7, 8))
    assert records_of(one) == records_of(same)
    assert records_of(one) != records_of(other)
    one.debtors[0].records.titles.append("jhr.")
    assert one.digest() != same.digest()


def test_record_ids_are_apart_in_the_whole_firm(shared: Sandbox) -> None:
    for kind in ("cost_centers", "cost_units", "pension_exports"):
        ids = [one.id for company in shared.firm.companies() for one in getattr(company.records, kind)]
        assert len(ids) == len(set(ids))
    components = [
        one.id
        for company in shared.firm.companies()
        for one in (*company.records.fixed_components, *company.records.variable_components)
    ]
    assert len(components) == len(set(components))


def test_a_period_on_there_is_another_export_request_and_work_cost(sandbox: Sandbox) -> None:
    before = {company.id: (company.current, counts(company)) for company in sandbox.firm.companies()}
    sandbox.advance()
    for company in sandbox.firm.companies():
        closed, (exports, costs) = before[company.id]
        assert counts(company) == (exports + (exports > 0), costs + (costs > 0))
        year = {"CompanyId": company.id, "intYear": closed.year}
        sent = call(sandbox.url, "CompanyService", "PensionExport_GetList", year).texts("SentAt")
        if exports:
            assert (sent[-1], sent.count("0001-01-01T00:00:00")) == ("0001-01-01T00:00:00", 1)
            assert company.records.pension_exports[-1].period == closed
        for request in company.records.run_requests:
            assert (request.status in {"Pending", "Handled"}) == (request.period == company.current)
        tracks = {track.name: track.status for track in workflow_of(company, closed)}
        assert tracks["Werkperiode"] is WorkflowStatus.DONE
        assert tracks["Verloning"] is WorkflowStatus.STARTED


def counts(company: Company) -> tuple[int, int]:
    return len(company.records.pension_exports), len(company.records.work_costs)


def test_a_year_of_moving_on_keeps_ids_apart_and_stays_the_same_for_a_seed() -> None:
    one, same = (build_firm(2, 5, 7, TODAY) for _ in range(2))
    for firm in (one, same):
        for _ in range(14):
            advance(firm)
    assert one.digest() == same.digest()
    ids = [export.id for company in one.companies() for export in company.records.pension_exports]
    assert len(ids) == len(set(ids))
