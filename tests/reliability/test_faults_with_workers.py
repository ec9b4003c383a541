"""R2 with real clusters: they retry, wait and wake each other as they do for a firm, while a twentieth of the calls
fails in each of more than twenty ways. One cluster on SQLite, two on PostgreSQL.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection

from portal import clock
from portal.connections.models import Environment
from portal.mirror.models import Freshness, Quarantine, State
from portal.nmbrs.sandbox import SandboxProcess
from portal.sync import breaker, plans
from portal.sync.models import ROTATION, SyncPlan, SyncRun, Trigger
from portal.sync.tasks import wake
from tests.reliability import processes
from tests.reliability.mixture import HONEST, put, stop
from tests.reliability.reader import Reader, States, look
from tests.reliability.truth import assert_equal, check

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

#: Seconds between two looks of the reader.
PAUSE = 0.1
#: Seconds that a plan may take: of a call in trouble each try waits up to 20 s before the next.
LONGEST = 900


def synced(environment: Environment) -> list[SyncPlan]:
    """Everything, by whichever cluster takes it: first the fast lane, then the slow one, whose people it found."""
    done = []
    for resource in ("", ROTATION):
        done.append(plans.start(environment, trigger=Trigger.COMMAND, resource=resource))
        wake(environment.pk)
        open_plans = SyncPlan.objects.filter(finished=None)
        processes.wait_until("a sync under faults", lambda found=open_plans: not found.exists(), LONGEST, pause=0.2)  # type: ignore[misc]
    return done


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_ten_rounds_of_faults_and_real_workers_make_nothing_missing_and_one_honest_round_heals_all(
    connect: Callable[[str], Environment], tmp_path: Path
) -> None:
    rounds, seed = 10, 60
    clusters = 2 if connection.vendor == "postgresql" else 1
    with (
        SandboxProcess(debtors=2, companies=1, employees=15, seed=7, today=clock.today()) as sandbox,
        Reader(PAUSE) as reader,
        ExitStack() as running,
    ):
        environment = connect(sandbox.url)
        variables = processes.environment_of_children(sandbox.url, tmp_path, lease=60)
        running.enter_context(
            processes.ended(
                *(processes.start_cluster(variables, tmp_path / f"cluster-{one}.log") for one in range(clusters))
            )
        )
        before: States = {}

        def seen_whole() -> None:
            """Whatever the reader saw meanwhile of a company stood there before or stands there now."""
            nonlocal before
            after = look()
            assert reader.problem is None
            assert reader.strange(before, after) == [], f"seed {seed}"
            before = after
            reader.forget()

        synced(environment)
        seen_whole()
        assert_equal(environment, least=500, slow=True)
        sandbox.advance()
        hits: dict[str, int] = {}
        for number in range(rounds):
            put(sandbox, HONEST, seed + number)
            synced(environment)
            for kind, count in stop(sandbox).items():
                hits[kind] = hits.get(kind, 0) + count
            seen_whole()
            verdict = check(environment, slow=True, moved=True)
            assert (verdict.falsely_missing, verdict.doubled) == ([], []), f"seed {seed}, round {number}: {verdict}"
            assert not Freshness.objects.filter(state=State.HELD).exists()
            breaker.reset(environment.pk)
        done = synced(environment)
        seen_whole()
        assert set(SyncRun.objects.filter(plans__in=done).values_list("status", flat=True)) == {"succeeded"}
        verdict = assert_equal(environment, least=500, slow=True, moved=True)
        assert not Quarantine.objects.exists()
        assert set(Freshness.objects.values_list("state", flat=True)) == {State.FRESH}
    missed = {str(rule["kind"]) for rule in HONEST} - {kind for kind, count in hits.items() if count}
    assert not missed, f"seed {seed}: never hit: {missed}"
    assert reader.looks > 2 * rounds
    print(
        f"R2 with {clusters} clusters, seed {seed}: {rounds} rounds, {sum(hits.values())} faults {hits}; "
        f"then {verdict}; {reader.looks} looks of the reader, 0 strange"
    )
