"""Real processes on the database of a test: clusters, single workers, and waiting for what they do."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from django.db import connection

from portal import clock
from portal.sync.models import Status, SyncRun

ROOT = Path(__file__).resolve().parents[2]
#: Seconds; short, so that what a killed worker held is soon free again.
LEASE = 3


def environment_of_children(url: str, var: Path, lease: int = LEASE) -> dict[str, str]:
    """Environment variables with which a process works on the database of this test."""
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        database = f"sqlite:///{parts['NAME']}"
    else:
        password = f":{parts['PASSWORD']}" if parts["PASSWORD"] else ""
        database = f"postgres://{parts['USER']}{password}@{parts['HOST']}:{parts['PORT'] or 5432}/{parts['NAME']}"
    return os.environ | {
        "DATABASE_URL": database,
        "PORTAL_VAR": str(var),
        "SYNC_LEASE_SECONDS": str(lease),
        "NMBRS_HOSTS": url,
        "NMBRS_FIXED_RATE": "yes",
        "PORTAL_HTTPS": "no",
        "PORTAL_ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "LOG_LEVEL": "WARNING",
    }


def start(arguments: list[str], environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """A process in a group of its own; what it says goes to `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment, start_new_session=True, stdout=out, stderr=out
        )


def start_cluster(environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """A real django-q2 cluster."""
    return start(["manage.py", "qcluster"], environment, log)


class Forked:
    """A worker in a group of its own, forked by a workshop; asked after as a Popen is."""

    def __init__(self, pid: int, ask: Callable[[dict[str, object]], Any]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ask = ask

    def poll(self) -> int | None:
        """How it ended; None while it lives."""
        if self.returncode is None:
            self.returncode = self._ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        """Wait for its end."""
        wait_until("the end of a worker", lambda: self.poll() is not None, timeout, pause=0.01)
        assert self.returncode is not None
        return self.returncode


class Workshop:
    """Starts single workers: processes that do what one wake-up does, the real task without the queue before it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.workshop"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def start(self, environment_id: int, log: Path, deadly: str = "") -> Forked:
        """A worker for an environment that dies of the salary with the id `deadly`; what it says goes to `log`."""
        return Forked(self._ask({"environment": environment_id, "deadly": deadly, "log": str(log)}), self._ask)

    def _ask(self, question: dict[str, object]) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


def kill_group(process: "subprocess.Popen[bytes] | Forked") -> None:
    """SIGKILL to a process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def ended(*processes: "subprocess.Popen[bytes] | Forked") -> Iterator[None]:
    """Whatever happens inside, none of these processes outlives the block."""
    try:
        yield
    finally:
        for process in processes:
            kill_group(process)


def wait_until(what: str, done: Callable[[], bool], seconds: float = 120, pause: float = 0.02) -> None:
    """Look again and again until `done`."""
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, f"{what} took longer than {seconds} seconds"
        time.sleep(pause)


def wait_for_leases() -> None:
    """Return when nothing is held any more by workers that died."""
    held = SyncRun.objects.filter(status=Status.RUNNING)
    wait_until("the end of the leases", lambda: not held.filter(lease_until__gt=clock.now()).exists(), pause=0.1)
