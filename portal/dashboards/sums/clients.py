"""Wage cost of every client in six months, by one query: what the list of clients shows.

What is known and what is not follows the rule of one client's page (portal.dashboards.sums.cost). The cost of this
month is known when its last run is booked, often after it is over: until then the last month that is known is shown.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, partial, reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from portal.accounts.prepared import Prepared
from portal.accounts.roles import Capability
from portal.companies.models import Basis, BookedCost, Company, CurrentPeriod, Run, Snapshot
from portal.companies.results import awaits_journal
from portal.connections.models import EnvironmentKind
from portal.dashboards import months
from portal.dashboards.sums.cost import COST_KINDS, Cost, cost_of
from portal.dashboards.sums.numbers import Arm, Row, RunIs, Sums, take
from portal.dashboards.sums.reading import as_arm, united
from portal.dashboards.sums.windows import Window, Windows
from portal.mirror.models import Freshness, State
from portal.periods import Period, PeriodType, bounds
from portal.ui.values import Missing

if TYPE_CHECKING:
    from portal.companies.freshness import Person

#: Months of the line of a client, that of the list last: enough to look back, and for the month before what is found.
LINE = 6
#: How many months back the cost of this month, or of one to come, is looked for while it is not known.
BACK = 3
#: Per cent, one decimal.
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class ClientCost:
    """Euros of the month, or why there are none. `month`: the one that they are of, which may be earlier than that
    of the list; `before`: euros of the month before it. `lacking`: companies of which runs or journals were never
    fetched. `at`: the cost at a place of the line; None: none can be known. `without_period`: companies with people of
    which no period ends in the month. `recounting`: what its journals come to is being worked out anew.
    """

    now: Decimal | Missing
    month: Period | None = None
    before: Decimal | None = None
    lacking: int = 0
    at: Callable[[int], Cost] | None = None
    without_period: int = 0
    recounting: bool = False

    @property
    def line(self) -> list[Decimal | None]:
        """The months up to that of the list, None where it is not known; empty where none can be. Added up only for a
        row that is drawn."""
        return [self.at(place).cost for place in range(LINE)] if self.at else []

    @property
    def change(self) -> Decimal | None:
        """Per cent more or less than in the month before that of the euros; of nothing there is none."""
        if isinstance(self.now, Missing) or not self.before:
            return None
        return (100 * (self.now - self.before) / abs(self.before)).quantize(_TENTH, ROUND_HALF_UP)


def costs_of(user: "Person", month: Period) -> Mapping[int, ClientCost]:
    """By key of each client with companies. For a reader who may see the wages of all of them."""
    windows, back = _windows(month), looks_back(month)
    sums, clients = Sums(windows), defaultdict[int, list[int]](list)
    came: dict[int, int] = {}
    refused: set[int] = set()
    over_several: list[Row] = []
    for row in map(Row._make, _numbers(user, windows=windows)):
        if row.arm == Arm.CLIENT:
            clients[row.x or 0].append(row.company)
        elif row.arm == Arm.CAME_IN:
            came[row.company] = row.x or 0
            refused.update([row.company] if row.y else [])
        else:
            take(sums, row)
            if row.arm == Arm.RUN and row.z == RunIs.BOOKED_SOMEWHERE:
                over_several.append(row)
    for row in over_several:
        _booked_elsewhere(sums, row)
    whole = {company for company, kinds in came.items() if kinds == len(COST_KINDS)}
    return {client: _cost(sums, companies, whole, refused, back) for client, companies in clients.items()}


def looks_back(month: Period) -> int:
    """How many months back a cost may be that stands in for that of `month`; of a month that is over there is none."""
    return BACK if month >= months.this_month() else 0


def last_known(at: Callable[[int], Decimal | None], last: int, back: int) -> int | None:
    """The last place up to `last` whose cost is known, at most so many before it."""
    places = range(last, max(last - 1 - back, -1), -1)
    return next((place for place in places if at(place) is not None), None)


def _cost(sums: Sums, companies: list[int], whole: set[int], refused: set[int], back: int) -> ClientCost:
    lacking = sum(company not in whole for company in companies)
    if lacking == len(companies):
        is_refused = not refused.isdisjoint(companies)
        return ClientCost(Missing.NOT_PERMITTED if is_refused else Missing.NEVER_FETCHED, lacking=lacking)
    at = cache(partial(cost_of, sums, companies))
    anew, none_due = not sums.recounting.isdisjoint(companies), at(LINE - 1).no_period
    place = None if none_due else last_known(lambda one: at(one).cost, LINE - 1, back)
    now = None if place is None else at(place).cost
    if place is None or now is None:
        why = Missing.NO_PERIOD if none_due else Missing.UNKNOWN
        return ClientCost(why, lacking=lacking, at=at, recounting=anew)
    before = at(place - 1).cost if place else None
    month = sums.windows.all[place].period
    return ClientCost(now, month, before, lacking, at, at(place).without_period, anew)


def _booked_elsewhere(sums: Sums, row: Row) -> None:
    """Nmbrs books a run over several periods in one of them, which need not be of these months."""
    for number in range(row.x or 0, (row.y or 0) + 1):
        period = Period(row.year, number)
        if not sums.windows.holds(sums.types.get(row.company), period):
            sums.booked.setdefault((row.company, period), 0)


def _windows(month: Period) -> Windows:
    found = tuple(Window(one, months.label(one), *bounds(PeriodType.MONTH, one)) for one in months.trend(month)[-LINE:])
    return Windows(Basis.MONTH, found, "", ())


@Prepared
def _numbers(user: "Person", *, windows: Windows) -> "QuerySet[Any, Any]":
    companies = Company.objects.visible_to(user).filter(environment__kind=EnvironmentKind.ACCOUNTANT)
    return united(_arms(user, companies.order_by().values("pk"), windows))


def _arms(user: "Person", own: Any, windows: Windows) -> Iterator["QuerySet[Any]"]:
    types = CurrentPeriod.everything.visible_to(user).filter(company__in=own)
    yield as_arm(types, Arm.TYPE, text=F("period_type"), year=F("year"), number=F("number"))
    yield as_arm(Company.objects.visible_to(user).filter(pk__in=own), Arm.CLIENT, company=F("pk"), x=F("debtor_id"))
    yield _came_in(user, own)
    kept = Snapshot.objects.visible_to(user).filter(
        company__in=own,
        basis=windows.basis,
        last_day__gte=windows.first.last,
        last_day__lte=windows.shown.last,
    )
    kept_of = {"year": F("year"), "number": F("number"), "x": F("head_count"), "y": F("contract_wage_cents")}
    yield as_arm(kept, Arm.SNAPSHOT, **kept_of)
    yield _runs(user, own, windows)
    yield _booked(user, own, windows)
    anew = Company.objects.visible_to(user).filter(pk__in=own, environment__firm__cost_accounts__recounting=True)
    yield as_arm(anew, Arm.RECOUNTING, company=F("pk"))


def _booked(user: "Person", own: Any, windows: Windows) -> "QuerySet[Any]":
    by_kind, together = _of_windows(windows)
    of_period = reduce(
        or_,
        (Q(company__current__period_type=kind, year=year, number__in=found) for kind, year, found in by_kind),
    )
    for_index = reduce(or_, (Q(year=year, number__in=found) for year, found in together))
    kept = BookedCost.objects.visible_to(user, Capability.VIEW_SALARIES).filter(of_period, for_index, company__in=own)
    return as_arm(kept, Arm.BOOKED, year=F("year"), number=F("number"), x=F("cents"))


def _came_in(user: "Person", own: Any) -> "QuerySet[Any]":
    """Of each company how many of the kinds came in, and how many of the others Nmbrs refuses."""
    rows = Freshness.objects.visible_to(user).filter(company__in=own, resource__in=COST_KINDS)
    came = Q(last_success__isnull=False)
    counted = (
        rows.order_by()
        .values("company")
        .annotate(came=Count("pk", filter=came), refusals=Count("pk", filter=~came & Q(state=State.NOT_PERMITTED)))
    )
    return as_arm(counted, Arm.CAME_IN, x=F("came"), y=F("refusals"))


def _runs(user: "Person", own: Any, windows: Windows) -> "QuerySet[Any]":
    """The runs over a period of the months."""
    by_kind, together = _of_windows(windows)
    over = reduce(or_, (Q(company__current__period_type=kind) & _over(year, found) for kind, year, found in by_kind))
    over &= reduce(or_, (_over(year, found) for year, found in together))
    booked = BookedCost.objects.visible_to(user, Capability.VIEW_SALARIES).filter(
        company=OuterRef("company"),
        year=OuterRef("year"),
        number__gte=OuterRef("period_start"),
        number__lte=OuterRef("period_end"),
        cents__isnull=False,
    )
    awaits = When(awaits_journal(), then=Value(RunIs.AWAITS_JOURNAL))
    somewhere = Q(period_end__gt=F("period_start")) & Exists(booked)
    several = When(somewhere, then=Value(RunIs.BOOKED_SOMEWHERE))
    return as_arm(
        Run.objects.visible_to(user).filter(over, company__in=own),
        Arm.RUN,
        year=F("year"),
        x=F("period_start"),
        y=F("period_end"),
        z=Case(awaits, several, default=Value(RunIs.BOOKED_OR_NOTHING), output_field=BigIntegerField()),
    )


def _over(year: int, numbers: Sequence[int]) -> Q:
    return Q(year=year, period_start__lte=max(numbers), period_end__gte=min(numbers))


def _of_windows(windows: Windows) -> "tuple[list[tuple[str, int, list[int]]], list[tuple[int, list[int]]]]":
    """The periods that end in one of the months: period type, year and numbers; and without the type, for an index."""
    by_kind: list[tuple[str, int, list[int]]] = []
    together = defaultdict[int, set[int]](set)
    for kind in PeriodType:
        numbers = defaultdict[int, list[int]](list)
        for place in range(len(windows.all)):
            for period in windows.periods(kind, place):
                numbers[period.year].append(period.number)
                together[period.year].add(period.number)
        by_kind += [(kind.value, year, found) for year, found in numbers.items()]
    return by_kind, [(year, sorted(found)) for year, found in together.items()]
