"""A worker that is killed in the middle leaves a mirror that the next one completes, without a double row."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from portal.accounts.models import Firm
from portal.companies.models import Company
from portal.connections.models import Connection, Environment
from portal.employees.models import Employee, Salary
from portal.mirror.resource import registry
from portal.nmbrs.sandbox import SandboxProcess
from portal.sync import plans
from portal.sync.models import Status, SyncPlan, SyncRun, Trigger
from portal.sync.tasks import wake
from tests import reference

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[2]
LEASE = 3


def start_cluster(url: str, var: Path) -> "subprocess.Popen[bytes]":
    """A real django-q2 cluster on the test's database, in a process group of its own."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        database = f"sqlite:///{name}"
    else:
        parts = connection.settings_dict
        password = f":{parts['PASSWORD']}" if parts["PASSWORD"] else ""
        database = f"postgres://{parts['USER']}{password}@{parts['HOST']}:{parts['PORT'] or 5432}/{name}"
    environment = os.environ | {
        "DATABASE_URL": database,
        "PORTAL_VAR": str(var),
        "SYNC_LEASE_SECONDS": str(LEASE),
        "NMBRS_HOSTS": url,
        "PORTAL_HTTPS": "no",
        "PORTAL_ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(cluster: "subprocess.Popen[bytes]") -> None:
    os.killpg(cluster.pid, signal.SIGKILL)
    cluster.wait()


def wait_until(what: str, done: Callable[[], bool], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, f"{what} took longer than {seconds} seconds"
        time.sleep(0.05)


def test_a_killed_worker_leaves_nothing_lost_and_nothing_double(firm: Firm, tmp_path: Path) -> None:
    with SandboxProcess(debtors=4, employees=12, seed=7, today=date(2026, 11, 22), latency=0.05) as sandbox:
        environment = Environment.objects.create(firm=firm, domain="demo")
        Connection.objects.create(
            environment=environment, host=sandbox.url, user="api@demo.example", token="demo-token"
        )
        plan = plans.start(environment, trigger=Trigger.COMMAND)
        wake(environment.pk)
        for _ in range(3):
            done = succeeded()
            cluster = start_cluster(sandbox.url, tmp_path)
            try:
                wait_until("some progress", lambda done=done: succeeded() > done + 5)  # type: ignore[misc]
            finally:
                kill(cluster)
            assert not finished(plan.pk)
            wake(environment.pk)

        cluster = start_cluster(sandbox.url, tmp_path)
        try:
            wait_until("the rest", lambda: finished(plan.pk))
        finally:
            kill(cluster)

        assert set(plan.runs.values_list("status", flat=True)) == {Status.SUCCEEDED}
        for resource in registry:
            keys = list(resource.model.everything.values_list("environment_id", "key"))
            assert len(keys) == len(set(keys))
        assert set(Company.objects.values_list("remote_id", flat=True)) == {c.id for c in sandbox.firm.companies()}
        people = {person.id: person for c in sandbox.firm.companies() for person in reference.people(c)}
        assert set(Employee.objects.values_list("remote_id", flat=True)) == set(people)
        assert set(Salary.objects.values_list("remote_id", flat=True)) == {
            salary.id for person in people.values() for salary in person.salaries
        }


def succeeded() -> int:
    return SyncRun.objects.filter(status=Status.SUCCEEDED).count()


def finished(plan_id: int) -> bool:
    return SyncPlan.objects.filter(pk=plan_id, finished__isnull=False).exists()
