"""Periods to dates and back."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from portal.periods.period import Period, PeriodType, count, following

_MONTHS = {PeriodType.MONTH: 1, PeriodType.QUARTER: 3, PeriodType.HALF_YEAR: 6, PeriodType.YEAR: 12}


class Bounds(NamedTuple):
    """First and last day of a period, both included."""

    first: date
    last: date


def bounds(kind: PeriodType, period: Period) -> Bounds:
    """The days of a period. Raises ValueError when the year has no period of that number."""
    if not 1 <= period.number <= count(kind, period.year):
        raise ValueError("period number out of range")
    if kind in _MONTHS:
        length = _MONTHS[kind]
        first = date(period.year, (period.number - 1) * length + 1, 1)
        return Bounds(first, _month_end(period.year, period.number * length))
    weeks = 4 if kind is PeriodType.FOUR_WEEKS else 1
    first = date.fromisocalendar(period.year, (period.number - 1) * weeks + 1, 1)
    if kind is PeriodType.FOUR_WEEKS and period.number == count(kind, period.year):
        return Bounds(first, date.fromisocalendar(period.year + 1, 1, 1) - timedelta(days=1))
    return Bounds(first, first + timedelta(days=7 * weeks - 1))


def containing(kind: PeriodType, day: date) -> Period:
    """The period that `day` falls in."""
    if kind in _MONTHS:
        return Period(day.year, (day.month - 1) // _MONTHS[kind] + 1)
    year, week, _ = day.isocalendar()
    if kind is PeriodType.WEEK:
        return Period(year, week)
    return Period(year, min((week - 1) // 4 + 1, count(kind, year)))


def periods_in(kind: PeriodType, first: Period, last: Period) -> Iterator[Period]:
    """Every period from `first` to `last`, both included."""
    period = first
    while period <= last:
        yield period
        period = following(kind, period)


def periods_touching(kind: PeriodType, first: date, last: date) -> Iterator[Period]:
    """Every period with at least one day between `first` and `last`, both included."""
    return periods_in(kind, containing(kind, first), containing(kind, last))


def _month_end(year: int, month: int) -> date:
    following_first = date(year + month // 12, month % 12 + 1, 1)
    return following_first - timedelta(days=1)
