"""R1: SIGKILL to the worker or the whole cluster at random moments. The mirror ends equal to Nmbrs, row by row, and
nobody ever reads a resource of a company that is half-written.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.db.models import Count, Max, Q, Sum

from portal import clock
from portal.connections.models import Environment
from portal.nmbrs.sandbox import SandboxProcess
from portal.sync import plans
from portal.sync.models import OPEN, ROTATION, Status, SyncPlan, SyncRun, Trigger
from portal.sync.tasks import wake
from tests.reliability import processes
from tests.reliability.reader import Reader, States, look
from tests.reliability.truth import assert_equal

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

#: Seconds without a sign of life after which the cluster is started anew, as a supervisor would. Each such start costs
#: the run in hand an attempt, and on a busy machine a cluster needs ten seconds before it claims anything.
STALLED = 8 * processes.LEASE
#: Kills while one plan is worked off: five attempts are all that a run has, whoever is to blame.
A_PLAN = 4


class Killer:
    """Keeps a cluster at work, kills it or its worker, and counts."""

    def __init__(self, environment: Environment, url: str, folder: Path, seed: int) -> None:
        self._random = random.Random(seed)
        self._environment_id = environment.pk
        self._variables = processes.environment_of_children(url, folder)
        self._log = folder / "cluster.log"
        self.cluster = processes.start_cluster(self._variables, self._log)
        self.kills = {"worker": 0, "cluster": 0}
        self.restarts = 0

    @property
    def count(self) -> int:
        return sum(self.kills.values())

    def finish(self, kills: int) -> None:
        """Work the open plan off; meanwhile kill until there were so many kills in all, or `A_PLAN` for this plan."""
        kills = min(kills, self.count + A_PLAN)
        moved, moved_at = _signs_of_life(), time.monotonic()
        while SyncPlan.objects.filter(finished=None).exists():
            if self.count < kills and SyncRun.objects.filter(status=Status.RUNNING).exists():
                time.sleep(self._random.uniform(0, 1.2))
                self._kill()
                moved_at = time.monotonic()
            if moved != (moved := _signs_of_life()):
                moved_at = time.monotonic()
            elif time.monotonic() - moved_at > STALLED:
                # A worker that dies holding the queue's lock stalls its cluster (pitfalls.md 1, row 4).
                self.restarts += 1
                self._start_anew()
                moved_at = time.monotonic()
            time.sleep(0.05)

    def _kill(self) -> None:
        owners = SyncRun.objects.filter(status=Status.RUNNING).values_list("lease_owner", flat=True)
        pids = sorted({int(owner.partition("-")[0]) for owner in owners if owner})
        if pids and self._random.random() < 0.5:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.kills["worker"] += 1
            # In place of the schedule that wakes everybody once a minute.
            wake(self._environment_id)
        else:
            self.kills["cluster"] += 1
            self._start_anew()

    def _start_anew(self) -> None:
        self.close()
        wake(self._environment_id)
        self.cluster = processes.start_cluster(self._variables, self._log)

    def close(self) -> None:
        processes.kill_group(self.cluster)


def _signs_of_life() -> dict[str, object]:
    """Runs that ended, slices of people (each raises the turn of its run by one), claims and heartbeats."""
    signs: dict[str, object] = SyncRun.objects.aggregate(
        ended=Count("pk", filter=~Q(status__in=OPEN)),
        turns=Sum("turn"),
        claims=Sum("lease_no"),
        heartbeat=Max("lease_until"),
    )
    return signs


def kill_and_compare(
    connect: Callable[[str], Environment],
    folder: Path,
    *,
    kills: int,
    debtors: int,
    people: int,
    seed: int,
    pause: float = 0,
) -> None:
    with (
        SandboxProcess(
            debtors=debtors, companies=1, employees=people, seed=7, today=clock.today(), latency=0.05
        ) as sandbox,
        Reader(pause) as reader,
    ):
        environment = connect(sandbox.url)
        killer = Killer(environment, sandbox.url, folder, seed)
        before: States = {}
        rounds, said = 0, ""
        try:
            while killer.count < kills or not rounds:
                if rounds:
                    sandbox.advance()
                versions = [before]
                for resource in ("", ROTATION) if rounds else ("",):
                    plans.start(environment, trigger=Trigger.COMMAND, resource=resource)
                    wake(environment.pk)
                    killer.finish(kills)
                    versions.append(look())
                rounds += 1
                parked = SyncRun.objects.exclude(status__in=[*OPEN, Status.SUCCEEDED])
                assert list(parked.values_list("resource", "status", "attempts", "error_kind", "error_detail")) == []
                said = str(assert_equal(environment, least=500, slow=rounds > 1, moved=rounds > 1))
                assert reader.problem is None
                assert reader.strange(*versions) == [], f"seed {seed}"
                before = versions[-1]
                reader.forget()
        finally:
            killer.close()
    assert killer.count == kills
    assert reader.looks > 10 * rounds
    print(
        f"R1 seed {seed}: {killer.kills} kills in {rounds} rounds, {killer.restarts} restarts of a stalled cluster, "
        f"{said}; {reader.looks} looks of the reader, 0 strange"
    )


@pytest.mark.timeout(300)
def test_five_kills_lose_nothing_double_nothing_and_show_nothing_half(
    connect: Callable[[str], Environment], tmp_path: Path
) -> None:
    kill_and_compare(connect, tmp_path, kills=5, debtors=1, people=6, seed=1, pause=0.1)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_fifty_kills_lose_nothing_double_nothing_and_show_nothing_half(
    connect: Callable[[str], Environment], tmp_path: Path
) -> None:
    kill_and_compare(connect, tmp_path, kills=50, debtors=3, people=25, seed=2)
