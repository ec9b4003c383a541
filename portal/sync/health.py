"""How the sync stands: of each environment, and of the installation as a whole. Pages and commands say it.

Which environments are asked about is the caller's: pages hand in what `visible_to` gave them. What is said of the
installation tells nothing about anybody: a length, two ages and whether workers live.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from portal import clock
from portal.connections.models import Connection, Environment, Health
from portal.jobs.health import last_beat, worker_alive
from portal.jobs.hindrance import Hindrance, hindrance
from portal.jobs.queue import queue_length
from portal.mirror.models import Freshness
from portal.mirror.opt_ins import switch_of
from portal.mirror.resource import Lane, OptIn, registry
from portal.sync.models import OPEN, PARKED, Status, SyncPlan, SyncRun
from portal.sync.scopes import key_of
from portal.sync.timetable import next_night
from portal.sync.tolerated import tolerated

#: Calls are counted over so long.
LATELY = timedelta(hours=1)
#: A lease that ran out is taken over within a minute or two; after so long nobody takes it over.
OVERDUE = timedelta(minutes=10)
#: How a run ended of which a later sync has to make up for. What the API user may not read and what waits for a
#: decision was asked and answered.
UNDONE = (Status.FAILED, Status.PARKED, Status.CANCELLED)


@dataclass(frozen=True)
class OpenPlan:
    """A sync that goes on."""

    pk: int
    scope_key: str
    resource: str
    created: datetime
    done: int
    total: int


@dataclass(frozen=True)
class EnvironmentHealth:
    """One environment. `connection` is None without one; `runs` counts by status, since the runs still kept.

    `next_nightly`: None without a connection, and where the nightly sync is switched off.
    """

    pk: int
    domain: str
    firm: str
    connection: Health | None
    since: datetime | None
    last_full: datetime | None
    next_nightly: datetime | None
    calls: int
    runs: dict[str, int] = field(default_factory=dict)
    plans: list[OpenPlan] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """Runs that wait for a worker."""
        return self.runs.get(Status.DUE, 0)

    @property
    def running(self) -> int:
        """Runs that a worker is at."""
        return self.runs.get(Status.RUNNING, 0)


@dataclass(frozen=True)
class InstallationHealth:
    """All firms together, without a name. `oldest`: since when the run waits that waits longest.

    `hindrance`: why nothing is claimed at all. Workers are well then: starting them anew would change nothing.
    """

    queue_length: int
    backlog: int
    oldest: datetime | None
    last_beat: datetime | None
    alive: bool
    overdue: int
    hindrance: Hindrance | None = None

    @property
    def well(self) -> bool:
        """Whether work gets done and none is stuck."""
        return self.alive and not self.overdue


def of_installation() -> InstallationHealth:
    """The queue and the workers. Five queries, and those for the migrations until they are complete."""
    now = clock.now()
    waiting = Q(status=Status.DUE, not_before__lte=now)
    # Written by the working loop itself, so it proves work even while a long shift begins no new task.
    leased = Q(status=Status.RUNNING, lease_until__gte=now)
    stuck = Q(status=Status.RUNNING, lease_until__lt=now - max(OVERDUE, timedelta(seconds=settings.SYNC_LEASE_SECONDS)))
    counted = SyncRun.objects.filter(status__in=OPEN).aggregate(
        backlog=Count("pk", filter=waiting),
        oldest=Min("not_before", filter=waiting),
        leased=Count("pk", filter=leased),
        overdue=Count("pk", filter=stuck),
    )
    return InstallationHealth(
        queue_length=queue_length(),
        backlog=counted["backlog"],
        oldest=counted["oldest"],
        last_beat=last_beat(),
        alive=bool(counted["leased"]) or worker_alive(),
        overdue=counted["overdue"],
        hindrance=hindrance(),
    )


def of_environments(environments: "QuerySet[Environment]") -> list[EnvironmentHealth]:
    """The given environments by firm and domain. Six queries, however many there are."""
    found = list(environments.select_related("firm").order_by("firm__name", "domain", "pk"))
    keys = [environment.pk for environment in found]
    connections = {one.environment_id: one for one in Connection.objects.filter(environment__in=keys).defer("token")}
    fulls, calls, runs, plans = _last_fulls(found), _calls(keys), _runs(keys), _plans(keys)
    return [
        EnvironmentHealth(
            pk=environment.pk,
            domain=environment.domain,
            firm=environment.firm.name,
            connection=Health(connection.health) if (connection := connections.get(environment.pk)) else None,
            since=connection.health_since if connection else None,
            last_full=fulls.get(environment.pk),
            next_nightly=next_night(environment) if connection else None,
            calls=calls.get(environment.pk, 0),
            runs=runs.get(environment.pk, {}),
            plans=plans.get(environment.pk, []),
        )
        for environment in found
    ]


def sentence(health: InstallationHealth) -> str:
    """What a supervisor's log should say, in one English sentence."""
    if not health.alive:
        if health.last_beat is None:
            return "No worker is alive: there was no sign of life lately."
        return f"No worker is alive: the last sign of life was at {health.last_beat:%Y-%m-%d %H:%M:%S} UTC."
    if health.hindrance:
        return f"Workers are alive. {health.hindrance.sentence}"
    if health.overdue:
        return f"Workers are alive, but {health.overdue} sync runs were left behind and nobody takes them over."
    return f"Workers are alive; {health.backlog} sync runs wait."


