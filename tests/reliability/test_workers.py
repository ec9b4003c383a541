"""R4: several workers at once. No run is worked on twice; a worker that slept through its lease publishes nothing."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from portal import clock
from portal.companies.models import Company
from portal.connections.models import Environment
from portal.mirror.models import Freshness
from portal.nmbrs.sandbox import SandboxProcess
from portal.sync import plans
from portal.sync.models import Status, SyncPlan, SyncRun, Trigger
from portal.sync.service import sync_now
from portal.sync.tasks import work
from tests.reliability import processes
from tests.reliability.reader import Reader, look
from tests.reliability.truth import check

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

WORKERS = 4
#: What there must be before anything is read of a company.
ABOVE = ("debtors", "companies")
KINDS = ("current_period", "company_address", "hour_codes", "wage_codes", "company_schedules")
#: Runs, and what is asked before them.
RUNS = "debtors,companies,current_period,runs"


@pytest.fixture(autouse=True)
def quick_budget(settings: Any) -> None:
    settings.NMBRS_FIXED_RATE = True


def four_workers(connect: Callable[[str], Environment], folder: Path, settings: Any, *, debtors: int) -> None:
    with (
        SandboxProcess(debtors=debtors, companies=1, employees=1, seed=7, today=clock.today()) as sandbox,
        Reader(pause=0.1) as reader,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]
        environment = connect(sandbox.url)
        for resource in ABOVE:
            sync_now(environment, resource=resource)
        sandbox.forget_requests()
        for resource in KINDS:
            plans.start(environment, trigger=Trigger.COMMAND, resource=resource)
        runs = SyncRun.objects.filter(resource__in=KINDS)
        assert runs.count() == debtors * len(KINDS)
        variables = processes.environment_of_children(sandbox.url, folder, lease=30)
        # Few in hand at a time, so that there is something left for everybody.
        variables["SYNC_FETCH_THREADS"] = "4"
        owners: dict[int, set[str]] = {}
        with processes.Workshop(variables) as workshop, ExitStack() as stack:
            workers = [workshop.start(environment.pk, folder / f"{n}.log") for n in range(WORKERS)]
            stack.enter_context(processes.ended(*workers))

            def done() -> bool:
                for pk, owner in runs.exclude(lease_owner="").values_list("pk", "lease_owner"):
                    owners.setdefault(pk, set()).add(owner)
                return all(worker.poll() is not None for worker in workers)

            processes.wait_until("the work of four", done, 600, pause=0.01)
        assert [worker.returncode for worker in workers] == [0] * WORKERS
        assert not SyncPlan.objects.filter(finished=None).exists()
        assert set(runs.values_list("status", "lease_no", "attempts")) == {(Status.SUCCEEDED, 1, 1)}
        # The log of who had what: every run one owner, and more than one owner in all.
        assert {len(found) for found in owners.values()} == {1}
        shares = Counter(owner for found in owners.values() for owner in found)
        assert len(shares) > 1
        # What Nmbrs saw: each question once, and as many as the runs say.
        asked = Counter((call.operation, tuple(sorted(call.parameters.items()))) for call in sandbox.requests)
        assert set(asked.values()) == {1}
        assert runs.aggregate(Sum("calls"))["calls__sum"] == asked.total()
        # Each kind of a company was seen as it is now or not at all, and it is as Nmbrs has it.
        assert reader.problem is None
        assert reader.looks > 1
        assert reader.strange({}, look()) == []
        verdict = check(environment, only=(*ABOVE, *KINDS))
        assert verdict.equal, str(verdict)
        assert verdict.rows > debtors * len(KINDS)
        shares_seen = sorted(shares.values())
        print(
            f"R4: {runs.count()} runs of {debtors} debtors, {asked.total()} calls, each once; seen {shares_seen}; "
            f"{reader.looks} looks of the reader, 0 strange; then {verdict}"
        )


@pytest.mark.timeout(300)
def test_four_workers_never_work_on_one_run_twice(
    connect: Callable[[str], Environment], tmp_path: Path, settings: Any
) -> None:
    four_workers(connect, tmp_path, settings, debtors=24)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_four_workers_and_three_hundred_debtors_never_work_on_one_run_twice(
    connect: Callable[[str], Environment], tmp_path: Path, settings: Any
) -> None:
    four_workers(connect, tmp_path, settings, debtors=300)


def sleepers(connect: Callable[[str], Environment], folder: Path, settings: Any, *, times: int) -> None:
    with (
        SandboxProcess(debtors=1, companies=1, employees=6, seed=7, today=clock.today()) as sandbox,
        processes.Workshop(processes.environment_of_children(sandbox.url, folder, lease=2)) as workshop,
        Reader(pause=0.1) as reader,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]
        environment = connect(sandbox.url)
        sync_now(environment, resource=RUNS)
        company = Company.objects.get()
        before = look()
        for number in range(times):
            slow = {"kind": "latency", "seconds": 1, "operation": "Run_GetList", "company": company.remote_id}
            sandbox.control("PUT", "faults", [{**slow, "count": 1}])
            # Whatever comes back is read in full, so that both of them want to publish.
            Freshness.objects.filter(company=company, resource="runs").update(digest=b"")
            plan = plans.start(company, trigger=Trigger.COMMAND, resource="runs")
            run = plan.runs.get()
            log = folder / f"sleeper{number}.log"
            sleeper = workshop.start(environment.pk, log)
            with processes.ended(sleeper):
                processes.wait_until("the claim", lambda run=run: _fresh(run).status == Status.RUNNING)  # type: ignore[misc]
                # It has asked by now and waits for the answer.
                time.sleep(0.3)
                os.kill(sleeper.pid, signal.SIGSTOP)
                assert (_fresh(run).status, _fresh(run).lease_no) == (Status.RUNNING, 1)
                # Nmbrs moves on, the lease runs out, and another worker takes over.
                sandbox.advance()
                processes.wait_until("the lease's end", lambda run=run: _fresh(run).lease_until < clock.now())  # type: ignore[misc, operator]
                work(environment.pk)
                after, rows = _fresh(run), _rows(company)
                assert (after.status, after.lease_no, after.attempts) == (Status.SUCCEEDED, 2, 2)
                os.kill(sleeper.pid, signal.SIGCONT)
                assert sleeper.wait(60) == 0
            assert "was taken over by another worker" in log.read_text()
            assert _state(_fresh(run)) == _state(after)
            assert _rows(company) == rows
            # Nobody saw anything but what stood there before and what the other worker published.
            published = look()
            assert reader.problem is None
            assert reader.strange(before, published) == []
            before = published
            reader.forget()
        # Nmbrs' own data, as this test moved on far more often than it synced.
        sync_now(environment, resource=RUNS)
        sync_now(environment, resource=RUNS)
        ours = set(company.run_set.values_list("remote_id", flat=True))
        assert ours == {run.id for one in sandbox.firm.companies() for run in one.runs}
        verdict = check(environment, moved=True, only=RUNS.split(","))
        assert verdict.equal, str(verdict)
        assert verdict.rows > len(ours)
        assert reader.looks > times
    print(
        f"R4: {times} of {times} publishes of a worker that slept through its lease were refused; "
        f"{reader.looks} looks of the reader, 0 strange; then {verdict}"
    )


@pytest.mark.timeout(300)
def test_a_worker_that_was_stopped_and_woken_after_another_published_is_refused(
    connect: Callable[[str], Environment], tmp_path: Path, settings: Any
) -> None:
    sleepers(connect, tmp_path, settings, times=2)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_of_twenty_workers_that_slept_through_their_lease_none_publishes(
    connect: Callable[[str], Environment], tmp_path: Path, settings: Any
) -> None:
    sleepers(connect, tmp_path, settings, times=20)


def _fresh(run: SyncRun) -> SyncRun:
    return SyncRun.objects.get(pk=run.pk)


def _state(run: SyncRun) -> tuple[object, ...]:
    return run.status, run.lease_no, run.finished, run.calls, run.read, run.added, run.changed, run.missing


def _rows(company: Company) -> set[tuple[str, bytes]]:
    return {(key, bytes(print_)) for key, print_ in company.run_set.values_list("key", "fingerprint")}
