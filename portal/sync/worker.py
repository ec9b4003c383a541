"""The working loop: claims runs, reads them side by side in threads, publishes them one after another.

Threads only read from the network; everything that touches the database happens in the loop. A killed worker leaves
leases that run out; the next one goes on at the first run that has not succeeded.
"""

import logging
import os
import time
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection as database
from django.db import transaction

from portal.connections import health, open_source
from portal.connections.models import Connection, Health
from portal.mirror import engine, freshness
from portal.mirror.models import Freshness
from portal.mirror.resource import Resource, registry
from portal.mirror.scope import MirrorScope
from portal.source import Fetched, Source, SourceError
from portal.sync import claims, plans
from portal.sync.models import OPEN, SyncRun
from portal.sync.scopes import scope_of

logger = logging.getLogger(__name__)

#: Seconds that SQLite's other writers get between two publishes of rows.
REST = 0.02
#: Seconds between two looks while other workers hold everything.
PAUSE = 0.3
#: So many unchanged runs are ended in one transaction.
TOGETHER = 8
#: Failures in a row that mean "Nmbrs is not there" rather than "this answer is bad".
UNAVAILABLE_IN_A_ROW = 5


@dataclass
class Job:
    """A claimed run on its way."""

    run: SyncRun
    resource: Resource
    scope: MirrorScope
    freshness: Freshness
    loops: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Worker:
    """Works on one environment until nothing is ready, time is up, or it is told to stop."""

    def __init__(
        self,
        connection: Connection,
        *,
        seconds: float = float("inf"),
        stopping: Callable[[], bool] = lambda: False,
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = connection
        self._environment_id = connection.environment_id
        self._until = time.monotonic() + seconds
        self._stopping = stopping
        self._on_progress = on_progress
        self._owner = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self._threads = settings.SYNC_FETCH_THREADS
        self._in_hand: dict[Future[Fetched], Job] = {}
        self._settled: dict[int, tuple[Job, int]] = {}
        self._unavailable = 0
        self._last_beat = self._last_write = time.monotonic()
        self._stopped = False

    def work(self) -> None:
        """Do what is ready. Returns when nothing is claimable or the loop was stopped; leases are given back."""
        source = open_source(self._connection)
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="fetch")
        try:
            while True:
                self._stopped = self._stopped or self._stopping() or time.monotonic() > self._until
                self._claim(pool, source)
                if not self._in_hand:
                    if self._stopped or not self._more_to_come():
                        return
                    continue
                done, _ = wait(self._in_hand, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    self._end(future, source)
                self._settle(now=self._stopped or not done or not self._in_hand)
                self._beat()
                if self._stopped:
                    return
        finally:
            held = [*self._in_hand.values(), *(job for job, _ in self._settled.values())]
            claims.give_back(self._owner, [job.run for job in held])
            for future in self._in_hand:
                future.cancel()
            pool.shutdown(wait=False, cancel_futures=True)
            source.close()

    def _more_to_come(self) -> bool:
        """Whether there is or will be something to claim: plans grew, or other workers hold what this waits for."""
        if plans.finish_or_grow(self._environment_id):
            return True
        if SyncRun.objects.filter(environment_id=self._environment_id, status__in=OPEN).exists():
            time.sleep(PAUSE)
            return True
        return False

    def _claim(self, pool: ThreadPoolExecutor, source: Source) -> None:
        """Fill the threads, several runs at a time, so that claiming stays cheap."""
        free = self._threads - len(self._in_hand)
        if self._stopped or (self._in_hand and free < self._threads // 4):
            return
        runs = claims.claim(self._environment_id, self._owner, free)
        wanted = [(registry[run.resource], scope_of(run)) for run in runs]
        fresh = freshness.load(wanted) if wanted else {}
        jobs = [
            Job(run, resource, scope, fresh[scope.key, resource.name])
            for run, (resource, scope) in zip(runs, wanted, strict=True)
        ]
        read = engine.read_so_far(job.scope for job in jobs) if jobs else set()
        for job in jobs:
            try:
                engine.check_parents(job.resource, job.scope, read)
            except engine.ParentsMissing as missing:
                self._record(job, missing)
                continue
            job.loops = engine.loop_values(job.resource, job.scope)
            self._in_hand[pool.submit(engine.fetch, job.resource, job.scope, source, job.loops)] = job

    def _end(self, future: Future[Fetched], source: Source) -> None:
        job = self._in_hand.pop(future)
        try:
            fetched = future.result()
            asked = (job.resource, job.scope, fetched, source, job.loops, job.freshness)
            if engine.unchanged(*asked):
                self._settled[job.run.pk] = (job, fetched.calls)
            else:
                engine.publish(*asked, self._lease(job))
                self._last_write = time.monotonic()
        except SourceError as error:
            self._record(job, error)
            self._judge(error)
        except claims.LeaseLost:
            logger.warning("sync run %s was taken over by another worker", job.run.pk)
        except Exception as error:  # noqa: BLE001 - one answer that breaks our code must not stop the others
            self._record(job, _logged(job, error))
        else:
            self._unavailable = 0
            if self._connection.health != Health.WORKING:
                health.record(self._connection)
        self._on_progress()

    def _lease(self, job: Job) -> claims.RunLease:
        return claims.RunLease(job.run, self._turn)

    def _turn(self) -> None:
        """Leave SQLite's one write lock to others for a moment; reading the next answer counts as leaving it."""
        if database.vendor == "sqlite":
            time.sleep(max(0.0, self._last_write + REST - time.monotonic()))

    def _settle(self, *, now: bool) -> None:
        """End unchanged runs together: one transaction for many costs little more than for one."""
        if not self._settled or (not now and len(self._settled) < TOGETHER):
            return
        with transaction.atomic():
            mine = claims.settle(self._owner, {pk: calls for pk, (_, calls) in self._settled.items()})
            freshness.remember_unchanged(job.freshness for pk, (job, _) in self._settled.items() if pk in mine)
        self._settled.clear()

    def _record(self, job: Job, error: SourceError | engine.ParentsMissing | engine.Broken) -> None:
        try:
            engine.record_error(error, job.freshness, self._lease(job))
        except claims.LeaseLost:
            logger.warning("sync run %s was taken over by another worker", job.run.pk)

    def _judge(self, error: SourceError) -> None:
        """Stop hammering a connection that cannot work: refused, disabled, or not there several times in a row."""
        self._unavailable = self._unavailable + 1 if error.kind == "unavailable" else 0
        if error.stops_connection or self._unavailable >= UNAVAILABLE_IN_A_ROW:
            health.record(self._connection, error)
            claims.fail_all_due(self._environment_id, kind=error.kind, code=error.code)

    def _beat(self) -> None:
        if time.monotonic() - self._last_beat > settings.SYNC_LEASE_SECONDS / 4:
            self._settle(now=True)
            claims.beat(self._owner, [job.run for job in self._in_hand.values()])
            self._last_beat = time.monotonic()


def _logged(job: Job, error: Exception) -> engine.Broken:
    """Where it broke goes into the log, under a reference; the error's own text may hold values and goes nowhere."""
    reference = uuid.uuid4().hex[:8]
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("sync run %s broke: %s, reference %s\n%s", job.run.pk, type(error).__name__, reference, frames)
    return engine.Broken(f"{type(error).__name__} {reference}")
