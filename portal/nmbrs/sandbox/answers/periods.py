"""The period that a call asks for."""

from portal.nmbrs.sandbox.envelope import Call, nmbrs_fault
from portal.nmbrs.sandbox.firm import Company, Debtor
from portal.periods import Period, PeriodType, bounds


def period_for_company(company: Company, call: Call) -> Period:
    """The parameters Year and Period. Raises SoapFault 2006 when the company has no such period."""
    return _period(call, {company.period_type})


def period_for_debtor(debtor: Debtor, call: Call) -> Period:
    """The same for a debtor, where the period need only fit one of its companies; months when it has none."""
    return _period(call, {company.period_type for company in debtor.companies} or {PeriodType.MONTH})


def _period(call: Call, kinds: set[PeriodType]) -> Period:
    period = Period(call.number("Year"), call.number("Period"))
    if not any(_exists(kind, period) for kind in kinds):
        raise nmbrs_fault(2006, "Period not valid for the period type of the company")
    return period


def _exists(kind: PeriodType, period: Period) -> bool:
    try:
        bounds(kind, period)
    except (ValueError, OverflowError):
        return False
    return True
