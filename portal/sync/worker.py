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
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from django.conf import settings
from django.db import OperationalError, transaction
from django.db import connection as database

from portal.connections import health, open_source
from portal.connections.models import Connection, Health
from portal.jobs.hindrance import Hindrance, hindrance
from portal.jobs.room import is_disk_full
from portal.mirror import engine, freshness
from portal.mirror.asked import Asked
from portal.mirror.guards import WrongScope
from portal.mirror.models import Freshness
from portal.mirror.people import People
from portal.mirror.quarantine import killers
from portal.mirror.resource import Lane, registry
from portal.mirror.statistics import Statistics
from portal.source import Fetched, LoopValue, Source, SourceError
from portal.sync import breaker, claims, plans
from portal.sync.models import OPEN, SyncRun
from portal.sync.notices import record_and_tell, wrong_answer
from portal.sync.poison import Place
from portal.sync.scopes import scope_of
from portal.sync.slow_lane import SLICE, next_slice
from portal.sync.trial import Trial

logger = logging.getLogger(__name__)

#: Seconds that SQLite's other writers get between two publishes of rows.
REST = 0.02
#: Seconds between two looks while other workers hold everything.
PAUSE = 0.3
#: Unchanged runs are ended together, so many seconds after the first of them: one transaction for many costs little
#: more than for one.
TOGETHER = 1.0
#: So many times the number of threads are claimed at most: a claim costs the same for few runs as for many.
IN_HAND = 2
#: Seconds without an answer after which the loop looks up: for its heartbeat and for being told to stop.
LOOK_UP = 0.5
#: Failures in a row that mean "Nmbrs is not there" rather than "this answer is bad".
UNAVAILABLE_IN_A_ROW = 5


@dataclass
class Job:
    """A claimed run on its way."""

    run: SyncRun
    asked: Asked
    freshness: Freshness
    people: People | None = None
    people_left: int | None = None


