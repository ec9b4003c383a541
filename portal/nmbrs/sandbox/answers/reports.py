"""Answers of the report service: background tasks, so what they are is known to the state and never kept."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from portal.nmbrs.sandbox.answers.registry import Row, company_of
from portal.nmbrs.sandbox.envelope import Call, nmbrs_fault
from portal.nmbrs.sandbox.fault_plan import TASK_KINDS, FaultRule
from portal.nmbrs.sandbox.firm import Firm
from portal.nmbrs.sandbox.firm.run_journal import journal_lines
from portal.nmbrs.sandbox.firm.run_output import wage_lines
from portal.nmbrs.sandbox.rows import reports as rows
from portal.nmbrs.sandbox.tasks import Tasks
from portal.periods import count

SERVICE: Final = "ReportService"
_RESULT: Final = "Reports_BackgroundTask_Result"


def answer_report(firm: Firm, tasks: Tasks, call: Call, rule: FaultRule | None) -> Row | str:
    """The id of a task, or how one is doing. Raises SoapFault for a report that cannot be made."""
    fate = rule if rule is not None and rule.kind in TASK_KINDS else None
    if call.operation.name == _RESULT:
        return _result(tasks, call, fate)
    return tasks.start(_REPORTS[call.operation.name](firm, call), fate)


def reported() -> frozenset[tuple[str, str]]:
    """Every (service, operation) that is answered here."""
    return frozenset((SERVICE, name) for name in (*_REPORTS, _RESULT))


def _result(tasks: Tasks, call: Call, fate: FaultRule | None) -> Row:
    try:
        identifier = str(UUID(call.parameters.get("TaskId", "").strip()))
    except ValueError:
        raise nmbrs_fault(2020, "Background task status not available") from None
    status, content = tasks.poll(identifier, fate)
    return {"TaskId": identifier, "Status": status, "Content": content}


def _wage_codes(firm: Firm, call: Call) -> Callable[[], str]:
    company = company_of(firm, call.number("companyId"))
    number, year = call.number("runId"), call.number("year")
    for run in company.runs:
        if (run.id, run.year) == (number, year):
            return lambda: rows.wage_codes(run, wage_lines(firm.seed, company, run))
    raise nmbrs_fault(2046, "Run not found")


def _journals(firm: Firm, call: Call) -> Callable[[], str]:
    company = company_of(firm, call.number("companyId"))
    first, last, year = call.number("startPeriod"), call.number("endPeriod"), call.number("year")
    if not 1 <= year <= 9998 or not all(1 <= one <= count(company.period_type, year) for one in (first, last)):
        raise nmbrs_fault(2006, "Period not valid for the period type of the company")
    if first > last:
        raise nmbrs_fault(2028, "Start after end")
    runs = [run for run in company.runs if run.year == year and first <= run.first and run.last <= last]
    return lambda: rows.journals(company, year, first, last, (journal_lines(firm.seed, company, run) for run in runs))


_REPORTS: Final[dict[str, Callable[[Firm, Call], Callable[[], str]]]] = {
    "Reports_GetWageCodesByRunCompany_v2_Background": _wage_codes,
    "Reports_GetJournalsReportByCompany_Background": _journals,
}
