"""100,000 employees in 1,000 companies on PostgreSQL, and one company of 10,000: `python -m tests.benchmarks.large`.

The office loads every kind of the fast lane but what comes by reports, which the one company has too.
"""

import time
from dataclasses import dataclass
from typing import Any

import psutil

from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER, SandboxProcess
from portal.nmbrs.sandbox.calls import CALLS_A_SECOND
from tests.benchmarks.first_sync import LATENCY, SET_UP, TODAY, Measured, one_sync
from tests.benchmarks.office import Office, usage
from tests.benchmarks.warm import BASE

RATE, WORKERS = 145, 2
FLUSHED = 15
#: The sensitive kinds that an office chooses are read too.
CHOSEN = """
from portal.connections.models import Environment
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
for kind in OptIn:
    choose(Environment.objects.get().pk, kind, on=True, reason="the bench reads everything")
"""
#: Everything of the fast lane that the office has switched on and that is not a report.
FIXED = """
from portal.connections.models import Environment
from portal.mirror.opt_ins import switched_on
from portal.mirror.resource import Lane, registry
on = switched_on(Environment.objects.get().pk)
print(",".join(
    kind.name for kind in registry
    if kind.lane is Lane.FAST and (kind.opt_in is None or kind.opt_in in on)
    and kind.soap and not kind.soap.operation.startswith("Reports_")
))
"""
ROWS = """
from portal.mirror.resource import registry
print(sum(kind.model.everything.count() for kind in registry))
"""
#: Rows written to the tables of mirrored kinds since the server began to count.
WRITTEN = """
from django.db import connection
from portal.mirror.resource import registry
tables = [kind.model._meta.db_table for kind in registry]
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_stat_force_next_flush()")
    cursor.execute(
        "SELECT SUM(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE relname = ANY(%s)", [tables]
    )
    print(cursor.fetchone()[0])
"""


@dataclass
class Large:
    """Both syncs; CPU seconds of the embedded Nmbrs and the database server in the first; rows; rows written again."""

    first: Measured
    again: Measured
    sandbox: float
    server: float
    rows: int
    written_again: int


def measure(debtors: int, companies: int, people: int) -> Large:
    """Load a firm of that size into an empty PostgreSQL and sync it again unchanged."""
    with SandboxProcess(debtors=debtors, companies=companies, employees=people, seed=7, today=TODAY) as sandbox:
        options = {"NMBRS_HOSTS": sandbox.url, "NMBRS_FIXED_RATE": "yes", "PORTAL_WORKERS": str(WORKERS)}
        set_up = SET_UP.format(domain=DOMAIN, url=sandbox.url, user=USER, token=TOKEN, ceiling=RATE) + CHOSEN
        kinds = keep_answers(sandbox, options, set_up)
        sandbox.control("PUT", "settings", {"latency": LATENCY})
        with Office("postgresql", options) as office:
            office.shell(set_up)
            with office.cluster() as cluster:
                time.sleep(3)
                nmbrs, server = usage(psutil.Process(sandbox.pid)).cpu, server_cpu()
                first = one_sync(office, sandbox, cluster, RATE, kinds)
                nmbrs, server = usage(psutil.Process(sandbox.pid)).cpu - nmbrs, server_cpu() - server
                # The server counts what idle connections wrote some seconds late.
                time.sleep(FLUSHED)
                rows, written = int(office.shell(ROWS)), int(office.shell(WRITTEN))
                again = one_sync(office, sandbox, cluster, RATE, kinds)
                time.sleep(FLUSHED)
                return Large(first, again, nmbrs, server, rows, int(office.shell(WRITTEN)) - written)


def keep_answers(sandbox: SandboxProcess, options: dict[str, str], set_up: str) -> str:
    """Ask everything once, so that the embedded Nmbrs has its answers ready; the names of the kinds."""
    sandbox.control("PUT", "settings", {"keep": 12_000, "limit": 10_000})
    with Office("sqlite", options) as office:
        office.shell(set_up)
        kinds = office.shell(FIXED)
        office.manage("sync", "--resource", ",".join(BASE))
        print(f"  kept answers    {office.python('tests.benchmarks.warm', kinds).strip()} questions", flush=True)
    sandbox.control("PUT", "settings", {"limit": CALLS_A_SECOND})
    return kinds


def server_cpu() -> float:
    """CPU seconds of the database server's processes, those that ended included."""
    spent = 0.0
    for process in psutil.process_iter(["name", "cpu_times"]):
        times: Any = process.info["cpu_times"]
        if process.info["name"] == "postgres" and times:
            spent += times.user + times.system + times.children_user + times.children_system
    return spent


def report(measured: Large, size: str) -> None:
    """Print the figures beside the budget."""
    first, again = measured.first, measured.again
    print(
        f"  first load      {size}: {first.calls} calls, {measured.rows} rows in {first.seconds:.0f} s, "
        f"{first.statuses}"
    )
    least = first.calls / RATE
    print(f"  calls / budget  {least:.0f} s: the load takes {first.seconds / least:.2f} times that (goal 2)")
    print(
        f"  CPU seconds     workers {first.workers.cpu:.0f}, embedded Nmbrs {measured.sandbox:.0f}, "
        f"database {measured.server:.0f}; largest worker {first.workers.peak:.0f} MB"
    )
    least = again.calls / RATE
    print(
        f"  unchanged       {again.calls} calls in {again.seconds:.0f} s = {again.seconds / least:.2f} times calls / "
        f"budget (goal 1.15), {again.workers.cpu:.0f} s CPU, {measured.written_again} rows of mirrored kinds written"
    )


def memory(vendor: str, people: int) -> None:
    """One company of `people` employees: the largest worker process."""
    with SandboxProcess(debtors=1, companies=1, employees=people, seed=7, today=TODAY) as sandbox:
        options = {"NMBRS_HOSTS": sandbox.url, "NMBRS_FIXED_RATE": "yes", "PORTAL_WORKERS": "1"}
        with Office(vendor, options) as office:
            office.shell(SET_UP.format(domain=DOMAIN, url=sandbox.url, user=USER, token=TOKEN, ceiling=RATE) + CHOSEN)
            with office.cluster() as cluster:
                time.sleep(3)
                measured = one_sync(office, sandbox, cluster, RATE, "")
            rows = int(office.shell(ROWS))
        print(
            f"  {vendor:<11} one company of {people} employees, every kind of the fast lane: {rows} rows, "
            f"{measured.seconds:.0f} s, {measured.workers.cpu:.0f} s CPU, "
            f"largest worker {measured.workers.peak:.0f} MB (goal 400), {measured.statuses}",
            flush=True,
        )


def main() -> None:
    """Print both."""
    for vendor in ("sqlite", "postgresql"):
        memory(vendor, 10_000)
    report(measure(250, 4, 100), "1,000 companies, 100,000 employees")


if __name__ == "__main__":
    main()
