"""The windows of a trend: calendar months on a client's page, a company's own periods on its page.

Companies of one client may have periods of different length. What belongs to a period counts in the window that its
last day lies in: a month has one or two periods of four weeks, and four or five weeks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from portal.companies.models import Basis
from portal.companies.periods import Chosen, text
from portal.dashboards import months
from portal.periods import Period, PeriodType, bounds, periods_touching, preceding


@dataclass(frozen=True)
class Window:
    """A month or a period, first and last day included."""

    period: Period
    label: str
    first: date
    last: date


@dataclass(frozen=True)
class Windows:
    """Thirteen windows one after another; the last one is shown. `basis`: which snapshots are theirs."""

    basis: Basis
    all: tuple[Window, ...]
    heading: str

    @property
    def shown(self) -> Window:
        """The one that the page is about."""
        return self.all[-1]

    @cached_property
    def places(self) -> Mapping[tuple[PeriodType, Period], int]:
        """Each period that ends in a window, with the place of the window."""
        return {
            (kind, period): place
            for kind in PeriodType
            for place, window in enumerate(self.all)
            for period in ending_in(kind, window)
        }

    def periods(self, kind: PeriodType, place: int) -> list[Period]:
        """The periods of this kind that end in the window at `place`."""
        return list(ending_in(kind, self.all[place]))


def ending_in(kind: PeriodType, window: Window) -> Iterator[Period]:
    """The periods whose last day lies in the window."""
    for period in periods_touching(kind, window.first, window.last):
        if window.first <= bounds(kind, period).last <= window.last:
            yield period


def of_months(month: Period, heading: str) -> Windows:
    """The months up to `month`."""
    found = (Window(one, months.label(one), *bounds(PeriodType.MONTH, one)) for one in months.trend(month))
    return Windows(Basis.MONTH, tuple(found), heading)


def of_periods(choice: Chosen, heading: str) -> Windows:
    """The periods of a company up to the chosen one."""
    found = [choice.period]
    while len(found) < months.TREND:
        found.insert(0, preceding(choice.kind, found[0]))
    return Windows(Basis.PERIOD, tuple(Window(one, text(one), *bounds(choice.kind, one)) for one in found), heading)
