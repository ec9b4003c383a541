"""Syncing here and now, in this process: the command line and the demo's first start."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from portal.connections.models import Connection, Environment
from portal.mirror.resource import Lane
from portal.mirror.statistics import Statistics
from portal.sync import plans
from portal.sync.figures import NOT_RENEWED
from portal.sync.models import OPEN, Priority, Status, SyncPlan, Trigger
from portal.sync.tolerated import tolerated
from portal.sync.worker import Worker

#: Seconds between two looks at how far a sync is: counting takes its time too.
SHOW_EVERY = 0.25


class NoConnection(Exception):
    """The environment has no connection to Nmbrs."""


@dataclass(frozen=True)
class Progress:
    """How far a plan is. `total` may grow while debtors and companies are being found."""

    total: int
    done: int
    failed: int
    running: int
    read: int
    added: int
    changed: int
    missing: int
    quarantined: int

    @property
    def share(self) -> int:
        """Percent done, 0 to 100."""
        return 100 * self.done // self.total if self.total else 0


def progress(plan: SyncPlan) -> Progress:
    """Counts over the plan's runs, in one query."""
    figures = plan.runs.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=~Q(status__in=OPEN)),
        failed=Count("pk", filter=Q(status__in=NOT_RENEWED) & ~tolerated()),
        running=Count("pk", filter=Q(status=Status.RUNNING)),
        **{name: Sum(name, default=0) for name in ("read", "added", "changed", "missing", "quarantined")},
    )
    return Progress(**figures)


def sync_now(
    target: plans.Target,
    *,
    resource: str = "",
    on_progress: Callable[[Progress], None] | None = None,
) -> SyncPlan:
    """Plan and work through a sync in this process. Returns the finished plan; its runs say how each kind ended.
    It is not finished where something hindered the work (portal.jobs.hindrance).

    Raises NoConnection. Other workers may help; a plan already open for the same is joined.
    """
    environment = target if isinstance(target, Environment) else target.environment
    connection = Connection.objects.filter(environment=environment).select_related("environment").first()
    if connection is None:
        raise NoConnection
    plan = plans.start(target, trigger=Trigger.COMMAND, resource=resource)
    shown = 0.0

    def show() -> None:
        """Counting costs as much as publishing a small answer, so nobody counts where nobody looks."""
        nonlocal shown
        if on_progress and time.monotonic() - shown > SHOW_EVERY:
            on_progress(progress(plan))
            shown = time.monotonic()

    looked = 0.0

    def done() -> bool:
        """What others planned is left to the workers: this process ends with its own plan."""
        nonlocal looked
        if time.monotonic() - looked < SHOW_EVERY:
            return False
        looked = time.monotonic()
        if plan.runs.filter(status__in=OPEN).exists():
            return False
        plans.finish_or_grow(plan.environment_id)
        return SyncPlan.objects.filter(pk=plan.pk, finished__isnull=False).exists()

    slow = any(kind.lane is Lane.SLOW for kind in plans.kinds_of(target, resource))
    Worker(connection, on_progress=show, stopping=done, last=None if slow else Priority.FAST_LANE).work()
    Statistics().renew()
    plan.refresh_from_db()
    if on_progress:
        on_progress(progress(plan))
    return plan
