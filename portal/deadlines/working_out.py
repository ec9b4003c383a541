"""From the facts of a company to its deadlines and the state of its periods. Reads nothing and writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from portal.companies.models import PensionExport, ReturnPeriod, Run, WageTaxReturn
from portal.companies.status import RETURN_KINDS
from portal.deadlines.facts import Facts
from portal.deadlines.models import Kind, Progress
from portal.deadlines.parameters import in_force
from portal.deadlines.rules import act_by, month_end, pay_due, pension_due, return_due
from portal.periods import Bounds, Period, PeriodType, bounds, containing, following, preceding
from portal.ui.moment import FURTHEST_BACK

Row = TypeVar("Row", WageTaxReturn, PensionExport)

#: Periods before the current one that can be looked back at.
BACK = FURTHEST_BACK
#: Deadlines are worked out for periods that end so long after the current one, but for no more than so many of them.
AHEAD, AHEAD_MOST = timedelta(days=200), 40


@dataclass
class Due:
    """A deadline. Not `open`: done, or the company went on without anything made for it; or nobody knows.

    `unsure`: the day follows from a term that was not verified; no person set it.
    """

    kind: Kind
    period_type: PeriodType
    period: Period
    due: date
    computed: date | None
    progress: int | None
    open: bool
    unsure: bool

    @property
    def act_by(self) -> date:
        """The day on which it has to be done."""
        return act_by(self.due)


@dataclass
class Stand:
    """One period of a company with its own three deadlines."""

    period: Period
    days: Bounds
    back: int
    run: int | None
    run_at: datetime | None
    payment: Due
    pension: Due | None
    pension_sent_at: datetime | None
    declared: Due | None
    return_sent_at: datetime | None


@dataclass(frozen=True)
class _Return:
    """The return period that a pay period falls in."""

    kind: PeriodType
    period: Period
    days: Bounds
    row: WageTaxReturn | None


@dataclass(frozen=True)
class _Rule:
    """What a rule gives; `certain`: its term was verified, or agreed with the client."""

    due: date
    certain: bool


class WorkingOut:
    """The periods of one company, from BACK before the current one to some months after it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._exports = _by_period(facts.exports)
        self._returns = _by_period(facts.returns)
        self._declared: dict[Period, Due] = {}
        self._current_days = bounds(facts.kind, facts.current)
        self._pension_since = min(self._exports, default=None)

    def stands(self) -> list[Stand]:
        """Every period with its deadlines, oldest first."""
        return [self._stand(period, back) for period, back in self._periods()]

    def _periods(self) -> Iterator[tuple[Period, int]]:
        kind, period = self.facts.kind, self.facts.current
        for _ in range(BACK):
            period = preceding(kind, period)
        last = self._current_days.last + AHEAD
        for back in range(BACK, -AHEAD_MOST, -1):
            yield period, back
            period = following(kind, period)
            if back < 0 and bounds(kind, period).last > last:
                return

    def _stand(self, period: Period, back: int) -> Stand:
        facts, days = self.facts, bounds(self.facts.kind, period)
        runs = [run for run in facts.runs if _covers(run, period)]
        run = None if not facts.knows("runs") else _progress_of(runs)
        pension, declared, found = self._pension(period, days, back, run), None, self._return_of(days)
        if found is not None:
            declared = self._return(found, run)
        export = next(iter(self._exports.get(period, [])), None)
        return Stand(
            period=period,
            days=days,
            back=back,
            run=run,
            run_at=max((one.run_at for one in runs if one.run_at), default=None),
            payment=self._payment(period, days, back, run),
            pension=pension,
            pension_sent_at=export.sent_at if export and pension else None,
            declared=declared,
            return_sent_at=found.row.sent_at if found and found.row else None,
        )

    def _payment(self, period: Period, days: Bounds, back: int, run: int | None) -> Due:
        agreed = self.facts.arrangement.pay_day if self.facts.arrangement else None
        term = in_force("payment.due_days", days.last)
        # Where Nmbrs went on without a run there was nothing to pay.
        waits = run is not None and run < Progress.DONE and (back <= 0 or run > Progress.NONE)
        rule = _Rule(pay_due(days.last, agreed, term.value), agreed is not None or term.verified)
        return self._due(Kind.PAYMENT, self.facts.kind, period, rule, run, waits=waits)

    def _pension(self, period: Period, days: Bounds, back: int, run: int | None) -> Due | None:
        """None where nothing is expected: no pension return was ever made, or the first one came later."""
        if self._pension_since is None or period < self._pension_since:
            return None
        own = self.facts.arrangement.pension_days if self.facts.arrangement else None
        usual = in_force("pension.due_days", days.last)
        term = usual.value if own is None else own
        progress = _filed(self._exports.get(period, []))
        waits = progress < Progress.DONE and (back <= 0 or progress > Progress.NONE or bool(run))
        rule = _Rule(pension_due(days.last, term), own is not None or usual.verified)
        return self._due(Kind.PENSION, self.facts.kind, period, rule, progress, waits=waits)

    def _return(self, found: _Return, run: int | None) -> Due:
        """The deadline of a return period, shared by the pay periods in it."""
        known = self._declared.get(found.period)
        progress = None if not self.facts.knows("wage_tax_returns") else _filed([found.row] if found.row else [])
        if known is None:
            term = in_force("return.due_months", found.days.last)
            by_rule = _Rule(return_due(found.kind, found.days.last, term.value), term.verified)
            going_on = found.days.last >= self._current_days.first
            waits = progress is not None and progress < Progress.DONE and (going_on or progress > Progress.NONE)
            known = self._due(Kind.RETURN, found.kind, found.period, by_rule, progress, waits=waits)
            self._declared[found.period] = known
        if run and progress == Progress.NONE:
            known.open = True
        return known

    def _return_of(self, days: Bounds) -> _Return | None:
        """The return period in which the pay period ends; None where neither Nmbrs nor a return tells its length.

        A return's own days count before those of its number: pay and return period need not be the same.
        """
        company = self.facts.company
        length = ReturnPeriod(company.return_period) if company.return_period in ReturnPeriod else ReturnPeriod.NONE
        kind = RETURN_KINDS.get(length)
        if kind is not None:
            period = containing(kind, days.last)
            row = next(iter(self._returns.get(period, [])), None)
            own = _days_of(row)
            return _Return(kind, period, own or bounds(kind, period), row)
        for row in self.facts.returns:
            own = _days_of(row)
            if own and own.first <= days.last <= own.last:
                return _Return(_length_of(own), Period(row.year, row.number), own, row)
        return None

    def _due(
        self, kind: Kind, length: PeriodType, period: Period, by_rule: _Rule, progress: int | None, *, waits: bool
    ) -> Due:
        moved = self.facts.moved.get((kind, length, period))
        due, computed = (moved, by_rule.due) if moved else (by_rule.due, None)
        return Due(kind, length, period, due, computed, progress, waits, unsure=not moved and not by_rule.certain)


def _by_period(rows: list[Row]) -> dict[Period, list[Row]]:
    found: dict[Period, list[Row]] = {}
    for row in rows:
        found.setdefault(Period(row.year, row.number), []).append(row)
    return found


def _covers(run: Run, period: Period) -> bool:
    return run.year == period.year and run.period_start <= period.number <= run.period_end


def _progress_of(runs: list[Run]) -> int:
    return max((Progress.DONE if run.locked else Progress.MADE for run in runs), default=Progress.NONE)


def _filed(rows: "list[WageTaxReturn] | list[PensionExport]") -> int:
    """How far the newest of a period is: sent, made, or none."""
    if not rows:
        return Progress.NONE
    return Progress.DONE if rows[0].sent_at else Progress.MADE


def _days_of(row: WageTaxReturn | None) -> Bounds | None:
    return Bounds(row.first_day, row.last_day) if row and row.first_day and row.last_day else None


def _length_of(days: Bounds) -> PeriodType:
    """Whole months are a month's return; what begins or ends within one is of four weeks."""
    whole = days.first.day == 1 and days.last == month_end(days.last)
    return PeriodType.MONTH if whole else PeriodType.FOUR_WEEKS
