"""On PostgreSQL the processes of several machines share one budget: a row, over connections of its own."""

import math
import multiprocessing
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import Queue

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction

from portal.connections import open_source
from portal.connections.budget import PostgresStore
from portal.connections.models import BudgetState
from portal.connections.setup import Credentials, try_credentials
from portal.nmbrs.throttle import Budget, State
from tests.nmbrs_throttle.test_budget import worst_second

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    # `make test` runs this lane where a server answers, and fails without one when REQUIRE_POSTGRES is set.
    pytest.mark.skipif(
        not django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="only on PostgreSQL"
    ),
]

FORKING = multiprocessing.get_context("fork")
NAME = "environment-1"


Other = psycopg.Connection[tuple[int, ...]]


def look() -> Other:
    """A session of somebody else on the database of the test."""
    given = connection.settings_dict
    return psycopg.connect(
        host=given["HOST"],
        port=given["PORT"] or 5432,
        user=given["USER"],
        password=given["PASSWORD"] or None,
        dbname=given["NAME"],
        autocommit=True,
    )


@pytest.fixture
def other() -> Iterator[Other]:
    with look() as opened:
        yield opened


def sessions(other: Other) -> set[int]:
    """The sessions of budgets."""
    rows = other.execute(
        "SELECT pid FROM pg_stat_activity"
        " WHERE application_name = 'portal call budget' AND datname = current_database()"
    )
    return {pid for (pid,) in rows}


def in_threads(rate: float, seconds: float, threads: int, told: "Queue[list[float]]") -> None:
    """Take slots in several threads of this process; tells the moments at which each was free."""
    budget = Budget(PostgresStore(NAME), ceiling=rate, fixed=True)
    end = time.monotonic() + seconds
    moments: list[float] = []

    def one() -> None:
        while time.monotonic() < end:
            budget.acquire()
            moments.append(time.monotonic())

    running = [threading.Thread(target=one) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    told.put(moments)


def together(processes: int, threads: int, rate: float, seconds: float) -> list[list[float]]:
    """What each of several processes got. They are forked, as django-q2's workers are."""
    told: Queue[list[float]] = FORKING.Queue()
    started = [FORKING.Process(target=in_threads, args=(rate, seconds, threads, told)) for _ in range(processes)]
    for process in started:
        process.start()
    shares = [told.get(timeout=30) for _ in started]
    for process in started:
        process.join()
        assert process.exitcode == 0
    return shares


@pytest.mark.parametrize(("processes", "threads"), [(1, 8), (3, 1), (3, 4)])
def test_processes_and_threads_together_keep_the_rate_and_share_it_fairly(processes: int, threads: int) -> None:
    rate, seconds = 100.0, 2.2
    shares = together(processes, threads, rate, seconds)
    moments = [moment for share in shares for moment in share]
    # Slots lie a twentieth further apart than the rate says.
    assert len(moments) / (max(moments) - min(moments)) == pytest.approx(rate / 1.05, rel=0.05)
    assert worst_second(moments) <= rate + processes
    assert min(map(len, shares)) >= 0.8 * max(map(len, shares))


def test_a_fork_neither_uses_nor_closes_the_connection_of_its_parent(
    other: Other,
) -> None:
    store = PostgresStore(NAME)
    budget = Budget(store, ceiling=100)
    budget.acquire()
    mine = sessions(other)

    def child(told: "Queue[set[int]]") -> None:
        budget.acquire()
        with look() as from_there:
            told.put(sessions(from_there))

    told: Queue[set[int]] = FORKING.Queue()
    process = FORKING.Process(target=child, args=(told,))
    process.start()
    seen = told.get(timeout=20)
    process.join()
    assert process.exitcode == 0
    assert len(mine) == 1
    assert mine < seen
    budget.acquire()
    assert mine <= sessions(other)


def test_a_killed_connection_is_opened_again_and_keeps_the_state(other: Other) -> None:
    budget = Budget(PostgresStore(NAME), ceiling=100, start=60)
    budget.acquire()
    budget.give_way()
    (before,) = sessions(other)
    other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    assert budget.rate() == 30
    (after,) = sessions(other)
    assert after != before


def test_giving_way_in_one_process_is_felt_in_another() -> None:
    here = Budget(PostgresStore(NAME), ceiling=100, start=80)
    here.acquire()
    process = FORKING.Process(target=Budget(PostgresStore(NAME), ceiling=100, start=80).give_way)
    process.start()
    process.join()
    assert process.exitcode == 0
    assert here.rate() == 40
    began = time.monotonic()
    here.acquire()
    assert time.monotonic() - began >= 0.3


def test_somebody_who_holds_the_row_and_dies_stops_nobody(other: Other) -> None:
    budget = Budget(PostgresStore(NAME), ceiling=100)
    budget.acquire()
    other.execute("BEGIN")
    other.execute("SELECT 1 FROM connections_budgetstate WHERE name = %s FOR UPDATE", [NAME])
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(budget.acquire)
        time.sleep(0.3)
        assert not waiting.done()
        other.close()
        assert waiting.result(timeout=5) < 0.5


def test_every_number_is_kept_as_it_is_also_the_one_for_not_yet() -> None:
    kept = State(slot=1_764_000_000.123456, rate=19.999999999, slowed=-math.inf, grown=0.1)
    PostgresStore(NAME).exchange(lambda state, now: (kept, None))
    assert PostgresStore(NAME).exchange(lambda state, now: (kept, state)) == kept
    row = BudgetState.objects.get(pk=NAME)
    assert State(row.slot, row.rate, row.slowed, row.grown) == kept


def test_the_clock_is_the_databases_and_counts_from_1970(other: Other) -> None:
    kept = State(0, 1, 0, 0)
    assert PostgresStore(NAME).exchange(lambda state, now: (kept, (state, now))) == (
        None,
        pytest.approx(time.time(), abs=5),
    )


def test_the_row_is_not_held_by_a_transaction_of_django() -> None:
    with transaction.atomic():
        Budget(PostgresStore(NAME), ceiling=100).acquire()
        process = FORKING.Process(target=Budget(PostgresStore(NAME), ceiling=100).acquire)
        process.start()
        process.join(timeout=5)
        assert process.exitcode == 0
        transaction.set_rollback(True)
    assert BudgetState.objects.filter(pk=NAME).exists()


def test_a_connection_is_closed_with_its_store(other: Other) -> None:
    store = PostgresStore(NAME)
    Budget(store, ceiling=100).acquire()
    assert len(sessions(other)) == 1
    del store
    until = time.monotonic() + 5
    while sessions(other):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_stored_connection_uses_the_row_and_one_that_is_tried_a_file(connected, own_folder) -> None:
    source = open_source(connected.connection)
    assert source.check_credentials() == "demo"
    source.close()
    assert [row.name for row in BudgetState.objects.all()] == [f"environment-{connected.environment.pk}"]
    try_credentials(Credentials(connected.sandbox.url, "api@demo.example", "demo-token"))
    assert [path.name for path in (own_folder / "budget").iterdir()] == ["trying"]
    assert BudgetState.objects.count() == 1
