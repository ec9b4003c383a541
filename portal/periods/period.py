"""Period numbers and the text of Nmbrs' period call."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PeriodType(StrEnum):
    """How long a period is. A company has one for life (nmbrs.md 4.1)."""

    MONTH = "month"
    FOUR_WEEKS = "4-weeks"
    WEEK = "week"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


@dataclass(frozen=True, order=True)
class Period:
    """A numbered period of a year. Only periods of one company may be compared."""

    year: int
    number: int


# Seen spellings: M; 4W and W4; W, 1W and W1 (soap_wire.md section 5).
_SPELLINGS = {
    "M": PeriodType.MONTH,
    "4W": PeriodType.FOUR_WEEKS,
    "W4": PeriodType.FOUR_WEEKS,
    "W": PeriodType.WEEK,
    "1W": PeriodType.WEEK,
    "W1": PeriodType.WEEK,
    "Q": PeriodType.QUARTER,
    "K": PeriodType.QUARTER,
    "H": PeriodType.HALF_YEAR,
    "Y": PeriodType.YEAR,
    "J": PeriodType.YEAR,
}
_TEXT = re.compile(r"(\d{4})-(\d{1,2})-([0-9A-Z]{1,2})", re.IGNORECASE | re.ASCII)
#: A year outside these is a mistake of somebody's, in a period as well as in a day.
YEARS = range(1900, 2101)

_COUNT = {
    PeriodType.MONTH: 12,
    PeriodType.FOUR_WEEKS: 13,
    PeriodType.QUARTER: 4,
    PeriodType.HALF_YEAR: 2,
    PeriodType.YEAR: 1,
}


def count(kind: PeriodType, year: int) -> int:
    """How many periods of `kind` the year has; 52 or 53 for weeks, by the ISO calendar."""
    if kind is PeriodType.WEEK:
        return date(year, 12, 28).isocalendar().week
    return _COUNT[kind]


def exists(kind: PeriodType, period: Period) -> bool:
    """Whether the calendar has the period: Nmbrs writes any number into a run, such as a thirteenth month."""
    return period.year in YEARS and 1 <= period.number <= count(kind, period.year)


def parse(text: str) -> tuple[Period, PeriodType]:
    """Read `2024-5-M`, `2024-4-4W`, `2024-12-W4`. Raises ValueError for anything else, a number out of range, or a
    year before 1900 or after 2100.
    """
    match = _TEXT.fullmatch(text.strip())
    kind = _SPELLINGS.get(match[3].upper()) if match else None
    if match is None or kind is None:
        raise ValueError("not a period text")
    period = Period(int(match[1]), int(match[2]))
    if not exists(kind, period):
        raise ValueError("period number out of range")
    return period, kind


def following(kind: PeriodType, period: Period) -> Period:
    """The period after `period`, over the turn of the year."""
    if period.number >= count(kind, period.year):
        return Period(period.year + 1, 1)
    return Period(period.year, period.number + 1)


def preceding(kind: PeriodType, period: Period) -> Period:
    """The period before `period`, over the turn of the year."""
    if period.number <= 1:
        return Period(period.year - 1, count(kind, period.year - 1))
    return Period(period.year, period.number - 1)
