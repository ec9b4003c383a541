"""Wage cost: what payroll runs came to for the employer, from their journals, where it is known; see docs/wage-cost.md.

Cost and contract wage are never added up. A window of which the cost is not known has the contract wage beside it.
"""

from collections.abc import Iterable, Sequence
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
    """

    cost: Decimal | None
    contract: Decimal | None
    lacking: int
    companies: int

    @property
    def instead(self) -> Decimal | None:
        """The contract wage where it stands in for a cost that is not known."""
        return self.contract if self.cost is None else None


def costs(sums: Sums) -> list[Cost]:
    """Every window, the shown one last."""
    return [_of_window(sums, place) for place in range(len(sums.windows.all))]


def costs_before(sums: Sums) -> list[Decimal | None]:
    """The cost of every window a year earlier; None where it is not known, or that year had no such period."""
    return [_of_window(sums, place).cost for place in range(-len(sums.windows.before), 0)]


def cost_of(sums: Sums, companies: Iterable[int], place: int) -> Decimal | None:
    """The cost of some of the companies in one window; None where it is not known of one of them, or nobody is paid."""
    booked = _booked(sums, companies, place)
    return _euros(sum(cents for cents in booked if cents is not None)) if booked and None not in booked else None


def _of_window(sums: Sums, place: int) -> Cost:
    booked = _booked(sums, sums.types, place)
    known = [cents for cents in booked if cents is not None]
    lacking = len(booked) - len(known)
    wages = [_of_the_window(sums, company, kept) for (company, at), kept in sums.kept.items() if at == place]
    kept = [cents for cents in wages if cents is not None]
    return Cost(
        cost=_euros(sum(known)) if known and not lacking else None,
        contract=_euros(sum(kept)) if kept else None,
        lacking=lacking,
        companies=len(booked),
    )


def _of_the_window(sums: Sums, company: int, kept: Kept) -> int | None:
    """Cents of contract wage of a month, or of a period where the windows are periods; None where it is not known how
    long a period of the company is."""
    if sums.windows.basis is Basis.MONTH:
        return kept.wage_cents
    return of_a_period(kept.wage_cents, sums.types[company]) if company in sums.types else None


def _booked(sums: Sums, companies: Iterable[int], place: int) -> list[int | None]:
    """Cents of each of the companies that should have wage cost."""
    paying = (company for company in companies if company in sums.types and _pays(sums, company, place))
    return [_of_company(sums, company, place) for company in paying]


def _pays(sums: Sums, company: int, place: int) -> bool:
    """Whether a company should have wage cost in a window: somebody works there, or a run was made."""
    kept = sums.kept.get((company, place))
    periods = set(_periods(sums, company, place))
    return bool(kept and kept.head_count) or any(not run.isdisjoint(periods) for run in sums.runs[company])


def _of_company(sums: Sums, company: int, place: int) -> int | None:
    """Cents of one company; None where one of its periods has no run, or the journal of a run of it is not here."""
    booked = [_of_period(sums, company, period) for period in _periods(sums, company, place)]
    known = [cents for cents in booked if cents is not None]
    return sum(known) if known and len(known) == len(booked) else None


def _of_period(sums: Sums, company: int, period: Period) -> int | None:
    covering = [run for run in sums.runs[company] if period in run]
    if not covering or (company, period) in sums.awaiting:
        return None
    own = sums.booked.get((company, period))
    if own is None and (company, period) not in sums.booked:
        # Nmbrs books a run over several periods in one of them.
        elsewhere = [sums.booked.get((company, other)) is not None for run in covering for other in run]
        return 0 if any(elsewhere) else None
    return own


def _periods(sums: Sums, company: int, place: int) -> Sequence[Period]:
    return sums.windows.periods(sums.types[company], place)


def _euros(cents: int) -> Decimal:
    return Decimal(cents) / 100