class Worker:
    """Works on one environment until nothing is ready, time is up, it is told to stop, or something hinders it.

    `last`: runs of a later priority are left to others. `hindrance`: what ended the work before it was done.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        seconds: float = float("inf"),
        stopping: Callable[[], bool] = lambda: False,
        on_progress: Callable[[], None] = lambda: None,
        last: int | None = None,
    ) -> None:
        self._connection = connection
        self._environment_id = connection.environment_id
        self._until = time.monotonic() + seconds
        self._stopping = stopping
        self._on_progress = on_progress
        self._last_priority = last
        self._owner = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self._threads = settings.SYNC_FETCH_THREADS
        self._in_hand: dict[Future[Fetched], Job] = {}
        self._answered: SimpleQueue[Future[Fetched]] = SimpleQueue()
        self._settled: dict[int, tuple[Job, int]] = {}
        self._settled_since = 0.0
        self._unavailable = 0
        self._last_beat = self._last_write = time.monotonic()
        self._statistics = Statistics()
        self._stopped = False
        self.hindrance: Hindrance | None = None
        self._full = False
        #: Claim again when no more than this many are in hand.
        self._low = self._threads

    def work(self) -> None:
        """Do what is ready. Returns when nothing is claimable or the loop was stopped; leases are given back."""
        self.hindrance = hindrance()
        if self.hindrance:
            logger.error(self.hindrance.sentence)
            return
        source = open_source(self._connection)
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="fetch")
        try:
            while True:
                self._stopped = self._stopped or self._stopping() or time.monotonic() > self._until
                self._claim(pool, source)
                if not self._in_hand:
                    if self._stopped or self.hindrance:
                        return
                    if not self._more_to_come():
                        self._statistics.renew()
                        return
                    continue
                done = self._wait()
                for future in done:
                    self._end(future, source)
                    if self._full:
                        return
                self._settle(now=self._stopped or not done or not self._in_hand)
                self._beat()
                if self._stopped:
                    return
                self._statistics.keep_up()
        finally:
            held = [*self._in_hand.values(), *(job for job, _ in self._settled.values())]
            self._give_back([job.run for job in held])
            for future in self._in_hand:
                future.cancel()
            pool.shutdown(wait=False, cancel_futures=True)
            source.close()

    def _wait(self) -> list[Future[Fetched]]:
        """The answers that have come in; waits a moment for the first."""
        done = []
        try:
            done.append(self._answered.get(timeout=LOOK_UP))
            while True:
                done.append(self._answered.get_nowait())
        except Empty:
            return done

    def _more_to_come(self) -> bool:
        """Whether there is or will be something to claim: plans grew, or other workers hold what this waits for."""
        if plans.finish_or_grow(self._environment_id):
            return True
        if SyncRun.objects.filter(environment_id=self._environment_id, status__in=OPEN).exists():
            time.sleep(PAUSE)
            return True
        return False

    def _claim(self, pool: ThreadPoolExecutor, source: Source) -> None:
        """Take runs before the threads run dry, many at a time, so that claiming stays cheap."""
        if self._stopped or len(self._in_hand) > self._low:
            return
        self.hindrance = hindrance()
        if self.hindrance:
            # What is in hand is ended; nothing new is begun.
            logger.error(self.hindrance.sentence)
            return
        if any(job.run.attempts > claims.SUSPECT for job in self._in_hand.values()):
            # What may have killed workers is worked on alone.
            return
        room = IN_HAND * self._threads - len(self._in_hand)
        if self._connection.health == Health.UNAVAILABLE:
            # One call tells whether Nmbrs is there again.
            room = min(room, 1 - len(self._in_hand))
            if room <= 0:
                return
        runs = claims.claim(self._environment_id, self._owner, room, self._last_priority, alone=not self._in_hand)
        wanted = [(registry[run.resource], scope_of(run)) for run in runs]
        fresh = freshness.load(wanted) if wanted else {}
        read = engine.read_so_far(scope for _, scope in wanted) if wanted else set()
        for run, (resource, scope) in zip(runs, wanted, strict=True):
            job = Job(run, Asked(resource, scope), fresh[scope.key, resource.name])
            try:
                engine.check_parents(resource, scope, read)
            except engine.ParentsMissing as missing:
                self._record(job, missing)
                continue
            loops = engine.loop_values(resource, scope, job.freshness)
            if resource.lane is Lane.SLOW:
                try:
                    self._choose_people(job, loops)
                except claims.LeaseLost:
                    logger.warning("sync run %s was taken over by another worker", run.pk)
                    continue
            else:
                job.asked = Asked(resource, scope, loops)
            future = pool.submit(job.asked.fetch, source)
            self._in_hand[future] = job
            future.add_done_callback(self._answered.put)
        # Where fewer were ready than there was room for, the others wait for what is in hand now.
        self._low = self._threads if len(runs) == room else len(self._in_hand) // 2

    def _choose_people(self, job: Job, loops: Mapping[str, Sequence[LoopValue]]) -> None:
        """The next people to ask about. Who is asked about is written down where workers died over this run before."""
        run, resource, scope = job.run, job.asked.resource, job.asked.scope
        suspect = run.attempts > claims.SUSPECT
        place: Place = run.place or Place()
        most = place.get("most", SLICE // 2 if suspect else SLICE)
        job.asked, job.people, job.people_left = next_slice(run, resource, scope, loops, most)
        if suspect or job.people.tried_again:
            place = {**place, "asking": list(job.people.pks), "sure": job.people.tried_again}
            if suspect:
                place["most"] = most
            run.place = place
            claims.note(run.pk, run.lease_no, place)

    def _end(self, future: Future[Fetched], source: Source) -> None:
        job = self._in_hand.pop(future)
        try:
            fetched = future.result()
            answered = job.asked.answered(fetched, source)
            if job.people is None and engine.unchanged(answered, job.freshness):
                if not self._settled:
                    self._settled_since = time.monotonic()
                self._settled[job.run.pk] = (job, fetched.calls)
            else:
                lease = self._lease(job)
                engine.publish(answered, job.freshness, lease, job.people, _trial(job, lease))
                self._last_write = time.monotonic()
        except SourceError as error:
            self._record(job, error)
            if not job.asked.resource.uncertain:
                self._judge(error)
        except claims.LeaseLost:
            logger.warning("sync run %s was taken over by another worker", job.run.pk)
        except WrongScope as wrong:
            self._record(job, wrong)
            wrong_answer(self._connection, job.run, wrong)
        except Exception as error:  # noqa: BLE001 - one answer that breaks our code must not stop the others
            if is_disk_full(error):
                self._stop_for_room(job)
            else:
                self._record(job, _logged(job, error))
        else:
            self._unavailable = 0
            if self._connection.health != Health.WORKING:
                health.record(self._connection)
                breaker.reset(self._environment_id)
        self._on_progress()

    def _stop_for_room(self, job: Job) -> None:
        """Say why this run failed, where there is room for that, and go no further: the others wait."""
        self.hindrance, self._full = Hindrance.DISK, True
        logger.error("sync run %s could not be stored: the disk is full", job.run.pk)
        try:
            self._record(job, engine.DiskFull())
        except OperationalError as error:
            if not is_disk_full(error):
                raise

    def _give_back(self, runs: list[SyncRun]) -> None:
        """Return what was not done. Where the disk has no room for that either, the leases run out by themselves."""
        try:
            claims.give_back(self._owner, runs)
        except OperationalError as error:
            if not (self._full and is_disk_full(error)):
                raise

    def _lease(self, job: Job) -> claims.RunLease:
        return claims.RunLease(job.run, self._turn, job.people_left, lambda: self._beat(job))

    def _turn(self) -> None:
        """Leave SQLite's one write lock to others for a moment; reading the next answer counts as leaving it."""
        if database.vendor == "sqlite":
            time.sleep(max(0.0, self._last_write + REST - time.monotonic()))

    def _settle(self, *, now: bool) -> None:
        """End unchanged runs together."""
        if not self._settled or (not now and time.monotonic() - self._settled_since < TOGETHER):
            return
        with transaction.atomic():
            mine = claims.settle(self._owner, {pk: calls for pk, (_, calls) in self._settled.items()})
            freshness.remember_unchanged(job.freshness for pk, (job, _) in self._settled.items() if pk in mine)
        self._settled.clear()

    def _record(self, job: Job, error: SourceError | engine.OwnError | WrongScope) -> None:
        try:
            engine.record_error(error, job.freshness, self._lease(job))
        except claims.LeaseLost:
            logger.warning("sync run %s was taken over by another worker", job.run.pk)

    def _judge(self, error: SourceError) -> None:
        """Stop hammering a connection that cannot work: refused, disabled, or not there several times in a row.

        Where it was not there before, one failure more is enough.
        """
        self._unavailable = self._unavailable + 1 if error.kind == "unavailable" else 0
        known = self._connection.health == Health.UNAVAILABLE
        gone = self._unavailable >= (1 if known else UNAVAILABLE_IN_A_ROW)
        if error.stops_connection or gone:
            record_and_tell(self._connection, error)
            claims.fail_all_due(self._environment_id, kind=error.kind, code=error.code)
        if gone:
            # Counted anew: what is on its way fails too, and that is the same outage.
            self._unavailable = -len(self._in_hand)
            breaker.trip(self._environment_id)

    def _beat(self, *at: Job) -> None:
        """Hold on to what is in hand, and to what is being read just now (`at`)."""
        if time.monotonic() - self._last_beat > settings.SYNC_LEASE_SECONDS / 4:
            self._settle(now=True)
            claims.beat(self._owner, [job.run for job in (*self._in_hand.values(), *at)])
            self._last_beat = time.monotonic()


def _trial(job: Job, lease: claims.RunLease) -> Trial | None:
    """How the answer is read where workers died over this run, or over a record that waits in quarantine; else None."""
    suspect = job.run.attempts > claims.SUSPECT
    held = {}
    if suspect or job.freshness.quarantined or job.people is not None:
        held = killers(job.asked.resource, job.asked.scope)
    return Trial(lease, job.run.place, held, suspect=suspect) if suspect or held else None


def _logged(job: Job, error: Exception) -> engine.Broken:
    """Where it broke goes into the log, under a reference; the error's own text may hold values and goes nowhere."""
    reference = uuid.uuid4().hex[:8]
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("sync run %s broke: %s, reference %s\n%s", job.run.pk, type(error).__name__, reference, frames)
    return engine.Broken(f"{type(error).__name__} {reference}")
