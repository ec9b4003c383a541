"""What workers are woken for. Arguments are primary keys; results are None; the truth is in SyncRun."""

import signal
from datetime import datetime, timedelta
from types import FrameType

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from portal import clock
from portal.connections.models import Connection, Environment, Health
from portal.employees.snapshots import companies_behind, rewrite
from portal.jobs.hindrance import hindrance
from portal.jobs.queue import enqueue, scrubbed, worker_count
from portal.mirror.models import Quarantine
from portal.sync import breaker, leaving, plans
from portal.sync.health import full_plans
from portal.sync.models import HOURLY_KINDS, OPEN, ROTATION, SyncPlan, SyncRun, Trigger
from portal.sync.scopes import key_of
from portal.sync.timetable import hourly_due, last_nightly, rotation_calls
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
    worker = Worker(connection, seconds=SHIFT_SECONDS, stopping=lambda: stop.asked)
    try:
        worker.work()
    finally:
        stop.restore()
    if stop.asked or worker.hindrance:
        # What hinders it now is looked at again with the next wake-up, a minute later.
        return
    if SyncRun.objects.filter(environment_id=environment_id, status__in=OPEN).exists():
        enqueue("portal.sync.tasks.work", environment_id)


@scrubbed
def wake_all() -> None:
    """Wake workers for every environment with open work: after a crash, or when a wake-up was lost (each minute).

    First what nobody wants any more is taken back. Nobody is woken while something hinders them.
    """
    leaving.stop_where_access_ended()
    if hindrance():
        return
    open_plans = SyncPlan.objects.filter(finished__isnull=True)
    for environment_id in open_plans.values_list("environment_id", flat=True).distinct():
        wake(environment_id)


@scrubbed
def nightly() -> None:
    """Plan every environment's nightly sync and rotation over people, once a night, however often this is called."""
    for environment in _usable().filter(nightly_runs=True):
        since = last_nightly(environment.nightly_hour)
        known = environment.nightly_changed or environment.created
        if known < since and not _planned(environment, Trigger.NIGHTLY, since):
            _everything(environment, Trigger.NIGHTLY)


@scrubbed
def hourly() -> None:
    """Plan the runs and periods of every environment within its office hours, once an hour."""
    for environment in _usable():
        since = hourly_due(environment)
        if since and environment.created < since and not _planned(environment, Trigger.HOURLY, since):
            plans.start(environment, trigger=Trigger.HOURLY, resource=HOURLY_KINDS)
            wake(environment.pk)


@scrubbed
def recover() -> None:
    """Try Nmbrs again where it could not be reached; where it answers, bring everything up to date.

    Where nothing is read at night, only what is read by itself is caught up: the hourly kinds, if anything.
    """
    for environment_id in breaker.due_for_trial():
        if breaker.trial(environment_id):
            environment = Environment.objects.get(pk=environment_id)
            if environment.nightly_runs:
                _everything(environment, Trigger.RECOVERY)
            elif environment.hourly_runs:
                plans.start(environment, trigger=Trigger.RECOVERY, resource=HOURLY_KINDS)
                wake(environment_id)


def _everything(environment: Environment, trigger: Trigger) -> None:
    """Both lanes: all of the fast one, of the slow one as many people as the environment's calls allow."""
    plans.start(environment, trigger=trigger)
    if rotation_calls(environment):
        plans.start(environment, trigger=trigger, resource=ROTATION)
    wake(environment.pk)


def _usable() -> "QuerySet[Environment]":
    """Environments whose Nmbrs may be called by itself.

    Refused credentials are not tried again: a person enters new ones. While Nmbrs is down only the trial call is made.
    """
    connected = Environment.objects.filter(connections__isnull=False, breaker__isnull=True)
    return connected.exclude(connections__health__in=[Health.REFUSED, Health.DISABLED]).distinct()


def _planned(environment: Environment, trigger: Trigger, since: datetime) -> bool:
    """Whether it was planned since then. A recovery reads everything too, so it takes the place of either."""
    own = SyncPlan.objects.filter(environment=environment, scope_key=key_of(environment))
    return own.filter(trigger__in=[trigger, Trigger.RECOVERY], created__gte=since).exists()


@scrubbed
def turn_of_the_month() -> None:
    """Give every company the snapshot of a month that has begun, also where nothing was published."""
    for company_id in companies_behind():
        rewrite(company_id)


@scrubbed
def prune() -> None:
    """Forget finished runs and plans after a while; what is right now stands in Freshness, not in them.

    Of each environment the newest plan that brought all of it up to date stays: the health page says when that was.
    """
    before = clock.now() - KEPT
    newest = full_plans().filter(environment=OuterRef("environment")).order_by("-finished").values("pk")[:1]
    kept = list(full_plans().filter(pk=Subquery(newest)).values_list("pk", flat=True))
    SyncPlan.objects.filter(finished__lt=before).exclude(pk__in=kept).delete()
    # Of a plan that stays all runs stay: without those that failed it would seem to have brought everything.
    needed = SyncPlan.objects.filter(Q(finished__isnull=True) | Q(finished__gte=before), runs=OuterRef("pk"))
    gone = SyncRun.objects.filter(~Exists(needed), finished__lt=before)
    while old := list(gone.values_list("pk", flat=True)[:PRUNED_AT_ONCE]):
        SyncRun.objects.filter(pk__in=old).delete()
    # A record that waited so long is no help any more; it comes back if Nmbrs still gives it so.
    Quarantine.objects.filter(last_seen__lt=before).delete()


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
