"""Wage cost: what payroll runs came to for the employer, from their journals, where it is known; see docs/wage-cost.md.

Cost and contract wage are never added up. A window of which the cost is not known has the contract wage beside it.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.companies.models import Basis
from portal.dashboards.sums.numbers import Kept, Sums
from portal.employees.wages import of_a_period
from portal.periods import Period

#: What it is made of.
COST_KINDS = ("current_period", "runs", "journal")


@dataclass(frozen=True)
class Cost:
    """One window in euros. `cost` None: not known, of `lacking` companies; `contract` None: nothing was kept.

    The contract wage is that of the window: of a month, or of one period of the company, as the cost beside it is.
    `companies`: those that should have wage cost. `without_period`: companies with people of which no period ends in
    the window, so that they owe none. `unwaged`: those with people of which no contract wage is known; the sum of
    the others would be a part, so it is not told.
    """

    cost: Decimal | None
    contract: Decimal | None
    lacking: int
    companies: int
    without_period: int = 0
    unwaged: int = 0

    @property
    def no_period(self) -> bool:
        """Whether there is no cost because no period ends in the window: there is nothing to know."""
        return not self.companies and self.without_period > 0

    @property
    def instead(self) -> Decimal | None:
        """The contract wage where it stands in for a cost that is not known."""
        return self.contract if self.cost is None and not self.no_period else None


def costs(sums: Sums, waged: Container[int] | None = None) -> list[Cost]:
    """Every window, the shown one last. `waged`: the companies of which contract wage is known; None: all."""
    return [_of_window(sums, place, waged) for place in range(len(sums.windows.all))]


def costs_before(sums: Sums) -> list[Decimal | None]:
    """The cost of every window a year earlier; None where it is not known, or that year had no such period."""
    return [_of_window(sums, place).cost for place in range(-len(sums.windows.before), 0)]


def cost_of(sums: Sums, companies: Iterable[int], place: int) -> Cost:
    """The same of some of the companies in one window."""
    return _of_companies(sums, set(companies), place)


def _of_window(sums: Sums, place: int, waged: Container[int] | None = None) -> Cost:
    seen = {company for company, at in sums.kept if at == place}
    return _of_companies(sums, seen.union(sums.types, sums.runs), place, waged)


def _of_companies(sums: Sums, companies: set[int], place: int, waged: Container[int] | None = None) -> Cost:
    booked = [_of_company(sums, company, place) for company in companies if _pays(sums, company, place)]
    known = [cents for cents in booked if cents is not None]
    lacking = len(booked) - len(known)
    wages = [_of_the_window(sums, company, sums.kept.get((company, place))) for company in companies]
    whole = sums.all_kept(companies.intersection(sums.types), place)
    kept = [cents for cents in wages if cents is not None] if whole else []
    employing = [company for company in companies if _employs(sums, company, place)]
    unwaged = 0 if waged is None else sum(company not in waged for company in employing)
    return Cost(
        cost=_euros(sum(known)) if known and not lacking else None,
        contract=_euros(sum(kept)) if kept and not unwaged else None,
        lacking=lacking,
        companies=len(booked),
        without_period=sum(_waits(sums, company, place) for company in employing),
        unwaged=unwaged,
    )


def _of_the_window(sums: Sums, company: int, kept: Kept | None) -> int | None:
    """Cents of contract wage of a month, or of a period where the windows are periods; None where nothing was kept, or
    it is not known how long a period of the company is."""
    if kept is None:
        return None
    if sums.windows.basis is Basis.MONTH:
        return kept.wage_cents
    return of_a_period(kept.wage_cents, sums.types[company]) if company in sums.types else None


def _pays(sums: Sums, company: int, place: int) -> bool:
    """Whether a company should have wage cost in a window: a period of it ends there, and somebody works there or a run
    was made that is booked or awaits its journal. Nmbrs makes runs without anybody in them, too: such a run came to
    nothing. Of a company that was never given a current period nobody can say when its periods end: the cost is not
    known then. Of a month that only other companies are as far as, nobody knows who is paid.
    """
    runs = sums.runs.get(company, ())
    if company not in sums.types:
        window = sums.windows.at(place)
        years = {window.first.year, window.last.year} if window else set()
        return _employs(sums, company, place) or any(period.year in years for run in runs for period in run)
    if sums.windows.basis is Basis.MONTH and (company, place) not in sums.kept:
        return bool(_periods(sums, company, place))
    periods = set(_periods(sums, company, place))
    if not periods or _employs(sums, company, place):
        return bool(periods)
    ran = (period for run in runs for period in run & periods)
    return any((company, period) in sums.booked or (company, period) in sums.awaiting for period in ran)


def _waits(sums: Sums, company: int, place: int) -> bool:
    """Whether no period of a company that employs somebody ends in the window: no cost is due in it."""
    return company in sums.types and not _periods(sums, company, place)


def _employs(sums: Sums, company: int, place: int) -> bool:
    kept = sums.kept.get((company, place))
    return bool(kept and kept.head_count)


def _of_company(sums: Sums, company: int, place: int) -> int | None:
    """Cents of one company; None where one of its periods has no run, or the journal of a run of it is not here, or
    what journals come to is being worked out anew."""
    if company in sums.recounting:
        return None
    booked = [_of_period(sums, company, period) for period in _periods(sums, company, place)]
    known = [cents for cents in booked if cents is not None]
    return sum(known) if known and len(known) == len(booked) else None


def _of_period(sums: Sums, company: int, period: Period) -> int | None:
    covering = [run for run in sums.runs.get(company, ()) if period in run]
    if not covering or (company, period) in sums.awaiting:
        return None
    own = sums.booked.get((company, period))
    if own is None and (company, period) not in sums.booked:
        # Nmbrs books a run over several periods in one of them.
        elsewhere = [sums.booked.get((company, other)) is not None for run in covering for other in run]
        return 0 if any(elsewhere) else None
    return own


def _periods(sums: Sums, company: int, place: int) -> Sequence[Period]:
    return sums.windows.periods(sums.types[company], place) if company in sums.types else ()


def _euros(cents: int) -> Decimal:
    return Decimal(cents) / 100
