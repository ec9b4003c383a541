"""Runs and wage-tax returns of a company, from January two years back to the period before the current one."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from portal.nmbrs.sandbox.firm.model import FIRST_COMPANY_ID, Company, Run, WageTaxReturn
from portal.periods import Period, PeriodType, bounds, containing, following, periods_in, preceding

SENT: Final = "Verzonden"
MADE: Final = "Aangemaakt"
_YEARS_BACK = 2
#: Return period -> how its periods are counted.
_RETURN_PERIODS: Final = {"Month": PeriodType.MONTH, "Week4": PeriodType.FOUR_WEEKS}


def add_payroll_history(seed: int, company: Company, today: date) -> None:
    """Every run and every return up to the period before the current one."""
    random = Random(f"{seed}/{company.id}/payroll")  # noqa: S311 -- sample data, not a secret
    first = Period(today.year - _YEARS_BACK, 1)
    for period in periods_in(company.period_type, first, preceding(company.period_type, company.current)):
        if random.random() < 0.05:
            add_run(company, period, f"Voorloop periode {period.number}", days_before_end=9)
        add_run(company, period, f"Verloning periode {period.number}", days_before_end=random.randrange(3, 7))
        if random.random() < 0.03:
            add_run(company, period, "Herberekening (TWK)", days_before_end=1)
    for run in company.runs:
        run.locked = True
    if company.runs and company.id % 3 == 0:
        company.runs[-1].locked = False
    for period in periods_in(_return_kind(company), first, _last_return(company)):
        add_return(company, period, random)


def add_run(company: Company, period: Period, description: str, *, days_before_end: int) -> Run:
    """A new run of one period, not yet locked, numbered after the last one."""
    number = len(company.runs) + 1
    last_day = bounds(company.period_type, period).last
    run_at = datetime.combine(last_day - timedelta(days=days_before_end), time(14, number % 60))
    identifier = (company.id - FIRST_COMPANY_ID + 1) * 2_000 + number
    run = Run(identifier, number, period.year, period.number, period.number, description, run_at, locked=False)
    company.runs.append(run)
    return run


def add_due_returns(company: Company, random: Random) -> None:
    """The returns of return periods that ended since the last one made."""
    made = company.returns[-1]
    kind = _return_kind(company)
    for period in periods_in(kind, following(kind, Period(made.year, made.period)), _last_return(company)):
        add_return(company, period, random)


def add_return(company: Company, period: Period, random: Random) -> None:
    """A new return, made but not sent; the one before it is sent now."""
    if company.returns:
        before = company.returns[-1]
        before.status = SENT
        before.sent_at = datetime.combine(before.last + timedelta(days=random.randrange(3, 24)), time(10, 30))
    first, last = bounds(_return_kind(company), period)
    serial = len(company.returns) + 1
    corrects = company.returns[-1] if company.returns and random.random() < 0.08 else None
    company.returns.append(
        WageTaxReturn(
            id=(company.id - FIRST_COMPANY_ID + 1) * 2_000 + serial,
            serial=serial,
            payment_reference=f"{random.randrange(10**15, 10**16)}",
            total=random.randrange(800, 1400) * max(len(company.people), 1),
            year=period.year,
            period=period.number,
            first=first,
            last=last,
            status=MADE,
            sent_at=None,
            correction_first=corrects.first if corrects else None,
            correction_last=corrects.last if corrects else None,
        )
    )


def _return_kind(company: Company) -> PeriodType:
    return _RETURN_PERIODS[company.return_type]


def _last_return(company: Company) -> Period:
    """The last return period that is over when the company's current period begins."""
    kind = _return_kind(company)
    first_open = bounds(company.period_type, company.current).first
    return preceding(kind, containing(kind, first_open))
