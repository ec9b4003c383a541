"""R14: a full disk. The sync ends with a reason, what was there stays whole, and it goes on when there is room."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from portal import clock
from portal.connections.models import Environment
from portal.employees.models import Employee, Salary
from portal.nmbrs.sandbox import SandboxProcess
from portal.sync.models import OPEN, ROTATION, Status, SyncPlan, SyncRun
from portal.sync.service import sync_now
from tests.benchmarks.office import Office
from tests.full_disk import full_disk
from tests.reliability import processes
from tests.reliability.reader import Reader, look
from tests.reliability.truth import assert_equal

# SQLite only: PostgreSQL's disk is the server's, and its behaviour there is not ours to test.
pytestmark = [pytest.mark.timeout(300)]

#: How many kinds of how many companies came in.
KNOWN = "SELECT COUNT(*) FROM mirror_freshness WHERE last_success IS NOT NULL"
#: Pages by which the database may still grow.
ROOM = 12


def integrity() -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_stops_the_sync_with_a_reason_keeps_the_rows_and_lets_it_go_on(
    connect: Callable[[str], Environment], settings: Any
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    settings.NMBRS_FIXED_RATE = True
    with (
        SandboxProcess(debtors=2, companies=1, employees=6, seed=7, today=clock.today()) as sandbox,
        Reader(pause=0.1) as reader,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]
        environment = connect(sandbox.url)
        for resource in ("debtors", "companies", "employee_types", "current_period", "employees"):
            sync_now(environment, resource=resource)
        people = set(Employee.objects.values_list("pk", "fingerprint"))
        assert people
        with full_disk(ROOM):
            for resource in ("", ROTATION):
                try:
                    sync_now(environment, resource=resource)
                except OperationalError as error:
                    # The worker's last words could not be written either: the queue gets the error, the leases run out.
                    assert "full" in str(error)
            assert reader.strange({}, look()) == []
            assert set(Employee.objects.values_list("pk", "fingerprint")) == people
            assert integrity() == "ok"
            failed = SyncRun.objects.filter(status=Status.FAILED)
            told, left = failed.filter(error_kind="disk_full"), SyncRun.objects.filter(status__in=OPEN)
            # Where not even the reason could be written, the run waits for its lease.
            assert not failed.exclude(error_kind="disk_full").exists()
            assert left.exists()
            print(f"R14: {told.count()} runs say why, {left.count()} wait")
        SyncRun.objects.filter(status=Status.RUNNING).update(lease_until=clock.now())
        sync_now(environment)
        sync_now(environment)
        # A rotation that was planned on the full disk goes on with the people of whom an employment was known then.
        sync_now(environment, resource=ROTATION)
        sync_now(environment, resource=ROTATION)
        assert not SyncPlan.objects.filter(finished=None).exists()
        verdict = assert_equal(environment, least=500, slow=True)
        assert integrity() == "ok"
        # Nmbrs stood still: each kind of a company was seen as it is now or not at all.
        assert reader.problem is None
        assert reader.looks > 1
        assert reader.strange({}, look()) == []
        print(f"R14: then {verdict}; {reader.looks} looks of the reader, 0 strange")
    assert Salary.objects.exists()


@contextmanager
def small_file_system(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own in memory; skips, loudly, where the machine does not allow mounting."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("NOT RUN: this machine does not allow mounting a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def looking(office: Office) -> Iterator[Callable[[], tuple[int, list[str]]]]:
    """A reader looks on; what is given ends it and says how often it looked and what was strange."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.looking"],
        cwd=processes.ROOT,
        env=office.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def end() -> tuple[int, list[str]]:
        said, _ = process.communicate()
        assert process.returncode == 0
        told = json.loads(said)
        return told["looks"], told["strange"]

    try:
        yield end
    finally:
        process.kill()
        process.wait()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_file_system_that_is_full_stops_a_real_cluster_and_freeing_it_lets_it_go_on(tmp_path: Path) -> None:
    if not shutil.which("mount") or os.geteuid():
        pytest.skip("NOT RUN: mounting needs root")
    with (
        small_file_system(tmp_path / "small", 64) as small,
        SandboxProcess(debtors=4, companies=2, employees=40, seed=7, today=clock.today()) as sandbox,
        Office(
            "sqlite",
            {
                "NMBRS_HOSTS": sandbox.url,
                "NMBRS_FIXED_RATE": "yes",
                "SYNC_LEASE_SECONDS": "3",
                "SYNC_LEAST_FREE_MB": "0",
                "TMPDIR": str(tmp_path),
            },
        ) as office,
        ExitStack() as seen,
    ):
        # Only the database lives on the small file system.
        office.environment["DATABASE_URL"] = f"sqlite:///{small / 'bench.sqlite3'}"
        office.manage("migrate", "--verbosity", "0")
        office.shell(
            "from portal.accounts.models import Firm; from portal.connections.models import *;"
            "e = Environment.objects.create(firm=Firm.objects.create(name='K'), domain='demo');"
            f"Connection.objects.create(environment=e, host='{sandbox.url}', user='api@demo.example',"
            " token='demo-token', ceiling=140);"
            "from portal.mirror.opt_ins import choose; from portal.mirror.resource import OptIn;"
            "[choose(e.pk, kind, on=True) for kind in OptIn];"
            "from portal.sync import plans, tasks; from portal.sync.models import Trigger;"
            "plans.start(e, trigger=Trigger.COMMAND); tasks.wake(e.pk)"
        )
        ballast = small / "ballast"
        reader = seen.enter_context(looking(office))

        def ask(statement: str) -> int:
            with closing(sqlite3.connect(small / "bench.sqlite3", timeout=20)) as database:
                return int(database.execute(statement).fetchone()[0] or 0)

        def fill() -> None:
            left = shutil.disk_usage(small).free
            with ballast.open("wb") as file:
                file.write(b"x" * max(0, left - 1_500_000))

        with office.cluster():
            processes.wait_until("some people", lambda: ask("SELECT COUNT(*) FROM employees_employee") > 50)
            fill()
            processes.wait_until("the disk to be full", lambda: shutil.disk_usage(small).free < 100_000, 60)
            before, known = ask("SELECT COUNT(*) FROM employees_employee"), ask(KNOWN)
            time.sleep(8)
            # Reading goes on.
            assert ask("SELECT COUNT(*) FROM employees_employee") >= before
        with closing(sqlite3.connect(small / "bench.sqlite3")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        failed = ask("SELECT COUNT(*) FROM sync_syncrun WHERE status = 'failed'")
        assert failed == ask("SELECT COUNT(*) FROM sync_syncrun WHERE status = 'failed' AND error_kind = 'disk_full'")
        ballast.unlink()
        office.shell(
            "from portal.connections.models import Environment; from portal.sync import plans, tasks;"
            "from portal.sync.models import Trigger; e = Environment.objects.get();"
            "plans.start(e, trigger=Trigger.COMMAND); tasks.wake(e.pk)"
        )
        with office.cluster():
            processes.wait_until(
                "the rest", lambda: not ask("SELECT COUNT(*) FROM sync_syncplan WHERE finished IS NULL"), 240
            )
        office.shell(
            "from portal.connections.models import Environment; from portal.sync import plans, tasks;"
            "from portal.sync.models import Trigger; e = Environment.objects.get();"
            "plans.start(e, trigger=Trigger.COMMAND); tasks.wake(e.pk)"
        )
        with office.cluster():
            processes.wait_until(
                "a second round", lambda: not ask("SELECT COUNT(*) FROM sync_syncplan WHERE finished IS NULL"), 240
            )
        said = office.shell(
            "from tests.reliability.truth import check; from portal.connections.models import Environment;"
            "print(v := check(Environment.objects.get()), '/', v.equal)"
        )
        assert said.endswith("/ True"), said
        assert ask(KNOWN) > known
        # Nmbrs stood still: each kind of a company was seen as it is now or not at all.
        looks, strange = reader()
        assert looks > 1
        assert strange == []
    print(
        f"R14: tmpfs of 64 MB full at {before} people, {failed} runs failed with a reason; afterwards {said}; "
        f"{looks} looks of the reader, 0 strange"
    )
