"""The two sides of a comparison: a period or a run each, as the address asks, and whether its output is known.

Unknown is not zero: a side whose output is not here, or not whole, has a `problem` and no amounts at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from portal.accounts.roles import Capability
from portal.companies import status, words
from portal.companies.freshness import ever_fetched
from portal.companies.models import Company, PeriodSeen, Run
from portal.companies.periods import text
from portal.companies.results import Problem, why_not, with_output
from portal.companies.standing import run_period
from portal.debtors import asked
from portal.periods import Period, PeriodType, exists, following, parse, periods_in, preceding
from portal.ui.values import Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from portal.companies.freshness import Person

#: The parameters of the address: the later and the earlier side.
NOW, BEFORE = "period", "against"
#: So many periods on each side of a period are its neighbours: what occurs in none of them is a one-off.
NEIGHBOURS = 2

#: The components that come back, of single people and of everybody in a company.
FIXED_KINDS = ("fixed_wage_components", "company_wage_fixed")

_PERIOD = re.compile(r"\d{4}-\d{1,2}", re.ASCII)
_RUN = re.compile(r"run-([0-9]{1,18})", re.ASCII)
_LETTERS = {
    PeriodType.MONTH: "M",
    PeriodType.FOUR_WEEKS: "4W",
    PeriodType.WEEK: "W",
    PeriodType.QUARTER: "Q",
    PeriodType.HALF_YEAR: "H",
    PeriodType.YEAR: "Y",
}


@dataclass(frozen=True)
class Side:
    """One period or run.

    `span` are the periods that it covers, `rows` its lines of run output, `booked` those of its journal. `neighbours`:
    the periods around it, those of the other side not among them. `neighbours_known`: whether output of any is here and
    fixed components came in: without both nobody can say that something will not come back. `fixed_since`: since when
    the fixed components of people are asked for its last period or a later one; None: that was never asked.
    """

    key: str
    label: str
    span: tuple[Period, ...]
    status: Status
    rows: Q
    booked: Q
    problem: Problem | None
    neighbours: tuple[Period, ...] = ()
    neighbours_known: bool = False
    fixed_since: datetime | None = None

    @property
    def known(self) -> bool:
        """Whether its amounts can be shown."""
        return self.problem is None


@dataclass(frozen=True)
class Pair:
    """The earlier and the later side as they were asked for."""

    before: Side
    now: Side
    kind: PeriodType

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both, the earlier first."""
        return self.before, self.now

    @property
    def comparable(self) -> bool:
        """Whether a difference can be told."""
        return self.before.known and self.now.known

    @property
    def problems(self) -> list[tuple[str, "str | _StrPromise"]]:
        """Label and reason of the sides that are not known, each once."""
        found = {side.label: side.problem.said for side in self.sides if side.problem}
        return list(found.items())


def in_periods(periods: Sequence[Period]) -> Q:
    """Rows that belong to one of these periods; without any: no rows."""
    return reduce(or_, (Q(year=period.year, number=period.number) for period in periods), Q(pk__in=[]))


def since_period(first: Period) -> Q:
    """Rows that belong to this period or a later one."""
    return Q(year__gt=first.year) | Q(year=first.year, number__gte=first.number)


