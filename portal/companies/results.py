"""Whether what payroll runs came to is here: their output by person and wage code, and their journal.

Runs are read every hour, output and journal every night: a run is known before what it came to. A sum over some of the
runs of a period looks like that over all of them, so whoever shows one asks here whether it is whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Capability
from portal.companies.freshness import ever_fetched, last_read, refused
from portal.companies.loops import PERIODS_BACK_AT_FIRST
from portal.companies.models import Company, JournalLine, Run, RunWage
from portal.connections.wording import by_side
from portal.mirror.models import Freshness
from portal.periods import Period, PeriodType, preceding
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from portal.companies.freshness import Person


@dataclass(frozen=True)
class Problem:
    """Why there are no amounts: what stands in their place, and a sentence for who reads it."""

    missing: Missing
    said: "str | _StrPromise"


def awaits_journal() -> Q:
    """Of runs: no line of the journal is here, and the journal was not read since the run was first seen.

    A reading of the journal asks for the periods of runs that are new, whatever their year
    (portal.companies.loops.journal_periods): a run without lines after it came to nothing.
    """
    read_since = Freshness.objects.filter(
        company=OuterRef("company"), resource=JournalLine.resource.name, last_success__gte=OuterRef("first_seen")
    )
    lines = JournalLine.objects.filter(
        company=OuterRef("company"),
        year=OuterRef("year"),
        number__gte=OuterRef("period_start"),
        number__lte=OuterRef("period_end"),
        run_number=OuterRef("number"),
    )
    return ~Q(Exists(read_since)) & ~Q(Exists(lines))


def with_output(runs: "QuerySet[Run]") -> "QuerySet[Any]":
    """Runs that say whether any of their output is here, as `has_output`."""
    return runs.annotate(has_output=Exists(RunWage.objects.filter(run=OuterRef("pk"))))


def why_not(user: "Person", company: Company, covering: Sequence[Any], period: Period | None) -> Problem | None:
    """Why what these runs came to is not known; None where it is.

    `covering`: the runs over the period, from `with_output`; without a period all that one run came to is meant. The
    company was read with its current period. One query where a run covers several periods, else none.
    """
    for kind in ("runs", "run_output"):
        if not ever_fetched(user, company, kind):
            return _REFUSED if refused(user, company, kind) else _NEVER
    if not covering:
        return _NO_RUN
    lacking = [run for run in covering if not run.has_output and not _read_empty(user, company, run)]
    if lacking:
        return Problem(Missing.NEVER_FETCHED, _LACKING % {"numbers": _numbers(lacking)})
    if period is not None and (elsewhere := _elsewhere(user, covering, period)):
        return Problem(Missing.UNKNOWN, _ELSEWHERE % {"numbers": _numbers(elsewhere)})
    return None if any(run.has_output for run in covering) else _NOTHING


_REFUSED = Problem(
    Missing.NOT_PERMITTED,
    by_side(_("Nmbrs does not give the output of its runs."), _("The amounts of this payroll are not given here.")),
)
_NEVER = Problem(
    Missing.NEVER_FETCHED,
    by_side(
        _("The output of its runs was never fetched from Nmbrs."), _("The amounts of this payroll are not here yet.")
    ),
)
_NO_RUN = Problem(
    Missing.UNKNOWN,
    by_side(
        _("No payroll run covers this period."),
        _("No amounts of this period are known. They come with its payroll run."),
    ),
)
_NOTHING = Problem(
    Missing.UNKNOWN,
    by_side(_("Nmbrs was asked and gave no amounts."), _("No amounts of this payroll are known.")),
)
_LACKING = by_side(
    _("The output of run %(numbers)s is not here, so its amounts are not known."),
    _("Not all amounts of this payroll are here, so none are shown. New ones usually come within a day."),
)
_ELSEWHERE = by_side(
    _("Run %(numbers)s covers several periods and has its amounts in another one, so those of this one are not known."),
    _("This payroll was worked out together with another period, and its amounts stand there."),
)


def _numbers(runs: Iterable[Any]) -> str:
    return ", ".join(str(run.number) for run in runs)


def _read_empty(user: "Person", company: Company, run: Any) -> bool:
    """Whether Nmbrs was asked for this run and had nothing.

    A run of the last thirteen periods that has no output is asked for at every reading (portal.companies.loops),
    so a reading that ended well after the run was seen has asked.
    """
    current = company.current
    oldest = current.period
    for _step in range(PERIODS_BACK_AT_FIRST):
        oldest = preceding(PeriodType(current.period_type), oldest)
    read = last_read(user, company, "run_output")
    return Period(run.year, run.period_end) >= oldest and read is not None and read > run.first_seen


def _elsewhere(user: "Person", covering: Sequence[Any], period: Period) -> list[Any]:
    """The runs over several periods of which all amounts are in others: Nmbrs puts those of such a run in one."""
    several = [run for run in covering if run.has_output and run.period_end > run.period_start]
    if not several:
        return []
    visible = RunWage.objects.visible_to(user, Capability.VIEW_SALARIES)
    own = visible.filter(run__in=[run.pk for run in several]).in_period(period)
    here = set(own.order_by().values_list("run", flat=True).distinct())
    return [run for run in several if run.pk not in here]
