"""Due dates from days and terms. Pure functions; where each rule comes from stands with it.

No source was found that moves a due date out of a weekend, so none is moved. `act_by` gives the last working day at or
before it: the day on which the work has to be done (payroll rules, section 3, edge cases).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from dateutil.easter import easter

from portal.periods import PeriodType

DAY = timedelta(days=1)
#: Lengths that end with a calendar month.
BY_MONTH = frozenset({PeriodType.MONTH, PeriodType.QUARTER, PeriodType.HALF_YEAR, PeriodType.YEAR})


class PayRule(StrEnum):
    """How a company and the office agreed on the pay day."""

    NONE = ""
    DAY_OF_MONTH = "day"
    DAYS_AFTER = "after"


@dataclass(frozen=True)
class PayDay:
    """An agreed pay day: day `number` of the month in which the period ends, or `number` days after its last day.

    A month without that day: its last one. A negative number lies before the end of the period.
    """

    rule: PayRule
    number: int

    def in_period(self, last: date) -> date:
        """The pay day of the period that ends on `last`."""
        if self.rule is PayRule.DAY_OF_MONTH:
            return date(last.year, last.month, min(self.number, month_end(last).day))
        return last + self.number * DAY


def return_due(kind: PeriodType, last: date, months: int) -> date:
    """The last day for filing and paying the wage-tax return of a period of `kind` that ends on `last`.

    Within `months` after the return period: for months the last day of the month, for four weeks the same day of the
    month (26 January: 26 February). L1 chapter 13, L4, L5; third party. Where a month has no such day its last one
    counts: of two readings the earlier, until the tax office's own table says otherwise.
    """
    due = same_day_later(last, months)
    return month_end(due) if kind in BY_MONTH else due


def pay_due(last: date, agreed: PayDay | None, days: int) -> date:
    """The pay day: as agreed, else `days` after the end of the period (BW 7:623; third party)."""
    return agreed.in_period(last) if agreed else last + days * DAY


def pension_due(last: date, days: int) -> date:
    """The last day for the pension return of a period: the fund's own term in days after the period's end."""
    return last + days * DAY


def act_by(due: date) -> date:
    """The last working day at or before `due`."""
    while not is_working_day(due):
        due -= DAY
    return due


def is_working_day(day: date) -> bool:
    """Neither Saturday, Sunday nor a holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)


@cache
def holidays(year: int) -> frozenset[date]:
    """The general holidays of the Algemene termijnenwet (article 3), with Good Friday, which it treats alike.

    From general knowledge; not read in the text of the law. King's Day is 27 April, a day earlier when that is a
    Sunday. 5 May counts every year there, though many people work on it: the day to act is then rather too early.
    """
    sunday = easter(year)
    kings_day = date(year, 4, 27)
    moving = (sunday + days * DAY for days in (-2, 1, 39, 50))
    return frozenset(
        {
            date(year, 1, 1),
            *moving,
            kings_day - DAY if kings_day.weekday() == 6 else kings_day,
            date(year, 5, 5),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def same_day_later(day: date, months: int) -> date:
    """The same day of the month so many months later; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - DAY
