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
from portal.periods import Period, PeriodType, bounds, count, periods_touching, preceding


@dataclass(frozen=True)
class Window:
    """A month or a period, first and last day included."""

    period: Period
    label: str
    first: date
    last: date


@dataclass(frozen=True)
class Windows:
    """Thirteen windows one after another; the last one is shown. `basis`: which snapshots are theirs.

    `before`: the same months or periods a year earlier; None where that year has no period of the number. Those of the
    trend have the places 0 to 12, those before it -13 to -1.
    """

    basis: Basis
    all: tuple[Window, ...]
    heading: str
    before: tuple[Window | None, ...]

    @property
    def shown(self) -> Window:
        """The one that the page is about."""
        return self.all[-1]

    def at(self, place: int) -> Window | None:
        """The window at this place."""
        return self.all[place] if place >= 0 else self.before[place + len(self.before)]

    @cached_property
    def places(self) -> Mapping[Period, tuple[int, ...]]:
        """Where each month or period stands: in the trend, a year before it, or in both."""
        found: dict[Period, tuple[int, ...]] = {}
        for place in range(-len(self.before), len(self.all)):
            window = self.at(place)
            if window is not None:
                found[window.period] = (*found.get(window.period, ()), place)
        return found

    def periods(self, kind: PeriodType, place: int) -> list[Period]:
        """The periods of this kind that end in the window at `place`."""
        known = self._ending.get((kind, place))
        if known is None:
            window = self.at(place)
            known = self._ending[kind, place] = list(ending_in(kind, window)) if window else []
        return known

    def holds(self, kind: PeriodType | None, period: Period) -> bool:
        """Whether a period of this kind ends in one of the trend."""
        return kind is not None and any(period in self.periods(kind, place) for place in range(len(self.all)))

    @cached_property
    def _ending(self) -> dict[tuple[PeriodType, int], list[Period]]:
        """What `periods` answered: a page asks it once for each company."""
        return {}

    @cached_property
    def first(self) -> Window:
        """The earliest of them all."""
        return next((window for window in self.before if window is not None), self.all[0])

    @property
    def first_year(self) -> int:
        """The first year that a period in one of the windows is of: it may end in the next one."""
        return min(period.year for kind in PeriodType for period in (*ending_in(kind, self.first), self.first.period))


def ending_in(kind: PeriodType, window: Window) -> Iterator[Period]:
    """The periods whose last day lies in the window."""
    for period in periods_touching(kind, window.first, window.last):
        if window.first <= bounds(kind, period).last <= window.last:
            yield period


def of_months(month: Period, heading: str) -> Windows:
    """The months up to `month`."""
    now, before = (
        tuple(Window(one, months.label(one), *bounds(PeriodType.MONTH, one)) for one in months.trend(month, years_back))
        for years_back in (0, 1)
    )
    return Windows(Basis.MONTH, now, heading, before)


def of_periods(choice: Chosen, heading: str) -> Windows:
    """The periods of a company up to the chosen one."""
    found = [choice.period]
    while len(found) < months.TREND:
        found.insert(0, preceding(choice.kind, found[0]))
    now = tuple(Window(one, text(one), *bounds(choice.kind, one)) for one in found)
    return Windows(Basis.PERIOD, now, heading, tuple(_year_before(choice.kind, one) for one in found))


def _year_before(kind: PeriodType, period: Period) -> Window | None:
    """The period with the same number a year earlier; not every year has a week 53."""
    earlier = Period(period.year - 1, period.number)
    if period.number > count(kind, earlier.year):
        return None
    return Window(earlier, text(earlier), *bounds(kind, earlier))
