"""What is asked of a company one after another: years, periods, runs, scales of the salary table."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zlib import crc32

from django.db.models import F, Q, Subquery

from portal import clock
from portal.companies.models import CompanySalaryScale, PeriodSeen, Run
from portal.mirror.models import Freshness
from portal.mirror.scope import MirrorScope
from portal.periods import YEARS, Period, PeriodType, bounds, count, preceding
from portal.source import LoopValue

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Runs and returns are asked by year: this one and so many before it.
YEARS_BACK = 2
#: Where a kind was never read, so many periods before the current one are asked as well; later only the last of them
#: and one of the others in turn.
PERIODS_BACK_AT_FIRST = 13
PERIODS_BACK = 1
#: What is not asked every night has its turn within so many days.
TURNS = PERIODS_BACK_AT_FIRST - PERIODS_BACK


def years(scope: MirrorScope) -> Sequence[str]:
    """The years to ask, up to that of the company's current period when it is ahead of the calendar."""
    this = clock.today().year
    last = max(this, scope.current.year if scope.current else 0)
    return [str(year) for year in range(this - YEARS_BACK, last + 1)]


def periods_to_ask(scope: MirrorScope) -> Sequence[LoopValue]:
    """The current period, the one before it, and one of the older ones: another one each day, all in twelve days."""
    return [_value(period) for period in _to_ask(scope)]


def journal_periods(scope: MirrorScope) -> Sequence[LoopValue]:
    """Of those that the journal is read of the last two and the others in turn, and whatever their year the ones of
    runs that are new, changed or gone since the journal was last read: a correction is booked in a period that would
    not be asked for days, or not at all."""
    return [_value(period) for period in sorted(_booked_anew(scope, Q()).union(_in_turn(scope, _of_journal(scope))))]


def journal_periods_at_first(scope: MirrorScope) -> Sequence[LoopValue]:
    """The current period and those before it that the journal is read of, those of runs that were made in the last
    thirteen over others, and after a failure those of runs that are new, changed or gone since the journal was last
    read."""
    usual = _of_journal(scope)
    present = Q(missing_since__isnull=True)
    return [_value(period) for period in sorted(_booked_anew(scope, present & _of_late(scope)).union(usual))]


def oldest_of_journal(kind: PeriodType, current: Period) -> Period:
    """The first period that the journal is read of: thirteen before the current one, or further back where those are
    shorter than the thirteen months of wage cost that the page of a client shows."""
    last = min(clock.today(), bounds(kind, current).last)
    since = last.replace(year=last.year - 1, day=1)
    found, back = current, 0
    while back < PERIODS_BACK_AT_FIRST or bounds(kind, preceding(kind, found)).last >= since:
        found, back = preceding(kind, found), back + 1
    return found


def periods_at_first(scope: MirrorScope) -> Sequence[LoopValue]:
    """The current period and thirteen before it."""
    return [_value(period) for period in _periods(scope, PERIODS_BACK_AT_FIRST)]


def runs_to_ask(scope: MirrorScope) -> Sequence[LoopValue]:
    """Runs whose people may have changed: see `_that_may_differ`."""
    return _that_may_differ(scope, "run_people", Q(people__isnull=True))


def runs_without_wages(scope: MirrorScope) -> Sequence[LoopValue]:
    """Runs whose output may have changed, or was never read: as for their people."""
    return _that_may_differ(scope, "run_output", Q(wages__isnull=True))


def runs_at_first(scope: MirrorScope) -> Sequence[LoopValue]:
    """Runs of the current period and thirteen before it, and those that were made in that time over older ones."""
    return _runs(scope, _of_late(scope))


def scales_to_ask(scope: MirrorScope) -> Sequence[LoopValue]:
    """Scales of the current period whose steps may differ: those that changed since steps were last read, all of them
    when the current period did, and of the others those whose turn it is, each within twelve days.
    """
    read = Freshness.objects.filter(resource="company_salary_steps", **scope.columns).values_list("last_success")
    last = next((moment for (moment,) in read if moment is not None), None)
    moved = PeriodSeen.objects.filter(company=scope.company_id).values_list("seen_at", flat=True).first()
    if last is None or (moved is not None and moved > last):
        return scales_at_first(scope)
    return [_scale(row) for row in _scales(scope) if row.last_changed > last or _has_its_turn(row)]


def scales_at_first(scope: MirrorScope) -> Sequence[LoopValue]:
    """The scales of the current period. Those of the thirteen before it would be a call each."""
    return [_scale(row) for row in _scales(scope)]


def _that_may_differ(scope: MirrorScope, kind: str, never_asked: Q) -> Sequence[LoopValue]:
    """Runs that are not locked or of the current or the previous period; of older ones those that were never asked,
    those that changed since the kind was last read, and those of one period in turn, so that each has its turn within
    twelve days.

    Nmbrs lets an office unlock a run, calculate it anew and lock it again between two looks of ours.
    """
    changed = Q(last_changed__gt=Subquery(_last_read(scope, kind)))
    now = Q(locked=False) | _since(scope, PERIODS_BACK) | changed
    turn = Q(place__in=_places_in_turn(scope))
    return _runs(scope, now | _of_late(scope) & (never_asked | turn))


