"""What `make test` and `make test-long` run: SQLite, then the browser and PostgreSQL, in the quick run side by side.

The long run also runs the quick tests with the log at DEBUG.

Arguments are handed to pytest; `--long` chooses the long tests, `--check` runs `make check` first.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.chromium import NoChromium, find_or_install
from tests.template import NotMigrated, Template

DEFAULT_POSTGRES = "postgres://postgres@127.0.0.1:5432/"
NO_TESTS = 5
HOW_POSTGRES = (
    "Start one, for example `docker run --rm -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:15`, "
    "or name yours: TEST_POSTGRES_URL=postgres://user:password@host:5432/"
)


@dataclass
class Lane:
    """One run of pytest."""

    name: str
    select: str
    options: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def started(self, arguments: list[str], says: IO[str] | None = None) -> Iterator["subprocess.Popen[bytes]"]:
        """The lane while it runs; what it says goes to `says`, or to where this program's own words go."""
        command = [sys.executable, "-m", "pytest", "-q", "-m", self.select, *self.options, *arguments]
        errors = subprocess.STDOUT if says else None
        with subprocess.Popen(command, env={**os.environ, **self.environment}, stdout=says, stderr=errors) as process:
            try:
                yield process
            finally:
                # Of no effect on one that is over: somebody ended this program.
                process.terminate()


def postgres_url() -> str:
    """The address of the server for tests, with a database name: Django wants one although the tests make their own."""
    parts = urlsplit(os.environ.get("TEST_POSTGRES_URL") or DEFAULT_POSTGRES)
    return urlunsplit(parts._replace(path=parts.path if parts.path.strip("/") else "/postgres"))


def postgres_problem(url: str) -> str:
    """Why the server cannot be used; empty when it answers."""
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[0]
    return ""


def _processes(number: int) -> list[str]:
    return ["-n", str(number), "--dist", "worksteal"]


def lanes(long: bool, postgres: str, chromium: str) -> list[Lane]:
    """The lanes in their order; none for PostgreSQL when `postgres` is empty."""
    sqlite = {"DATABASE_URL": ""}
    pace = "long" if long else "not long"
    # Four on two cores: much of the time a test waits for the call budget, a lease or another program. The two lanes
    # that run beside one another have two each: a process that begins takes ten seconds to read the tests.
    four, two = ([] if long else _processes(number) for number in (4, 2))
    # Only of the first lane, which holds every file, are all of them read.
    marked: dict[str, dict[str, str]] = {
        name: {} if long else {"TEST_MARKER": name} for name in ("browser", "database")
    }
    plan = [
        Lane("SQLite", f"{pace} and not browser", four, sqlite),
        Lane("browser", f"{pace} and browser", two, {**sqlite, **marked["browser"], "TEST_CHROMIUM": chromium}),
    ]
    if postgres:
        both = "(long and database or pages)" if long else "not long and database"
        plan.append(
            Lane("PostgreSQL", f"{both} and not browser", two, {"DATABASE_URL": postgres, **marked["database"]})
        )
    if long:
        # Every quick test once more, for what loggers are given at the levels that the settings do not let pass.
        at_debug = {**sqlite, "LEAK_LOG": "DEBUG"}
        plan.append(Lane("log at DEBUG", "not long and not browser", _processes(4), at_debug))
    return plan


def main(arguments: list[str]) -> int:
    """Run every lane, say how each ended, and return 0 only when all of them passed."""
    long = "--long" in arguments
    chosen = [argument for argument in arguments if argument not in {"--long", "--check"}]
    try:
        chromium = os.environ.get("TEST_CHROMIUM") or find_or_install()
    except NoChromium as error:
        print(error)
        return 1
    postgres = postgres_url()
    problem = postgres_problem(postgres)
    if problem and os.environ.get("REQUIRE_POSTGRES") == "1":
        print(f"REQUIRE_POSTGRES=1, but no PostgreSQL server answers: {problem}\n{HOW_POSTGRES}")
        return 1
    with ExitStack() as stack:
        # Both at once, before the first lane: that one then has the processors for itself.
        names = {"": given} if (given := os.environ.get("TEST_TEMPLATE")) else {}
        urls = {"", *([] if problem else [postgres])} - set(names)
        templates = {url: stack.enter_context(closing(Template(url))) for url in urls}
        # While they are migrated: the checks run one after another and leave a processor idle.
        if "--check" in arguments and subprocess.run(["make", "--no-print-directory", "check"], check=False).returncode:
            return 1
        try:
            names |= {url: template.ready() for url, template in templates.items()}
        except NotMigrated as error:
            print(f"The database of the tests cannot be migrated:\n{error}")
            return 1
        plan = lanes(long, "" if problem else postgres, chromium)
        for lane in plan:
            lane.environment["TEST_TEMPLATE"] = names[lane.environment["DATABASE_URL"]]
        groups = [[lane] for lane in plan] if long else [plan[:1], plan[1:]]
        outcome: dict[str, str] = {}
        for group in groups:
            outcome |= _outcomes(group, chosen, may_be_empty=bool(chosen) or long)
    failed = any(text.startswith("FAILED") for text in outcome.values())
    if problem:
        outcome["PostgreSQL"] = f"NOT RUN, no server answers: {problem}. {HOW_POSTGRES}"
    print("\n" + "\n".join(f"{name:<14}{text}" for name, text in outcome.items()))
    return 1 if failed else 0


def _outcomes(group: list[Lane], arguments: list[str], *, may_be_empty: bool) -> dict[str, str]:
    """Run the lanes beside one another and say how each ended; a text begins with FAILED where something is wrong.

    What the first one says is seen at once, what the others say when they are over.
    """
    started = time.monotonic()
    outcome: dict[str, str] = {}
    with ExitStack() as stack:
        _announce(group[0])
        running: list[tuple[Lane, subprocess.Popen[bytes], IO[str] | None]] = [
            (group[0], stack.enter_context(group[0].started(arguments)), None)
        ]
        for lane in group[1:]:
            says = stack.enter_context(tempfile.TemporaryFile("w+"))
            running.append((lane, stack.enter_context(lane.started(arguments, says)), says))
        ended: dict[str, float] = {}
        while len(ended) < len(running):
            time.sleep(0.1)
            for lane, process, _ in running:
                if process.poll() is not None:
                    ended.setdefault(lane.name, time.monotonic() - started)
        for lane, process, says in running:
            if says is not None:
                _announce(lane)
                says.seek(0)
                print(says.read(), flush=True)
            outcome[lane.name] = _ended(process.returncode, ended[lane.name], may_be_empty=may_be_empty)
    return outcome


def _announce(lane: Lane) -> None:
    print(f"\n=== {lane.name}: pytest -m '{lane.select}' ===", flush=True)


def _ended(code: int, seconds: float, *, may_be_empty: bool) -> str:
    if code == 0:
        return f"passed in {seconds:.0f} s"
    if code == NO_TESTS:
        return "nothing selected" if may_be_empty else "FAILED: it held no test"
    return f"FAILED in {seconds:.0f} s (exit code {code})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
