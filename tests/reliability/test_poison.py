"""R3: a run whose worker dies each time is given up after five attempts; all else is published, the queue goes on."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock
from portal.companies.models import Company
from portal.connections.models import Environment
from portal.mirror.engine import Outcome
from portal.mirror.models import Freshness, State
from portal.nmbrs.sandbox import SandboxProcess
from portal.sync import claims, plans
from portal.sync.models import OPEN, Status, SyncPlan, SyncRun, Trigger
from portal.sync.service import sync_now
from tests.factories import make_company, make_debtor
from tests.reliability import processes
from tests.reliability.reader import Reader, look
from tests.reliability.truth import check

pytestmark = [pytest.mark.pages]

POISON = "salaries"
OPERATION = "Salary_GetAll_AllEmployeesByCompany"


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_a_run_that_kills_its_worker_each_time_is_parked_after_five_deaths_and_all_else_is_published(
    connect: Callable[[str], Environment], tmp_path: Path, settings: object
) -> None:
    with (
        SandboxProcess(debtors=1, companies=1, employees=4, seed=7, today=clock.today()) as sandbox,
        processes.Workshop(processes.environment_of_children(sandbox.url, tmp_path, lease=2)) as workshop,
        Reader(pause=0.1) as reader,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]  # type: ignore[attr-defined]
        environment = connect(sandbox.url)
        for resource in ("debtors", "companies", "employee_types", "current_period", "employees"):
            sync_now(environment, resource=resource)
        company = Company.objects.order_by("pk").first()
        assert company is not None
        # So long the answer takes, and so sure it is that the worker dies over it.
        slow = {"kind": "latency", "seconds": 30, "operation": OPERATION, "company": company.remote_id}
        sandbox.control("PUT", "faults", [slow])
        plan = plans.start(environment, trigger=Trigger.COMMAND)
        deaths = 0
        while not SyncPlan.objects.filter(pk=plan.pk, finished__isnull=False).exists():
            worker = workshop.start(environment.pk, tmp_path / "worker.log")
            with processes.ended(worker):
                processes.wait_until(
                    "the poisoned run or the end",
                    lambda worker=worker: _running(company, worker.pid) or worker.poll() is not None,  # type: ignore[misc]
                )
                if worker.poll() is None:
                    # The others' answers come in and are published; then it dies of this one.
                    time.sleep(2)
                    deaths += 1
            processes.wait_for_leases()
            assert deaths <= claims.MOST_ATTEMPTS
        poison = _poison(company)
        assert poison is not None
        assert (deaths, poison.status, poison.attempts) == (5, Status.PARKED, 5)
        others = plan.runs.exclude(pk=poison.pk)
        assert others.count() > 40
        lame = others.exclude(status=Status.SUCCEEDED)
        assert list(lame.values_list("resource", "status", "attempts")) == []
        sandbox.control("DELETE", "faults")
        verdict = check(environment)
        assert {line.split()[1] for line in verdict.lost} == {f"company:{company.pk}"}
        assert {line.split()[0] for line in verdict.lost} == {POISON}
        assert not any((verdict.doubled, verdict.surplus, verdict.different, verdict.falsely_missing))

        # A person who asks again gets it, once the poison is gone.
        sync_now(company, resource=POISON)
        assert check(environment).equal
        # Nmbrs stood still: each kind of a company was seen as it is now or not at all.
        assert reader.problem is None
        assert reader.looks > deaths
        assert reader.strange({}, look()) == []


def _poison(company: Company) -> SyncRun | None:
    return SyncRun.objects.filter(resource=POISON, company=company).order_by("-pk").first()


def _running(company: Company, pid: int) -> bool:
    run = _poison(company)
    return run is not None and run.status == Status.RUNNING and run.lease_owner.startswith(f"{pid}-")


@pytest.fixture
def planned(connect: Callable[[str], Environment]) -> SyncPlan:
    """Thirty runs of one company, and nobody at work."""
    environment = connect("http://127.0.0.1:1")
    return plans.start(make_company(make_debtor(environment)), trigger=Trigger.NIGHTLY)


def die(plan: SyncPlan, hand: int = 64) -> list[SyncRun]:
    """A worker claims what it can carry and dies before the first answer; its lease runs out."""
    taken = claims.claim(plan.environment_id, "somebody who dies", hand)
    SyncRun.objects.filter(status=Status.RUNNING).update(lease_until=clock.now() - timedelta(seconds=1))
    return taken


@pytest.mark.django_db
def test_runs_that_were_in_the_same_hand_are_not_given_up_with_the_poisoned_one(planned: SyncPlan) -> None:
    poison = planned.runs.order_by("pk")[0]
    deaths = 0
    # The worst poison: whoever has it in hand dies before the first answer of any.
    while planned.runs.filter(status__in=OPEN).exists():
        taken = claims.claim(planned.environment_id, "somebody", 64)
        if poison in taken:
            deaths += 1
            SyncRun.objects.filter(status=Status.RUNNING).update(lease_until=clock.now() - timedelta(seconds=1))
            continue
        for run in taken:
            claims.RunLease(run).fence(Outcome(State.FRESH))
    assert deaths == claims.MOST_ATTEMPTS
    assert list(planned.runs.filter(status=Status.PARKED)) == [poison]
    assert set(planned.runs.exclude(pk=poison.pk).values_list("status", flat=True)) == {Status.SUCCEEDED}


@pytest.mark.django_db
def test_what_was_given_up_says_so_where_its_age_is_shown(planned: SyncPlan) -> None:
    run = given_up(planned)
    assert Freshness.objects.get(resource=run.resource).state == State.FAILING


@pytest.mark.django_db
def test_what_was_given_up_is_not_tried_again_by_the_next_nights_plan(planned: SyncPlan) -> None:
    run = given_up(planned)
    SyncPlan.objects.update(finished=clock.now())
    following = plans.start(planned.company, trigger=Trigger.NIGHTLY)
    assert not following.runs.filter(resource=run.resource, status=Status.DUE).exists()


@pytest.mark.django_db
def test_a_person_may_have_it_tried_again(planned: SyncPlan) -> None:
    run = given_up(planned)
    SyncPlan.objects.update(finished=clock.now())
    assert planned.company is not None
    following = plans.start(planned.company, trigger=Trigger.PERSON)
    assert following.runs.filter(resource=run.resource, status=Status.DUE).exists()


def given_up(plan: SyncPlan) -> SyncRun:
    """The first run of a plan, after every worker that had it died."""
    for _ in range(claims.MOST_ATTEMPTS):
        [run] = die(plan, hand=1)
    claims.claim(plan.environment_id, "the next one", 1)
    run.refresh_from_db()
    assert run.status == Status.PARKED
    return run
