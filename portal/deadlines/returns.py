"""The wage-tax returns of a company, and which of them a pay period falls in: the two lengths need not be the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from portal.companies.models import Company, ReturnPeriod, WageTaxReturn
from portal.companies.status import RETURN_KINDS
from portal.deadlines.rules import month_end
from portal.periods import Bounds, Period, PeriodType, bounds, containing, periods_touching


@dataclass(frozen=True)
class Return:
    """A return period; `row` None: expected, and Nmbrs has none yet."""

    kind: PeriodType
    period: Period
    days: Bounds
    row: WageTaxReturn | None


class Returns:
    """What Nmbrs has (`rows`, the newest of a period first), and what is expected by the company's return period."""

    def __init__(self, company: Company, rows: Sequence[WageTaxReturn]) -> None:
        length = ReturnPeriod(company.return_period) if company.return_period in ReturnPeriod else ReturnPeriod.NONE
        self._usual = RETURN_KINDS.get(length)
        known: dict[Period, Bounds] = {}
        for row in rows:
            if own := _own_days(row):
                known.setdefault(_period_of(row), own)
        self._made: dict[tuple[PeriodType, Period], Return] = {}
        # Days that Nmbrs gave count before those that a number would have.
        for row in sorted(rows, key=lambda row: _period_of(row) not in known):
            period = _period_of(row)
            days = _own_days(row) or known.get(period) or (_bounds(self._usual, period) if self._usual else None)
            if days is not None:
                kind = self._length_of(days, period)
                self._made.setdefault((kind, period), Return(kind, period, days, row))

    def of(self, last: date) -> Return | None:
        """The return of a pay period that ends on `last`; None where neither Nmbrs nor a return tells which.

        One that Nmbrs has over that day is it, whatever the company's return period is by now.
        """
        for made in self._made.values():
            if made.days.first <= last <= made.days.last:
                return made
        if self._usual is None:
            return None
        period = containing(self._usual, last)
        days = bounds(self._usual, period)
        if any(made.kind is not self._usual and overlap(made.days, days) for made in self._made.values()):
            # Where the length changed, the first days after the change are in no period of the new one.
            return None
        return self._made.get((self._usual, period)) or Return(self._usual, period, days, None)

    def between(self, first: date, last: date) -> Iterator[Return]:
        """The returns of the company's length of which the last day is from `first` to `last`, both included."""
        if self._usual is None:
            return
        for period in periods_touching(self._usual, first, last):
            ends = bounds(self._usual, period).last
            if ends <= last and (found := self.of(ends)):
                yield found

    def unsent(self) -> Iterator[Return]:
        """Those that Nmbrs has and that were not sent."""
        return (made for made in self._made.values() if made.row and not made.row.sent_at)

    def _length_of(self, days: Bounds, period: Period) -> PeriodType:
        """The length whose period of this number has these days, or holds them; the company's own comes first."""
        kinds = dict.fromkeys(([self._usual] if self._usual else []) + list(RETURN_KINDS.values()))
        known = [(kind, found) for kind in kinds if (found := _bounds(kind, period))]
        for kind, found in known:
            if found == days:
                return kind
        for kind, found in known:
            if found.first <= days.first and days.last <= found.last:
                return kind
        whole = days.first.day == 1 and days.last == month_end(days.last)
        return PeriodType.MONTH if whole else PeriodType.FOUR_WEEKS


def _period_of(row: WageTaxReturn) -> Period:
    return Period(row.year, row.number)


def _own_days(row: WageTaxReturn) -> Bounds | None:
    return Bounds(row.first_day, row.last_day) if row.first_day and row.last_day else None


def _bounds(kind: PeriodType, period: Period) -> Bounds | None:
    """None for a number that this length does not have."""
    try:
        return bounds(kind, period)
    except ValueError:
        return None


def overlap(one: Bounds, other: Bounds) -> bool:
    """Whether they have a day in common."""
    return one.first <= other.last and one.last >= other.first
