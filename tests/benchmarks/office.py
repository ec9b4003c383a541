"""A portal of its own for a measurement: database, var folder, settings and processes that others cannot disturb."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg

from tests.lanes import postgres_problem, postgres_url

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "portal_bench"


@dataclass
class Usage:
    """What a group of processes used: CPU seconds and the largest resident set of one process, in MB."""

    cpu: float
    peak: float


@dataclass
class Office:
    """A fresh database and folder for `vendor` ("sqlite" or "postgresql")."""

    vendor: str
    options: dict[str, str]
    folder: tempfile.TemporaryDirectory[str] = field(default_factory=lambda: tempfile.TemporaryDirectory("-portal"))

    def __enter__(self) -> Self:
        self.environment = {
            **os.environ,
            "PORTAL_ENV_FILE": os.devnull,
            "PORTAL_VAR": self.folder.name,
            "PORTAL_STATIC": f"{self.folder.name}/static",
            "PORTAL_HTTPS": "no",
            "SECRET_KEY": "bench-only-" + "x" * 50,
            "VAULT_KEYS": "9hZYrBCqT9j4eYfB1LyUzL0qZ0hT6C4DIfTvqQqT5cM=",
            "HASH_KEY": "bench-only-" + "h" * 50,
            "AUDIT_KEYS": "bench-only-" + "a" * 50,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": self._database(),
            "LOG_LEVEL": "ERROR",
            **self.options,
        }
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        self.manage("migrate", "--verbosity", "0")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.vendor == "postgresql":
            with psycopg.connect(postgres_url(), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        self.folder.cleanup()

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it prints."""
        return self._run("manage.py", *arguments)

    def python(self, module: str, *arguments: str) -> str:
        """Run a module inside the office's portal and return what it prints."""
        return self._run("-m", module, *arguments)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def shell(self, code: str) -> str:
        """Run Python inside the office's portal; returns what it prints."""
        return self.manage("shell", "--no-imports", "-c", code).strip()

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """Rows of a statement, read beside the portal: following a sync must not cost what a start of Django costs."""
        if self.vendor == "sqlite":
            with closing(sqlite3.connect(f"{self.folder.name}/bench.sqlite3", timeout=20)) as connection:
                return connection.execute(statement).fetchall()
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as server:
            return server.execute(statement.encode()).fetchall()

    @contextmanager
    def cluster(self) -> Iterator[psutil.Process]:
        """A worker cluster while the block runs."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", "qcluster"],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield psutil.Process(process.pid)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()

    def _database(self) -> str:
        if self.vendor == "sqlite":
            return f"sqlite:///{self.folder.name}/bench.sqlite3"
        url = postgres_url()
        if problem := postgres_problem(url):
            raise RuntimeError(f"no PostgreSQL: {problem}")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {DATABASE}")
        return urlunsplit(urlsplit(url)._replace(path=f"/{DATABASE}"))


def usage(root: psutil.Process) -> Usage:
    """CPU seconds so far of a process and its children, and the largest of them now."""
    cpu, peak = 0.0, 0.0
    for process in [root, *root.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            cpu += times.user + times.system
            peak = max(peak, peak_memory(process.pid))
    return Usage(cpu, peak)


def peak_memory(pid: int) -> float:
    """The high-water mark of a process in MB, from the kernel; 0 where it does not tell."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0
