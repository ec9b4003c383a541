"""What a sync will cost before it starts: calls to Nmbrs, and seconds at the rate of the last ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import prod

from django.db.models import Count, Min

from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.mirror.resource import Loop, registry
from portal.mirror.scope import MirrorScope
from portal.source import Level
from portal.sync.models import SyncRun

#: Calls a second as long as nothing was measured: what the call budget starts with (stack.md section 3).
UNMEASURED = 20.0
#: The rate is taken from so many of the last runs, up to a pause that shows that another sync had begun.
RUNS = 200
PAUSE = timedelta(seconds=5)


@dataclass(frozen=True)
class Estimate:
    """About how many calls and seconds. `complete` is False when not one company is known yet: it will be more."""

    calls: int
    seconds: int
    complete: bool


def estimate(target: Environment | Debtor | Company, resource: str = "") -> Estimate:
    """The price of a sync of `target`, or of one resource of it.

    One company stands for all: its loops (employee types, years) are counted and multiplied, so that the price of a
    large office takes as many queries as that of a small one.
    """
    environment_id = target.pk if isinstance(target, Environment) else target.environment_id
    units, sample = _units(target)
    lengths: dict[Loop, int] = {}
    calls = 0
    for declared in registry:
        if resource not in ("", declared.name) or not units[declared.level]:
            continue
        scope = MirrorScope(environment_id, declared.level, company_id=sample)
        for loop in declared.loops.values():
            if loop not in lengths:
                lengths[loop] = len(loop.values(scope))
        calls += units[declared.level] * prod(lengths[loop] for loop in declared.loops.values())
    seconds = round(calls / rate(environment_id)) if calls else 0
    return Estimate(calls, max(1, seconds), complete=bool(units[Level.COMPANY]))


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


def _units(target: Environment | Debtor | Company) -> tuple[dict[Level, int], int | None]:
    """How many scopes of each level belong to `target`, and one of its companies."""
    if isinstance(target, Company):
        return {Level.ENVIRONMENT: 0, Level.DEBTOR: 0, Level.COMPANY: 1}, target.pk
    companies = Company.objects.filter(debtor__missing_since__isnull=True)
    if isinstance(target, Debtor):
        environments, debtors, companies = 0, 1, companies.filter(debtor=target)
    else:
        environments = 1
        debtors = Debtor.objects.filter(environment=target).count()
        companies = companies.filter(environment=target)
    found = companies.order_by().aggregate(count=Count("pk"), sample=Min("pk"))
    return {Level.ENVIRONMENT: environments, Level.DEBTOR: debtors, Level.COMPANY: found["count"]}, found["sample"]