def _places_in_turn(scope: MirrorScope) -> list[int]:
    """Of the last five years and of this one those periods of runs whose turn it is today, as `_runs` numbers them."""
    today = clock.today()
    first, last = (today.year - 5) * 100, (today.year + 2) * 100
    return [place for place in range(first, last) if (place - today.toordinal()) % TURNS == 0]


def _booked_anew(scope: MirrorScope, besides: Q) -> set[Period]:
    """The periods of runs that differ since the journal was last read, and of those that `besides` names; none while
    the company's current period is not known. Runs that are gone count: their lines are still here."""
    if scope.period_type is None or scope.current is None:
        return set()
    read = Subquery(_last_read(scope, "journal"))
    which = Q(last_changed__gt=read) | Q(missing_since__gt=read) | besides
    runs = Run.everything.filter(which, **scope.columns).values_list("year", "period_start", "period_end")
    # Without the cut a run with a number that no period has would be asked for thousands of them.
    return {
        Period(year, number)
        for year, first, last in runs
        if year in YEARS
        for number in range(max(first, 1), min(last, count(scope.period_type, year)) + 1)
    }


def _last_read(scope: MirrorScope, kind: str) -> "QuerySet[Any, Any]":
    """When the kind last came in whole, as the one value of a subquery."""
    return Freshness.objects.filter(resource=kind, **scope.columns).values("last_success")[:1]


def _to_ask(scope: MirrorScope) -> list[Period]:
    """Oldest first."""
    return _in_turn(scope, _periods(scope, PERIODS_BACK_AT_FIRST))


def _in_turn(scope: MirrorScope, periods: list[Period]) -> list[Period]:
    """The last two of the periods, oldest first, and of the others those whose turn it is: each within twelve days."""
    older, recent = periods[: -PERIODS_BACK - 1], periods[-PERIODS_BACK - 1 :]
    today = clock.today().toordinal()
    # By what it is and not by its place, so that none is passed over when the next period begins.
    return [period for period in older if (_order(scope, period) - today) % TURNS == 0] + recent


def _of_journal(scope: MirrorScope) -> list[Period]:
    """Oldest first; none while the company's current period is not known."""
    if scope.current is None or scope.period_type is None:
        return []
    found, oldest = [scope.current], oldest_of_journal(scope.period_type, scope.current)
    while found[-1] > oldest:
        found.append(preceding(scope.period_type, found[-1]))
    return found[::-1]


def _periods(scope: MirrorScope, back: int) -> list[Period]:
    """Oldest first; none while the company's current period is not known."""
    if scope.current is None or scope.period_type is None:
        return []
    found = [scope.current]
    for _ in range(back):
        found.append(preceding(scope.period_type, found[-1]))
    return found[::-1]


def _order(scope: MirrorScope, period: Period) -> int:
    """A number that rises by one from period to period, over the turn of the year too."""
    assert scope.period_type is not None  # noqa: S101 -- there are no periods without
    if scope.period_type is PeriodType.WEEK:
        return bounds(scope.period_type, period).first.toordinal() // 7
    return period.year * count(scope.period_type, period.year) + period.number


def _value(period: Period) -> dict[str, str]:
    return {"year": str(period.year), "number": str(period.number)}


def _since(scope: MirrorScope, back: int) -> Q:
    """Runs that end in one of the last periods or later; all of them while the current period is not known."""
    first = next(iter(_periods(scope, back)), None)
    if first is None:
        return Q()
    return Q(year__gt=first.year) | Q(year=first.year, period_end__gte=first.number)


def _of_late(scope: MirrorScope) -> Q:
    """Runs of the last thirteen periods, and corrections over older ones that were run in that time."""
    periods = _periods(scope, PERIODS_BACK_AT_FIRST)
    if not periods or scope.period_type is None:
        return Q()
    first = bounds(scope.period_type, periods[0]).first
    begun = datetime.combine(first, time(), tzinfo=clock.AMSTERDAM)
    return _since(scope, PERIODS_BACK_AT_FIRST) | Q(run_at__gte=begun)


def _runs(scope: MirrorScope, which: Q) -> list[LoopValue]:
    """The runs that `which` names; it may ask for `place`, a number made of the year and the last period."""
    numbered = Run.objects.annotate(place=F("year") * 100 + F("period_end"))
    runs: QuerySet[Run] = numbered.filter(which, **scope.columns).distinct()
    found = runs.order_by("year", "remote_id").values_list("remote_id", "year")
    return [{"id": str(remote_id), "year": str(year)} for remote_id, year in found]


def _scales(scope: MirrorScope) -> "QuerySet[CompanySalaryScale]":
    """Those of the current period; none while it is not known."""
    rows = CompanySalaryScale.objects.filter(**scope.columns)
    return rows.in_period(scope.current) if scope.current else rows.none()


def _has_its_turn(row: CompanySalaryScale) -> bool:
    """On one day of twelve, by what the scale is called: another day in another company, so that no night has all."""
    return (crc32(f"{row.company_id}/{row.scale}".encode()) - clock.today().toordinal()) % TURNS == 0


def _scale(row: CompanySalaryScale) -> dict[str, str]:
    """The scale as Nmbrs wants it back, and where it stands."""
    amounts = {name: getattr(row, name) for name in ("value", "percentage_min", "percentage_max")}
    texts = {name: f"{amount.normalize():f}" for name, amount in amounts.items()}
    return {
        "year": str(row.year),
        "number": str(row.number),
        "scale": row.scale,
        "description": row.description,
        **texts,
    }
