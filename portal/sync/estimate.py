"""What a sync will cost before it starts: calls to Nmbrs, and seconds at the rate of the last ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from math import prod
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Window

from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.employees.active import active_people
from portal.employees.models import Employee
from portal.mirror.engine import loops_of
from portal.mirror.freshness import load
from portal.mirror.models import Freshness
from portal.mirror.resource import Lane, Resource
from portal.mirror.scope import MirrorScope
from portal.source import Level, LoopValue
from portal.sync.models import SyncRun
from portal.sync.plans import Target, kinds_of
from portal.sync.scopes import company_scope

#: Calls a second as long as nothing was measured: what the call budget starts with (stack.md section 3).
UNMEASURED = 20.0
#: The rate is taken from so many of the last runs, up to a pause that shows that another sync had begun.
RUNS = 200
PAUSE = timedelta(seconds=5)
#: So many companies are looked at; how many runs are asked again differs from one to the other.
SAMPLES = 5
#: A background report is started and asked for twice, as a rule.
CALLS_A_REPORT = 3


@dataclass(frozen=True)
class Estimate:
    """About how many calls and seconds. `complete` is False when not one company is known yet: it will be more."""

    calls: int
    seconds: int
    complete: bool


def estimate(target: Target, resource: str = "") -> Estimate:
    """The price of a sync of `target`, or of one resource of it.

    A few companies stand for all: their loops (employee types, years, periods, runs) are counted and multiplied, so
    that the price of a large office takes no more queries than that of a small one. A kind that was never read is asked
    further back, as its first reading will. A slow-lane kind costs calls for each person.
    """
    environment_id = target.pk if isinstance(target, Environment) else target.environment_id
    units, people, samples = _units(target)
    # Many kinds ask about the same years and periods.
    length = cache(lambda values, scope: len(values(scope)))
    count: int | None = None
    calls = 0
    kinds = [declared for declared in kinds_of(target, resource) if units[declared.level]]
    of_companies = [declared for declared in kinds if declared.level is Level.COMPANY]
    companies = _sample_scopes(environment_id, Level.COMPANY, samples)
    read = load((declared, scope) for declared in of_companies for scope in companies)
    for declared in kinds:
        scopes = _sample_scopes(environment_id, declared.level, samples)
        if declared.lane is Lane.SLOW:
            if count is None:
                count = people.count()
            calls += count * declared.calls_a_person(scopes[0])
            continue
        asked = sum(prod(length(values, scope) for values in _loops(declared, scope, read)) for scope in scopes)
        asked = round(units[declared.level] * asked / len(scopes))
        calls += asked * (CALLS_A_REPORT if declared.soap and declared.soap.report else 1)
    seconds = round(calls / rate(environment_id)) if calls else 0
    return Estimate(calls, max(1, seconds), complete=bool(units[Level.COMPANY]))


def _loops(
    declared: Resource, scope: MirrorScope, read: Mapping[tuple[str, str], Freshness]
) -> "Iterable[Callable[[MirrorScope], Sequence[LoopValue]]]":
    """What says which values a kind is asked for; of the kinds of a company with how it was last read."""
    if declared.level is Level.COMPANY:
        return loops_of(declared, read[scope.key, declared.name]).values()
    return [loop.values for loop in declared.loops.values()]


def _sample_scopes(environment_id: int, level: Level, companies: list[Company]) -> list[MirrorScope]:
    if level is not Level.COMPANY or not companies:
        return [MirrorScope(environment_id, level)]
    return [company_scope(company) for company in companies]


def rate(environment_id: int) -> float:
    """Calls a second of the last sync of the environment; without one, the rate that every budget starts with."""
    done = SyncRun.objects.filter(environment_id=environment_id, finished__isnull=False, calls__gt=0)
    moments: list[datetime] = []
    calls = 0
    for finished, count in done.order_by("-finished").values_list("finished", "calls")[:RUNS]:
        if finished is None or (moments and moments[-1] - finished > PAUSE):
            break
        moments.append(finished)
        calls += count
    seconds = (moments[0] - moments[-1]).total_seconds() if moments else 0
    return calls / seconds if seconds >= 1 else UNMEASURED


def _units(target: Target) -> tuple[dict[Level, int], "QuerySet[Employee]", list[Company]]:
    """How many scopes of each level belong to `target`, its active people, and some of its companies. One query."""
    companies = Company.objects.filter(debtor__missing_since__isnull=True).select_related("current")
    people = active_people()
    environments = debtors = 0
    if isinstance(target, Company | Employee):
        own = target if isinstance(target, Company) else target.company
        companies = companies.filter(pk=own.pk)
        people = people.filter(company=own) if isinstance(target, Company) else people.filter(pk=target.pk)
    elif isinstance(target, Debtor):
        debtors = 1
        companies, people = companies.filter(debtor=target), people.filter(company__debtor=target)
    else:
        environments = 1
        companies, people = companies.filter(environment=target), people.filter(environment=target)
    clients = Debtor.objects.filter(environment=OuterRef("environment")).order_by().values("environment")
    counted: Any = companies.annotate(
        total=Window(Count("pk")), clients=Subquery(clients.annotate(count=Count("pk")).values("count"))
    )
    samples = list(counted.order_by("pk")[:SAMPLES])
    if environments:
        debtors = samples[0].clients if samples else Debtor.objects.filter(environment_id=target.pk).count()
    total = samples[0].total if samples else 0
    units = {Level.ENVIRONMENT: environments, Level.DEBTOR: debtors, Level.COMPANY: total}
    return units, people, samples
