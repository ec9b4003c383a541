"""What a company gets period after period besides runs and returns: run requests, pension exports, work costs."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from portal.nmbrs.sandbox.firm.company_records import CompanyRecords, PensionExport, RunRequest, WorkCost
from portal.nmbrs.sandbox.firm.model import FIRST_COMPANY_ID, Company
from portal.nmbrs.sandbox.firm.payroll import MADE, SENT
from portal.periods import Period, bounds, count, periods_in, preceding

PENDING, HANDLED, COMPLETE, CANCELED = "Pending", "Handled", "Complete", "Canceled"
_YEARS_BACK: Final = 2
#: Every so many companies, the one at this place has no pension scheme.
_WITHOUT_PENSION: Final = (4, 3)
#: Part of the wages that is free of levy, up to a limit a year and beyond it (payroll-rules.md: wkr).
_FREE_PERCENT: Final = {2024: Decimal("1.92"), 2025: Decimal(2), 2026: Decimal(2)}
_FREE_PERCENT_LATER, _FREE_PERCENT_BEYOND, _FREE_LIMIT = Decimal("2.16"), Decimal("1.18"), Decimal(400_000)
_LEVY_PERCENT: Final = Decimal(80)
_CENT: Final = Decimal("0.01")


def has_pension_scheme(company: Company) -> bool:
    """Whether pension exports are made for this company."""
    every, at = _WITHOUT_PENSION
    return (company.id - FIRST_COMPANY_ID) % every != at


def add_filings(random: Random, company: Company, records: CompanyRecords, today: date) -> None:
    """Everything from January two years back to the period before the current one, and a request for the current."""
    first = Period(today.year - _YEARS_BACK, 1)
    for period in periods_in(company.period_type, first, preceding(company.period_type, company.current)):
        if random.random() < 0.4:
            status = CANCELED if random.random() < 0.1 else COMPLETE
            records.run_requests.append(RunRequest(period, status, _handled(company, period)))
        _close(random, company, records, period)
    _ask(company, records)


def advance_filings(seed: int, company: Company, closed: Period, version: int) -> None:
    """The period just closed gets its export and its costs; requests for it are done, the new period may get one."""
    random = Random(f"{seed}/{company.id}/records/{version}")  # noqa: S311 -- sample data, not a secret
    records = company.records
    for request in records.run_requests:
        if request.period == closed and request.status in {PENDING, HANDLED}:
            request.status, request.handled = COMPLETE, _handled(company, closed)
    _close(random, company, records, closed)
    _ask(company, records)


def _handled(company: Company, period: Period) -> date:
    return bounds(company.period_type, period).last - timedelta(days=4)


def _ask(company: Company, records: CompanyRecords) -> None:
    """A request for the current period: waiting, taken up, or none, by the company."""
    first = bounds(company.period_type, company.current).first
    match (company.id - FIRST_COMPANY_ID) % 3:
        case 0:
            records.run_requests.append(RunRequest(company.current, PENDING, None))
        case 1:
            records.run_requests.append(RunRequest(company.current, HANDLED, first + timedelta(days=1)))


def _close(random: Random, company: Company, records: CompanyRecords, period: Period) -> None:
    if has_pension_scheme(company):
        _add_export(random, company, records, period)
    if company.people:
        records.work_costs.append(_work_cost(random, company, records.work_costs, period))


def _add_export(random: Random, company: Company, records: CompanyRecords, period: Period) -> None:
    """A new export, made but not sent; the one before it is sent now."""
    exports = records.pension_exports
    corrected = None
    if exports:
        before = exports[-1]
        end = bounds(company.period_type, before.period).last
        before.status = SENT
        before.sent_at = datetime.combine(end + timedelta(days=random.randrange(2, 6)), time(11, 15))
        corrected = bounds(company.period_type, before.period) if random.random() < 0.05 else None
    serial = len(exports) + 1
    exports.append(
        PensionExport(
            id=(company.id - FIRST_COMPANY_ID + 1) * 2_000 + serial,
            serial=serial,
            period=period,
            status=MADE,
            sent_at=None,
            correction_first=corrected.first if corrected else None,
            correction_last=corrected.last if corrected else None,
        )
    )


def _work_cost(random: Random, company: Company, rows: list[WorkCost], period: Period) -> WorkCost:
    """Costs of a period. Free space and levy are those of the year so far, less those of the periods before."""
    this_year = [row for row in rows if row.period.year == period.year]
    yearly = Decimal(len(company.people) * random.randrange(34_000, 42_000))
    wage = (yearly / count(company.period_type, period.year)).quantize(_CENT)
    payroll = (wage * random.randrange(0, 12) / 1000).quantize(_CENT) if random.random() < 0.7 else Decimal(0)
    financial = (wage * random.randrange(0, 25) / 1000).quantize(_CENT)
    wages_before = sum((row.fiscal_wage for row in this_year), Decimal(0))
    space = _free(period.year, wages_before + wage) - sum((row.space for row in this_year), Decimal(0))
    costs = sum((row.base for row in this_year), payroll + financial)
    spaces = sum((row.space for row in this_year), space)
    due = (max(costs - spaces, Decimal(0)) * _LEVY_PERCENT / 100).quantize(_CENT)
    return WorkCost(
        period=period,
        payroll=payroll,
        financial=financial,
        fiscal_wage=wage,
        space=space,
        base=payroll + financial,
        to_pay=max(due - sum((row.to_pay for row in this_year), Decimal(0)), Decimal(0)),
        estimated=(wage / 100).quantize(_CENT) if random.random() < 0.3 else None,
        paid=this_year[-1].to_pay if this_year else Decimal(0),
    )


def _free(year: int, wages: Decimal) -> Decimal:
    percent = _FREE_PERCENT.get(year, _FREE_PERCENT_LATER)
    free = min(wages, _FREE_LIMIT) * percent + max(wages - _FREE_LIMIT, Decimal(0)) * _FREE_PERCENT_BEYOND
    return (free / 100).quantize(_CENT)
