"""Claiming runs: leases, heartbeats, the fence, and giving back.

Attempts are counted by the statement that claims, before any work: a queue cannot be trusted with it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Min, Q, Value, When
from django.db.models.functions import Coalesce, Concat

from portal import clock
from portal.mirror.engine import Outcome
from portal.mirror.models import Freshness, State
from portal.sync import poison
from portal.sync.models import OPEN, PARKED, Status, SyncRun

#: So many runs are looked at together when some are claimed.
PAGE = 100
#: More attempts than this without an end: a run that kills its worker is not tried for ever.
MOST_ATTEMPTS = 5

#: After so many of them a run is a suspect.
SUSPECT = 2

ENDS = {
    State.FRESH: Status.SUCCEEDED,
    State.HELD: Status.HELD,
    State.NOT_PERMITTED: Status.NOT_PERMITTED,
    State.FAILING: Status.FAILED,
}


#: What an outcome counts and a run adds up.
COUNTS = ("calls", "read", "added", "changed", "missing", "quarantined", "unknown_values", "unknown_elements")


class LeaseLost(Exception):
    """Somebody else works on this run by now; nothing may be published."""


class RunLease:
    """The engine's right to publish one run, good for one lease number.

    `people_left`: how many people the run still has to read after this slice, where it is limited. `beat`: the
    worker's heartbeat, for this run and what else is in its hand.
    """

    def __init__(
        self,
        run: SyncRun,
        turn: Callable[[], None] = lambda: None,
        people_left: int | None = None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._pk = run.pk
        self._careful = bool(run.place and "most" in run.place)
        self._most = run.place["most"] if run.place and self._careful else 0
        self._people_left = people_left
        self._lease_no = run.lease_no
        self.turn = turn
        self.beat = beat

    def fence(self, outcome: Outcome) -> None:
        """Record the outcome where the lease still holds; raise LeaseLost where it does not."""
        # Added up: a run over people goes on slice by slice.
        counts = {name: F(name) + getattr(outcome, name) for name in COUNTS}
        if outcome.whole:
            state: dict[str, object] = {"status": ENDS[State(outcome.state)], "finished": clock.now()}
        else:
            # There was progress, so the attempts begin anew. Somebody over whom workers die is still among the others.
            state = {"status": Status.DUE, "attempts": SUSPECT if self._careful else 0, "turn": F("turn") + 1}
            if self._people_left is not None:
                state["people_left"] = self._people_left
        done = SyncRun.objects.filter(pk=self._pk, lease_no=self._lease_no, status=Status.RUNNING).update(
            lease_owner="",
            lease_until=None,
            error_kind=outcome.error_kind,
            error_code=outcome.error_code,
            error_detail=outcome.detail,
            place={"most": self._most} if self._careful and not outcome.whole else None,
            **state,
            **counts,
        )
        if not done:
            raise LeaseLost

    def note(self, place: poison.Place | None) -> None:
        """Write down what is tried next, and hold on to the run meanwhile. Raises LeaseLost."""
        note(self._pk, self._lease_no, place)


def note(run_pk: int, lease_no: int, place: poison.Place | None) -> None:
    """The same for the run with this lease number."""
    held = SyncRun.objects.filter(pk=run_pk, lease_no=lease_no, status=Status.RUNNING)
    if not held.update(place=place, lease_until=clock.now() + lease_end()):
        raise LeaseLost


def settle(owner: str, calls: Mapping[int, int]) -> set[int]:
    """End many runs at once whose answers were unchanged: primary key -> calls made. Inside a transaction.

    Returns those that were still this owner's; the others were taken over and are left alone.
    """
    held = SyncRun.objects.filter(pk__in=calls, lease_owner=owner, status=Status.RUNNING)
    mine = set(held.select_for_update().values_list("pk", flat=True))
    by_count: dict[int, list[int]] = defaultdict(list)
    for pk in mine:
        by_count[calls[pk]].append(pk)
    SyncRun.objects.filter(pk__in=mine).update(
        status=Status.SUCCEEDED,
        finished=clock.now(),
        lease_owner="",
        lease_until=None,
        calls=Case(*[When(pk__in=pks, then=Value(count)) for count, pks in by_count.items()], default=Value(0)),
    )
    return mine


def lease_end() -> timedelta:
    """How long a claim holds without a heartbeat."""
    return timedelta(seconds=settings.SYNC_LEASE_SECONDS)


def claim(environment_id: int, owner: str, limit: int, last: int | None = None, *, alone: bool = True) -> list[SyncRun]:
    """Take up to `limit` runs whose turn it is: due, or left behind by a worker whose lease ran out.

    A run waits while one of a lower stage is open in its own or a wider scope. `last`: none of a later priority.
    A run that was in the hands of workers that died is taken by itself, and only by a worker that has nothing else in
    hand (`alone`): the next death then tells which one it was. Where the place of its last attempt tells what in it
    was deadly, that death is no attempt but a lesson.
    """
    now = clock.now()
    with transaction.atomic():
        picked = [_taught(run) for run in _ready(environment_id, limit, last)]
        worn_out = [run.pk for run in picked if run.attempts >= MOST_ATTEMPTS]
        SyncRun.objects.filter(pk__in=worn_out).update(
            status=Status.PARKED, finished=now, lease_owner="", lease_until=None, error_kind=PARKED
        )
        _say_parked(worn_out, now)
        fit = [run for run in picked if run.attempts < MOST_ATTEMPTS]
        if suspects := [run for run in fit if run.attempts >= SUSPECT]:
            fit = suspects[:1] if alone else [run for run in fit if run.attempts < SUSPECT]
        mine = [run.pk for run in fit]
        if not mine:
            return []
        for run in fit:
            if run.lesson is not None:
                SyncRun.objects.filter(pk=run.pk).update(place=run.lesson.place, attempts=run.attempts)
                poison.keep(SyncRun.objects.get(pk=run.pk), run.lesson)
        SyncRun.objects.filter(pk__in=mine).update(
            status=Status.RUNNING,
            lease_owner=owner,
            lease_until=now + lease_end(),
            lease_no=F("lease_no") + 1,
            attempts=F("attempts") + 1,
            started=Coalesce("started", now),
        )
    taken = SyncRun.objects.filter(pk__in=mine).select_related("debtor", "company__current", "employee")
    return list(taken.order_by("priority", "turn", "pk"))


def _say_parked(pks: list[int], now: datetime) -> None:
    """What was given up says so where its age is shown, and the next night does not try it again by itself."""
    for run in SyncRun.objects.filter(pk__in=pks, employee__isnull=True):
        row, _ = Freshness.objects.get_or_create(
            scope_key=run.scope_key,
            resource=run.resource,
            defaults={"environment_id": run.environment_id, "debtor_id": run.debtor_id, "company_id": run.company_id},
        )
        if row.state != State.HELD:
            Freshness.objects.filter(pk=row.pk).update(
                state=State.FAILING, error_kind=PARKED, error_code=None, last_attempt=now
            )


class Candidate(NamedTuple):
    """What a claim must know of a run."""

    pk: int
    debtor: int | None
    company: int | None
    stage: int
    attempts: int
    status: str
    place: poison.Place | None
    lesson: poison.Lesson | None = None


def _taught(run: Candidate) -> Candidate:
    """A run whose worker died, with what that tells: how often it was tried counts from there."""
    lesson = poison.lesson(run.place) if run.status == Status.RUNNING else None
    if lesson is None:
        return run
    if lesson.hopeless:
        return run._replace(attempts=MOST_ATTEMPTS)
    return run._replace(lesson=lesson, attempts=SUSPECT if lesson.place else 0)


def _ready(environment_id: int, limit: int, last: int | None) -> list[Candidate]:
    """The first runs in order that wait for nothing. Locks the rows it looks at; passes those others look at.

    What waits for what is worked out here and not in the statement: three nested NOT EXISTS made a first sync slower
    (docs/benchmarks.md).
    """
    now = clock.now()
    lowest = _lowest_open_stages(environment_id)
    runs = SyncRun.objects.filter(environment_id=environment_id).filter(
        Q(status=Status.DUE, not_before__lte=now) | Q(status=Status.RUNNING, lease_until__lt=now)
    )
    if last is not None:
        runs = runs.filter(priority__lte=last)
    ready: list[Candidate] = []
    looked_at = 0
    while len(ready) < limit:
        page = runs.order_by("priority", "turn", "pk").select_for_update(skip_locked=True, of=("self",))
        names = ("pk", "debtor_id", "company_id", "stage", "attempts", "status", "place")
        rows = page.values_list(*names)[looked_at : looked_at + PAGE]
        candidates = [Candidate(*row) for row in rows]
        ready += [run for run in candidates if not _waits(run, lowest)]
        if len(candidates) < PAGE:
            break
        looked_at += PAGE
    return ready[:limit]


def _lowest_open_stages(environment_id: int) -> dict[tuple[int | None, int | None], int]:
    """(debtor, company) -> the lowest stage that is open in exactly that scope."""
    rows = (
        SyncRun.objects.filter(environment_id=environment_id, status__in=OPEN)
        .order_by()
        .values_list("debtor_id", "company_id")
        .annotate(lowest=Min("stage"))
    )
    return {(debtor, company): lowest for debtor, company, lowest in rows}


def _waits(run: Candidate, lowest: Mapping[tuple[int | None, int | None], int]) -> bool:
    scopes = ((run.debtor, run.company), (run.debtor, None), (None, None))
    return any(lowest.get(scope, run.stage) < run.stage for scope in scopes)


def beat(owner: str, runs: Iterable[SyncRun]) -> None:
    """Hold on to the runs in hand. Written by the working loop itself, so a hung loop falls silent."""
    SyncRun.objects.filter(pk__in=[run.pk for run in runs], lease_owner=owner, status=Status.RUNNING).update(
        lease_until=clock.now() + lease_end()
    )


def give_back(owner: str, runs: Iterable[SyncRun]) -> None:
    """Return runs that were not done (a stop, a deploy); the attempt does not count."""
    SyncRun.objects.filter(pk__in=[run.pk for run in runs], lease_owner=owner, status=Status.RUNNING).update(
        status=Status.DUE, lease_owner="", lease_until=None, attempts=F("attempts") - 1
    )


def fail_all_due(environment_id: int, *, kind: str, code: int | None) -> None:
    """End every waiting run of an environment whose connection cannot be used; the reason stands on each.

    What these runs would have renewed says so too: pages then know that the last attempt failed, and still show the
    time of the last success. A held answer goes on waiting for its decision.
    """
    now = clock.now()
    place = Concat("scope_key", Value(" "), "resource")
    with transaction.atomic():
        due = SyncRun.objects.filter(environment_id=environment_id, status=Status.DUE)
        due.update(status=Status.FAILED, finished=now, error_kind=kind, error_code=code)
        failed = SyncRun.objects.filter(environment_id=environment_id, status=Status.FAILED, finished=now)
        touched = Freshness.objects.filter(environment_id=environment_id).exclude(state=State.HELD)
        touched.alias(place=place).filter(place__in=failed.order_by().values_list(place)).update(
            state=State.FAILING, error_kind=kind, error_code=code, last_attempt=now
        )
