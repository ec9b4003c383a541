"""From the facts of a company to its deadlines and the state of its periods. Reads nothing and writes nothing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.companies.models import PensionExport, Run, WageTaxReturn
from portal.deadlines.facts import Facts
from portal.deadlines.models import Ending, Kind, Lapse, Progress
from portal.deadlines.parameters import in_force
from portal.deadlines.returns import Return, Returns, overlap
from portal.deadlines.rules import act_by, pay_due, pension_due, return_due
from portal.periods import Bounds, Period, PeriodType, bounds, following, preceding
from portal.ui.moment import FURTHEST_BACK

#: Worked out are the periods of thirteen months before the latest one, be they weeks or months, and at least as many
#: before the current one as pages look back: a company that is a month ahead of the calendar has what pages look at.
BEHIND = timedelta(days=400)
#: Deadlines are worked out for periods that end so long after the latest one, but for no more than so many of them.
AHEAD, AHEAD_MOST = timedelta(days=200), 40
#: No year has more periods than this.
MOST_IN_A_YEAR = 53


@dataclass
class Due:
    """A deadline. Not `open`: done, or the company went on without anything made for it; or nobody knows.

    `lapse`: there is nothing to do, and this is why.

    `last`: the last day of its period. `unsure`: the day follows from a term that was not verified; no person set it.
    """

    kind: Kind
    period_type: PeriodType
    period: Period
    last: date
    due: date
    computed: date | None
    progress: int | None
    open: bool
    unsure: bool
    lapse: str = ""

    @property
    def act_by(self) -> date:
        """The day on which it has to be done."""
        return act_by(self.due)


@dataclass
class Stand:
    """One period of a company with its own three deadlines. `payment` None: the payroll ended before it."""

    period: Period
    days: Bounds
    back: int
    run: int | None
    run_at: datetime | None
    payment: Due | None
    pension: Due | None
    pension_sent_at: datetime | None
    declared: Due | None
    return_sent_at: datetime | None


@dataclass(frozen=True)
class _Rule:
    """What a rule gives; `certain`: its term was verified, or agreed with the client."""

    due: date
    certain: bool


class WorkingOut:
    """The periods of one company, from a year and more before the latest that it worked on to some months after.

    `stands`: every period with its deadlines, oldest first. `besides`: deadlines of none of them: returns of which no
    pay period tells, and what Nmbrs has unsent from before.

    Set back for a correction the company is in a period that was paid (nmbrs.md 4.1): what is due stays as it was, and
    only `back` counts from there.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._exports = _by_period(facts.exports)
        self._returns = Returns(facts.company, facts.returns)
        self._runs = _by_covered(facts.runs)
        self._declared: dict[tuple[PeriodType, Period], Due] = {}
        self._latest_days = bounds(facts.kind, facts.latest)
        self._current_days = bounds(facts.kind, facts.current)
        self._pension_since = min(self._exports, default=None)
        self.stands = [self._stand(period, back) for period, back in self._periods()]
        self.besides = [*self._returns_between(), *self._unsent_returns(), *self._unsent_exports()]

    def _periods(self) -> Iterator[tuple[Period, int]]:
        kind, period, back = self.facts.kind, self.facts.current, 0
        since, until = self._latest_days.first - BEHIND, self._latest_days.last + AHEAD
        while back < FURTHEST_BACK or bounds(kind, period).first > since:
            period, back = preceding(kind, period), back + 1
        ahead = 0
        while ahead < AHEAD_MOST:
            yield period, back
            period, back = following(kind, period), back - 1
            if period > self.facts.latest:
                ahead += 1
                if bounds(kind, period).last > until:
                    return

    def _returns_between(self) -> Iterator[Due]:
        """The returns in whose days no pay period ends: of December 2026 for who pays by four weeks, of two months of
        every quarter for who pays by the quarter. They have to be sent like the others."""
        for found in self._returns.between(self.stands[0].days.last, self.stands[-1].days.last):
            if (found.kind, found.period) not in self._declared and self._is_expected(found):
                inside = (stand for stand in self.stands if overlap(stand.days, found.days))
                yield self._return(found, max((stand.run or Progress.NONE for stand in inside), default=None))

    def _unsent_returns(self) -> Iterator[Due]:
        for made in self._returns.unsent():
            if (made.kind, made.period) not in self._declared:
                yield self._return(made, None)

    def _unsent_exports(self) -> Iterator[Due]:
        kind, covered = self.facts.kind, {stand.period for stand in self.stands}
        for period, made in self._exports.items():
            if _all_sent(made) == Progress.DONE or period in covered:
                continue
            try:
                days = bounds(kind, period)
            except ValueError:
                # A number that this length does not have tells no day.
                continue
            if due := self._pension(period, days, None):
                yield due

    def _stand(self, period: Period, back: int) -> Stand:
        facts, days = self.facts, bounds(self.facts.kind, period)
        runs = self._runs.get(period, [])
        run = _progress_of(runs) if facts.knows("runs") and period.year >= facts.since else None
        payment, declared, found = self._payment(period, days, run), None, self._returns.of(days.last)
        pension = self._pension(period, days, run)
        if found is not None and (payment is not None or self._is_expected(found)):
            declared = self._return(found, run)
        return Stand(
            period=period,
            days=days,
            back=back,
            run=run,
            run_at=max((one.run_at for one in runs if one.run_at), default=None),
            payment=payment,
            pension=pension,
            pension_sent_at=self._sent_at(period) if pension else None,
            declared=declared,
            return_sent_at=found.row.sent_at if declared and found and found.row else None,
        )

    def _payment(self, period: Period, days: Bounds, run: int | None) -> Due | None:
        """None: the payroll ended before the period, and Nmbrs has no run of it."""
        if not run and self._ended(Ending.PAYROLL, days):
            return None
        agreed = self.facts.arrangement.pay_day if self.facts.arrangement else None
        term = in_force("payment.due_days", days.last)
        # Where Nmbrs went on without a run there was nothing to pay.
        waits = run is not None and run < Progress.DONE and (self._goes_on(days) or run > Progress.NONE)
        rule = _Rule(pay_due(days.last, agreed, term.value), agreed is not None or term.verified)
        due = self._due(Kind.PAYMENT, self.facts.kind, period, days.last, rule, run, waits=waits)
        if due.open and run == Progress.NONE and self.facts.nobody_in(days):
            # A person who comes is paid from then on; a run that is made all the same has to be locked.
            due.open, due.lapse = False, Lapse.NOBODY.value
        return due

    def _ended(self, part: Ending, days: Bounds) -> bool:
        """Whether the office has said that there is none of it any more in these days."""
        ends = {what: day for what, day, _ in self.facts.arrangement.ended} if self.facts.arrangement else {}
        return part in ends and ends[part] < days.first

    def _is_expected(self, found: Return) -> bool:
        """Whether a return has to be sent: Nmbrs has it, a period that is paid falls in it, or the payroll goes on."""
        known = found.row is not None or (found.kind, found.period) in self._declared
        return known or not self._ended(Ending.PAYROLL, found.days)

    def _pension(self, period: Period, days: Bounds, run: int | None) -> Due | None:
        """None where nothing is expected: no pension return was ever made, the first one came later, or there are none
        any more."""
        if self._pension_since is None or period < self._pension_since:
            return None
        ended = self._ended(Ending.PENSION, days) or (not run and self._ended(Ending.PAYROLL, days))
        if ended and period not in self._exports:
            return None
        own = self.facts.arrangement.pension_days if self.facts.arrangement else None
        usual = in_force("pension.due_days", days.last)
        term = usual.value if own is None else own
        progress = _all_sent(self._exports.get(period, []))
        waits = progress < Progress.DONE and (self._goes_on(days) or progress > Progress.NONE or bool(run))
        rule = _Rule(pension_due(days.last, term), own is not None or usual.verified)
        return self._due(Kind.PENSION, self.facts.kind, period, days.last, rule, progress, waits=waits)

    def _sent_at(self, period: Period) -> datetime | None:
        """When the last pension return of the period was sent; None as long as one of them was not."""
        sent = [made.sent_at for made in self._exports.get(period, [])]
        return max((at for at in sent if at), default=None) if None not in sent else None

    def _return(self, found: Return, run: int | None) -> Due:
        """The deadline of a return period, shared by the pay periods in it."""
        known = self._declared.get((found.kind, found.period))
        is_read = self.facts.knows("wage_tax_returns") and found.period.year >= self.facts.since
        progress = _filed(found.row) if is_read else None
        if known is None:
            last = found.days.last
            term = in_force("return.due_months", last)
            by_rule = _Rule(return_due(found.kind, last, term.value), term.verified)
            waits = (
                progress is not None
                and progress < Progress.DONE
                and (self._goes_on(found.days) or progress > Progress.NONE)
            )
            known = self._due(Kind.RETURN, found.kind, found.period, last, by_rule, progress, waits=waits)
            self._declared[found.kind, found.period] = known
        if run and progress == Progress.NONE:
            known.open = True
        return known

    def _goes_on(self, days: Bounds) -> bool:
        """Whether what is due in the period is still to come: it did not end before the latest one began, or the
        company is in it again, to do its run over."""
        return days.last >= self._latest_days.first or days.first <= self._current_days.last <= days.last

    def _due(
        self,
        kind: Kind,
        length: PeriodType,
        period: Period,
        last: date,
        by_rule: _Rule,
        progress: int | None,
        *,
        waits: bool,
    ) -> Due:
        moved = self.facts.moved.get((kind, length, period))
        due, computed = (moved, by_rule.due) if moved else (by_rule.due, None)
        unsure = not moved and not by_rule.certain
        return Due(kind, length, period, last, due, computed, progress, waits, unsure)


