"""Every kind of record of a person and how its fields read: one description for facts, timeline and tables."""

from portal.employees.kinds import in_period, pay, personal, time, work
from portal.employees.kinds.shown import Kind, Listing, Shown

#: The dated kinds, in the order of the facts and of the lanes.
KINDS: tuple[Kind, ...] = (
    work.EMPLOYMENT,
    work.CONTRACT,
    pay.SALARY,
    work.SCHEDULE,
    work.DEPARTMENT,
    work.FUNCTION,
    work.MANAGER,
    work.AGREEMENT,
    time.ABSENCE,
    time.LEAVE_BALANCE,
    time.LEAVE_TAKEN,
    pay.WAGE_TAX,
    pay.INSURANCE,
    pay.BANK_ACCOUNT,
    personal.PERSONAL,
    personal.ADDRESS,
    personal.PARTNER,
    personal.CHILD,
    personal.BSN_CHECK,
)

#: Tables beside them: what belongs to one period, and the leave of one year.
IN_PERIOD: tuple[Listing, ...] = in_period.LISTINGS
LEAVE: Listing = time.LEAVE
LISTINGS: tuple[Listing, ...] = (*IN_PERIOD, LEAVE)

__all__ = ["IN_PERIOD", "KINDS", "LEAVE", "LISTINGS", "Kind", "Listing", "Shown"]
