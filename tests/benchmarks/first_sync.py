"""The first sync of 50 companies with 100 people each over 100 ms of latency, and again with nothing changed."""

import json
import time
from dataclasses import dataclass
from datetime import date

import psutil

from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER, SandboxProcess
from tests.benchmarks import dlt_peer, plain_loop
from tests.benchmarks.office import Office, Usage, usage

DEBTORS, COMPANIES, PEOPLE = 10, 5, 100
LATENCY = 0.1
TODAY = date(2026, 11, 22)
WARM_UP = 5.0

SET_UP = """
from portal.accounts.models import Firm
from portal.connections.models import Connection, Environment
firm = Firm.objects.create(name="Bench")
environment = Environment.objects.create(firm=firm, domain={domain!r})
Connection.objects.create(environment=environment, host={url!r}, user={user!r}, token={token!r}, ceiling={ceiling})
"""
START = """
from portal.connections.models import Environment
from portal.sync import plans
from portal.sync.models import Trigger
from portal.sync.tasks import wake
environment = Environment.objects.get()
plans.start(environment, trigger=Trigger.COMMAND, resource={kinds!r})
wake(environment.pk)
"""
#: What the plain loop with the package `nmbrs` reads too.
KINDS = (
    "debtors", "employee_types", "companies", "current_period", "runs", "wage_tax_returns", "employees",
    "personal_info", "addresses", "employments", "contracts", "salaries", "schedules", "departments", "functions",
)  # fmt: skip
OPEN_PLANS = "SELECT COUNT(*) FROM sync_syncplan WHERE finished IS NULL"
STATUSES = "SELECT status, COUNT(*) FROM sync_syncrun r JOIN sync_syncrun_plans p ON p.syncrun_id = r.id \
WHERE p.syncplan_id = (SELECT MAX(id) FROM sync_syncplan) GROUP BY status"


@dataclass
class Measured:
    """One sync: wall seconds, calls by second, workers' CPU and memory."""

    seconds: float
    calls: int
    share: float
    worst_second: int
    delayed: int
    workers: Usage
    statuses: dict[str, object]


@dataclass
class Report:
    """What one database lane gave."""

    first: Measured
    again: Measured
    dashboard: dict[str, float]
    peer: plain_loop.Loop | None
    dlt: plain_loop.Loop | None


def measure(vendor: str, *, rate: int, workers: int, peer: bool) -> Report:
    """The first sync and an unchanged one, at a fixed budget of `rate` calls a second; the page; perhaps the peer."""
    with SandboxProcess(
        debtors=DEBTORS, companies=COMPANIES, employees=PEOPLE, seed=7, today=TODAY, latency=LATENCY
    ) as sandbox:
        options = {"NMBRS_HOSTS": sandbox.url, "NMBRS_FIXED_RATE": "yes", "PORTAL_WORKERS": str(workers)}
        keep_answers(sandbox)
        with Office(vendor, options) as office:
            office.shell(SET_UP.format(domain=DOMAIN, url=sandbox.url, user=USER, token=TOKEN, ceiling=rate))
            with office.cluster() as cluster:
                time.sleep(3)
                first = one_sync(office, sandbox, cluster, rate, ",".join(KINDS))
                again = one_sync(office, sandbox, cluster, rate, ",".join(KINDS))
            dashboard = json.loads(office.python("tests.benchmarks.dashboard"))
            # Into the database beside ours, which is still there.
            dlt = dlt_peer.measure(sandbox.url, office.environment["DATABASE_URL"]) if vendor == "postgresql" else None
        loop = plain_loop.measure(sandbox.url) if peer else None
    return Report(first, again, dashboard, loop, dlt)


def keep_answers(sandbox: SandboxProcess) -> None:
    """Read everything once, so that the sandbox has its answers ready and its own work is not measured."""
    sandbox.control("PUT", "settings", {"latency": 0.0})
    plain_loop.read_everything(sandbox.url)
    sandbox.control("PUT", "settings", {"latency": LATENCY})


def one_sync(
    office: Office, sandbox: SandboxProcess, cluster: psutil.Process, rate: int, kinds: str, start: str = START
) -> Measured:
    """Start a plan as a person's resync would and follow it to its end. `start`: Python that plans `kinds`."""
    sandbox.forget_requests()
    before = usage(cluster)
    office.shell(start.format(kinds=kinds))
    while office.ask(OPEN_PLANS) != [(0,)]:
        time.sleep(1)
    statuses = {str(status): count for status, count in office.ask(STATUSES)}
    used = usage(cluster)
    calls = [call for call in sandbox.requests if call.operation]
    times = sorted(call.time for call in calls)
    steady = [moment for moment in times if moment >= times[0] + WARM_UP]
    span = times[-1] - times[0] - WARM_UP
    return Measured(
        seconds=times[-1] - times[0],
        calls=len(calls),
        share=len(steady) / (rate * span) if span > 0 else float("nan"),
        worst_second=worst_window(times),
        delayed=sum(call.delayed for call in calls),
        workers=Usage(used.cpu - before.cpu, used.peak),
        statuses=statuses,
    )


def worst_window(times: list[float]) -> int:
    """The most calls in any window of one second."""
    worst, start = 0, 0
    for end, moment in enumerate(times):
        while times[start] <= moment - 1:
            start += 1
        worst = max(worst, end - start + 1)
    return worst