def _by_period(rows: list[PensionExport]) -> dict[Period, list[PensionExport]]:
    found: dict[Period, list[PensionExport]] = {}
    for row in rows:
        found.setdefault(Period(row.year, row.number), []).append(row)
    return found


def _by_covered(runs: list[Run]) -> dict[Period, list[Run]]:
    """The runs over each period."""
    found: dict[Period, list[Run]] = defaultdict(list)
    for run in runs:
        for number in range(run.period_start, min(run.period_end, MOST_IN_A_YEAR) + 1):
            found[Period(run.year, number)].append(run)
    return found


def _progress_of(runs: list[Run]) -> int:
    return max((Progress.DONE if run.locked else Progress.MADE for run in runs), default=Progress.NONE)


def _filed(row: WageTaxReturn | None) -> int:
    """How far the newest return of a period is: sent, made, or none."""
    if row is None:
        return Progress.NONE
    return Progress.DONE if row.sent_at else Progress.MADE


def _all_sent(exports: list[PensionExport]) -> int:
    """How far the pension returns of a period are: sent, made, or none.

    A company may have several funds, and Nmbrs does not say of which one a pension return is: one that was sent tells
    nothing about another, so all of them have to be.
    """
    if not exports:
        return Progress.NONE
    return Progress.DONE if all(made.sent_at for made in exports) else Progress.MADE