class Chooser:
    """What can be compared of a company, and what the address asks for.

    Two queries: the runs, and the periods that the company worked on one after another; and one for a side that lies in
    a run over several periods.
    """

    def __init__(self, request: HttpRequest, company: Company, kind: PeriodType) -> None:
        self.request, self.company, self.kind = request, company, kind
        visible = Run.objects.visible_to(request.user, Capability.VIEW_SALARIES)
        self.runs: list[Any] = list(with_output(visible.filter(company=company)))
        self.worked_on = _worked_on(request.user, company)

    def pair(self) -> Pair:
        """Both sides. By default the newest period with a run, and the one before it."""
        newest = max(self._periods_of_runs(), default=self.company.current.period)
        now = self._asked(NOW, newest)
        first = Period(now.year, now.period_start) if isinstance(now, Run) else now
        before = self._asked(BEFORE, preceding(self.kind, first if exists(self.kind, first) else newest))
        spans = [self._span(one) for one in (before, now)]
        return Pair(self._side(before, spans), self._side(now, spans), self.kind)

    def choices(self, pair: Pair) -> list[tuple[str, list[tuple[str, str]]]]:
        """What the reader may choose, newest first: periods with a run and those that are shown, and single runs."""
        periods = self._periods_of_runs() | {
            side.span[-1] for side in (pair.before, pair.now) if not side.key.startswith("run-")
        }
        return [
            (_("Periods"), [(text(one), words.period(self.kind, one)) for one in sorted(periods, reverse=True)]),
            (_("Runs"), [(key_of(run), f"{run_period(run)} · {run.number} {run.description}") for run in self.runs]),
        ]

    def steps(self, pair: Pair) -> tuple[str, str]:
        """The addresses of the same comparison one period earlier and one later; empty where a side is a run."""
        sides = (pair.before, pair.now)
        if any(side.key.startswith("run-") for side in sides):
            return "", ""
        earlier, later = (
            asked.address(
                self.request,
                **{BEFORE: text(step(self.kind, sides[0].span[-1])), NOW: text(step(self.kind, sides[1].span[-1]))},
            )
            for step in (preceding, following)
        )
        return earlier, later

    def _periods_of_runs(self) -> set[Period]:
        """The last period of each run, of those that the company's calendar has: Nmbrs writes other numbers too."""
        ends = {Period(run.year, run.period_end) for run in self.runs}
        return {period for period in ends if exists(self.kind, period)}

    def _asked(self, name: str, usual: Period) -> Run | Period:
        """What the parameter names. A run that is none of the company's does not exist; nonsense gives the usual."""
        given = self.request.GET.get(name, "").strip()
        run = _RUN.fullmatch(given)
        if run:
            found: Run | None = next((one for one in self.runs if one.pk == int(run[1])), None)
            if found is None:
                raise Http404
            return found
        wanted = self._read(given) if given else usual
        if wanted is not None:
            return wanted
        said = _("“%(asked)s” is not a period or run of this company. This page shows %(period)s.")
        shown = given if len(given) <= 20 else f"{given[:20]}…"
        messages.warning(self.request, said % {"asked": shown, "period": words.period(self.kind, usual)})
        return usual

    def _read(self, given: str) -> Period | None:
        try:
            return parse(f"{given}-{_LETTERS[self.kind]}")[0] if _PERIOD.fullmatch(given) else None
        except ValueError:
            return None

    def _span(self, one: Run | Period) -> list[Period]:
        """The periods that a side covers."""
        if isinstance(one, Period):
            return [one]
        first = Period(one.year, one.period_start)
        if not exists(self.kind, first):
            return [first]
        return list(periods_in(self.kind, first, max(first, Period(one.year, one.period_end))))

    def _side(self, one: Run | Period, spans: list[list[Period]]) -> Side:
        span = self._span(one)
        covering = [one] if isinstance(one, Run) else self._covering(one)
        near = tuple(period for period in self._around(span) if not any(period in other for other in spans))
        output = any(run.has_output for period in near for run in self._covering(period))
        known = output and ever_fetched(self.request.user, self.company, *FIXED_KINDS)
        asked_since = min((at for at, worked_on in self.worked_on if worked_on >= span[-1]), default=None)
        period = one if isinstance(one, Period) else None
        problem = why_not(self.request.user, self.company, covering, period)
        if isinstance(one, Run):
            label = _("run %(number)s of %(period)s") % {"number": one.number, "period": run_period(one)}
            rows, booked = Q(run=one.pk), Q(year=one.year, run_number=one.number)
            standing = status.of_run(one)
            return Side(key_of(one), label, tuple(span), standing, rows, booked, problem, near, known, asked_since)
        made, locked = bool(covering), any(run.locked for run in covering)
        standing = status.of_period(one, self.company.current.period, made=made, locked=locked)
        own = in_periods([one])
        label = words.period(self.kind, one)
        return Side(text(one), label, (one,), standing, own, own, problem, near, known, asked_since)

    def _covering(self, period: Period) -> list[Any]:
        year, number = period.year, period.number
        return [run for run in self.runs if run.year == year and run.period_start <= number <= run.period_end]

    def _around(self, span: list[Period]) -> list[Period]:
        found: list[Period] = []
        early, late = span[0], span[-1]
        if not exists(self.kind, early):
            return found
        for _step in range(NEIGHBOURS):
            early, late = preceding(self.kind, early), following(self.kind, late)
            found += [early, late]
        return sorted(found)


def _worked_on(user: "Person", company: Company) -> list[tuple[datetime, Period]]:
    """The current periods of the company, each with the moment we first saw it. One query."""
    rows = PeriodSeen.objects.visible_to(user).filter(company=company).values_list("seen_at", "year", "number")
    return [(at, Period(year, number)) for at, year, number in rows] + [
        (company.current.last_changed, company.current.period)
    ]


def key_of(run: Run) -> str:
    """A run in the address."""
    return f"run-{run.pk}"