def _last_fulls(environments: list[Environment]) -> dict[int, datetime]:
    """When each environment was last brought up to date as a whole, with nothing left undone."""
    keys = [key_of(one) for one in environments]
    rows: Any = (
        full_plans().filter(scope_key__in=keys).order_by().values_list("environment_id").annotate(last=Max("finished"))
    )
    return dict(rows)


def full_plans() -> "QuerySet[SyncPlan]":
    """Plans that brought a whole environment up to date, with nothing left undone.

    What was given up by then is not asked by itself any more, so plans after that were not whole either.
    """
    undone = SyncRun.objects.filter(~tolerated(), plans=OuterRef("pk"), status__in=UNDONE)
    # Of what such a plan asks for: not people one by one, not what has left Nmbrs or is switched off.
    asked = [kind for kind in registry if kind.lane is Lane.FAST and not kind.uncertain]
    on: Any = Q(resource__in=[kind.name for kind in asked if kind.opt_in is None])
    for switch in OptIn:
        of_it = Q(resource__in=[kind.name for kind in asked if kind.opt_in is switch])
        on |= of_it & Exists(switch_of(OuterRef("environment"), switch))
    given_up = Freshness.objects.filter(
        on,
        company__missing_since__isnull=True,
        company__debtor__missing_since__isnull=True,
        debtor__missing_since__isnull=True,
        environment=OuterRef("environment"),
        error_kind=PARKED,
        last_attempt__lt=OuterRef("finished"),
    )
    whole = SyncPlan.objects.filter(resource="", debtor=None, company=None, employee=None, finished__isnull=False)
    return whole.filter(~Exists(undone), ~Exists(given_up))


def _calls(keys: list[int]) -> dict[int, int]:
    rows: Any = (
        SyncRun.objects.filter(environment__in=keys, finished__gte=clock.now() - LATELY)
        .order_by()
        .values_list("environment_id")
        .annotate(calls=Sum("calls"))
    )
    return dict(rows)


def _runs(keys: list[int]) -> dict[int, dict[str, int]]:
    rows = (
        SyncRun.objects.filter(environment__in=keys)
        .order_by()
        .values_list("environment_id", "status")
        .annotate(count=Count("pk"))
    )
    counted: dict[int, dict[str, int]] = {key: {} for key in keys}
    for key, status, count in rows:
        counted[key][status] = count
    return counted


def _plans(keys: list[int]) -> dict[int, list[OpenPlan]]:
    rows = (
        SyncPlan.objects.filter(environment__in=keys, finished__isnull=True)
        .annotate(total=Count("runs"), done=Count("runs", filter=~Q(runs__status__in=OPEN)))
        .order_by("created", "pk")
    )
    opened: dict[int, list[OpenPlan]] = {key: [] for key in keys}
    for plan in rows:
        opened[plan.environment_id].append(
            OpenPlan(plan.pk, plan.scope_key, plan.resource, plan.created, plan.done, plan.total)
        )
    return opened
