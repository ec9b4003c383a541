"""What workers are woken for. Arguments are primary keys; results are None; the truth is in SyncRun."""

import signal
from datetime import datetime, time, timedelta
from types import FrameType

from django.conf import settings

from portal import clock
from portal.connections.models import Connection, Environment, Health
from portal.employees.snapshots import companies_behind, rewrite
from portal.jobs.queue import enqueue, scrubbed, worker_count
from portal.sync import plans
from portal.sync.models import OPEN, SyncPlan, SyncRun, Trigger
from portal.sync.scopes import key_of
from portal.sync.worker import Worker

#: One task works so long at most and is then queued again: well under the queue's timeout.
SHIFT_SECONDS = 200
#: How long finished runs are kept for the Sync page.
KEPT = timedelta(days=30)
PRUNED_AT_ONCE = 500


def wake(environment_id: int) -> None:
    """Have every worker look for work in the environment."""
    for _ in range(worker_count()):
        enqueue("portal.sync.tasks.work", environment_id)


@scrubbed
def work(environment_id: int) -> None:
    """Do what is ready in one environment (a queued task)."""
    connection = Connection.objects.filter(environment_id=environment_id).select_related("environment").first()
    if connection is None:
        return
    stop = _StopOnTerm()
    try:
        Worker(connection, seconds=SHIFT_SECONDS, stopping=lambda: stop.asked).work()
    finally:
        stop.restore()
    if not stop.asked and SyncRun.objects.filter(environment_id=environment_id, status__in=OPEN).exists():
        enqueue("portal.sync.tasks.work", environment_id)


@scrubbed
def wake_all() -> None:
    """Wake workers for every environment with open work: after a crash, or when a wake-up was lost (each minute)."""
    open_plans = SyncPlan.objects.filter(finished__isnull=True)
    for environment_id in open_plans.values_list("environment_id", flat=True).distinct():
        wake(environment_id)


@scrubbed
def nightly() -> None:
    """Plan the nightly sync of every environment once a night, however often this is called."""
    since = _last_nightly_hour()
    # Refused credentials are not tried again by themselves: a person enters new ones or starts a sync.
    usable = Environment.objects.filter(connections__isnull=False).exclude(connections__health=Health.REFUSED)
    for environment in usable.distinct():
        done = SyncPlan.objects.filter(
            environment=environment, scope_key=key_of(environment), trigger=Trigger.NIGHTLY, created__gte=since
        )
        if not done.exists() and environment.created < since:
            plans.start(environment, trigger=Trigger.NIGHTLY)
            wake(environment.pk)


@scrubbed
def turn_of_the_month() -> None:
    """Give every company the snapshot of a month that has begun, also where nothing was published."""
    for company_id in companies_behind():
        rewrite(company_id)


@scrubbed
def prune() -> None:
    """Forget finished runs and plans after a while; what is right now stands in Freshness, not in them."""
    before = clock.now() - KEPT
    while old := list(SyncRun.objects.filter(finished__lt=before).values_list("pk", flat=True)[:PRUNED_AT_ONCE]):
        SyncRun.objects.filter(pk__in=old).delete()
    SyncPlan.objects.filter(finished__lt=before).delete()


def _last_nightly_hour() -> datetime:
    """The latest moment at which a nightly sync was due."""
    now = clock.now().astimezone(clock.AMSTERDAM)
    tonight = datetime.combine(now.date(), time(settings.SYNC_NIGHTLY_HOUR), tzinfo=clock.AMSTERDAM)
    return tonight if tonight <= now else tonight - timedelta(days=1)


class _StopOnTerm:
    """While it lives, SIGTERM asks the loop to stop and give its leases back instead of killing it."""

    def __init__(self) -> None:
        self.asked = False
        self._before = signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True

    def restore(self) -> None:
        """Back to what SIGTERM did before; a stop that was asked meanwhile is carried out."""
        signal.signal(signal.SIGTERM, self._before)
        if self.asked:
            raise SystemExit(0)
