"""Real processes on the database of a test: clusters, single workers, and waiting for what they do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection

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


def start_worker(environment_id: int, environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """One process that does what one wake-up does: the real task, without the queue before it."""
    return start(["-m", "tests.reliability.shift", str(environment_id)], environment, log)


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """SIGKILL to a process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def ended(*processes: "subprocess.Popen[bytes]") -> Iterator[None]:
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
