"""Companies with where they stand now: current period, its run, the last run and the last wage-tax return."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from portal.accounts.prepared import Prepared
from portal.companies import status, words
from portal.companies.models import Company, CurrentPeriod, Run, WageTaxReturn
from portal.mirror import together
from portal.mirror.models import Freshness, State
from portal.periods import PeriodType
from portal.ui.values import Missing, Status

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User


#: The kinds of which it matters whether they ever came in.
TOLD = ("current_period", "runs", "wage_tax_returns")

#: By company and kind why nothing of it is known; None where it came in at least once. What is not there: never read.
Lacks = Mapping[tuple[int, str], Missing | None]


@dataclass(frozen=True)
class Standing:
    """One company as a list shows it. A Missing says why something is not known."""

    company: Company
    current: CurrentPeriod | None
    period: str | Missing
    run_status: Status | Missing
    last_run: Run | None
    last_run_period: str
    last_run_status: Status | Missing
    last_return: WageTaxReturn | None
    last_return_status: Status | Missing


def told(companies: "QuerySet[Company]", user: "User | AnonymousUser") -> "QuerySet[Company]":
    """The companies with what `standings` tells of them."""
    own = _runs(user).filter(company=OuterRef("pk"))
    covering = status.covering(own, OuterRef("current__year"), OuterRef("current__number"))
    declarations = _returns(user).filter(company=OuterRef("pk"))
    return companies.select_related("current").annotate(
        run_made=Exists(covering),
        run_locked=Exists(covering.filter(locked=True)),
        last_run_id=Subquery(own.values("pk")[:1]),
        last_return_id=Subquery(declarations.values("pk")[:1]),
    )


def standings(
    companies: "Iterable[Company]", user: "User | AnonymousUser", lacks: Lacks | None = None
) -> list[Standing]:
    """How each of the visible `companies` (from `told`) stands. Two queries beside theirs, however many there are.

    `lacks`: where the page has read that already; a query less.
    """
    rows: list[Any] = list(companies)
    runs = [row.last_run_id for row in rows if row.last_run_id]
    returns = [row.last_return_id for row in rows if row.last_return_id]
    answer = _last(user, *runs, *returns, runs=len(runs)) if runs or returns else []
    last_runs, last_returns = (
        {row.pk: row for row in found} for found in together.rows_of((Run, WageTaxReturn), answer)
    )
    known = _lacks(rows, user) if lacks is None else lacks
    return [_standing(row, last_runs.get(row.last_run_id), last_returns.get(row.last_return_id), known) for row in rows]


@Prepared
def _last(user: "User | AnonymousUser", *keys: int, runs: int) -> "QuerySet[Any, Any]":
    """The runs of the first keys, and the wage-tax returns of the others."""
    return together.united((_runs(user).filter(pk__in=keys[:runs]), _returns(user).filter(pk__in=keys[runs:])))


def _runs(user: "User | AnonymousUser") -> "QuerySet[Run]":
    return Run.objects.visible_to(user)


def _returns(user: "User | AnonymousUser") -> "QuerySet[WageTaxReturn]":
    return WageTaxReturn.objects.visible_to(user)


def _standing(row: Any, last_run: Run | None, last_return: WageTaxReturn | None, lacks: Lacks) -> Standing:
    def lacking(kind: str) -> Missing | None:
        return lacks.get((row.pk, kind), Missing.NEVER_FETCHED)

    current = getattr(row, "current", None)
    no_runs = None if last_run else lacking("runs")
    no_returns = None if last_return else lacking("wage_tax_returns")
    period: str | Missing = lacking("current_period") or Missing.UNKNOWN
    run_status: Status | Missing = no_runs or Missing.UNKNOWN
    if current:
        period = words.with_doubt(words.period(PeriodType(current.period_type), current.period), current)
    if current and not no_runs:
        made, locked = row.run_made, row.run_locked
        run_status = status.of_period(current.period, current.period, made=made, locked=locked)
    elif isinstance(period, Missing):
        run_status = period
    return Standing(
        company=row,
        current=current,
        period=period,
        run_status=run_status,
        last_run=last_run,
        last_run_period=run_period(last_run) if last_run else "",
        last_run_status=no_runs or (status.of_run(last_run) if last_run else status.NO_RUN),
        last_return=last_return,
        last_return_status=no_returns or status.of_return(last_return),
    )


def run_period(run: Run) -> str:
    """The periods of a run: 2026-11, or 2026-10 – 11."""
    first = f"{run.year}-{run.period_start:02d}"
    return first if run.period_start == run.period_end else f"{first} – {run.period_end:02d}"


def lack_of(state: str, last_success: Any) -> Missing | None:
    """Why nothing of a kind is known, by its freshness; None where it came in."""
    if last_success is not None:
        return None
    return Missing.NOT_PERMITTED if state == State.NOT_PERMITTED else Missing.NEVER_FETCHED


def _lacks(rows: Sequence[Company], user: "User | AnonymousUser") -> Lacks:
    found = Freshness.objects.visible_to(user).filter(company__in=[row.pk for row in rows], resource__in=TOLD)
    answer = found.values_list("company_id", "resource", "state", "last_success")
    return {(company, kind): lack_of(state, last) for company, kind, state, last in answer}
