"""Leases: one worker a run, nobody publishes after losing it, attempts are counted before the work."""

from datetime import timedelta

import pytest

from portal import clock
from portal.connections.models import Connection, Environment
from portal.mirror.engine import Outcome
from portal.mirror.models import State
from portal.mirror.resource import registry
from portal.source import Level
from portal.sync import claims, plans
from portal.sync.models import Priority, Status, SyncPlan, SyncRun, Trigger
from tests.factories import make_company, make_debtor

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def environment(firm: object) -> Environment:
    made = Environment.objects.create(firm=firm, domain="demo")
    Connection.objects.create(environment=made, host="http://127.0.0.1:1", user="u", token="t")
    return made


def claim_all(environment: Environment, owner: str) -> list[SyncRun]:
    return claims.claim(environment.pk, owner, 1000)


def end(run: SyncRun, state: State = State.FRESH) -> None:
    claims.RunLease(run).fence(Outcome(state))


def test_a_plan_asked_twice_is_one_plan(environment: Environment) -> None:
    first = plans.start(environment, trigger=Trigger.COMMAND)
    assert plans.start(environment, trigger=Trigger.PERSON) == first
    assert SyncPlan.objects.count() == 1
    assert set(first.runs.values_list("priority", flat=True)) == {Priority.PERSON}


def test_runs_that_two_plans_want_are_done_once(environment: Environment) -> None:
    debtor = make_debtor(environment)
    whole = plans.start(environment, trigger=Trigger.NIGHTLY)
    part = plans.start(debtor, trigger=Trigger.PERSON)
    for shared in SyncRun.objects.filter(scope_key=f"debtor:{debtor.pk}"):
        assert set(shared.plans.all()) == {whole, part}
        assert shared.priority == Priority.PERSON


def test_a_claimed_run_is_not_claimed_again_while_its_lease_holds(environment: Environment) -> None:
    plans.start(environment, trigger=Trigger.COMMAND)
    mine = claim_all(environment, "one")
    assert mine
    assert claim_all(environment, "two") == []


def test_a_lower_stage_comes_first_in_its_own_and_wider_scopes(environment: Environment) -> None:
    company = make_company(make_debtor(environment))
    plans.start(environment, trigger=Trigger.COMMAND)
    order = []
    while claimed := claim_all(environment, "one"):
        order.append({run.resource for run in claimed})
        for run in claimed:
            end(run)
    assert order[0] == {"debtors", "employee_types"}
    # Nobody waits for what may be slow to fail: it comes along when its own scope has nothing else.
    assert order[1] == {kind.name for kind in registry if kind.level is Level.DEBTOR} | {"debtor_guids"}
    stage = {name: place for place, names in enumerate(order) for name in names}
    assert stage["current_period"] < stage["addresses"]
    assert stage["employees"] < stage["salaries"]
    assert SyncRun.objects.filter(company=company).exclude(status=Status.SUCCEEDED).count() == 0


def test_a_run_whose_worker_died_is_taken_over_and_the_dead_one_cannot_publish(environment: Environment) -> None:
    plans.start(environment, trigger=Trigger.COMMAND)
    [old, *_] = claim_all(environment, "one")
    SyncRun.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    taken = {run.pk: run for run in claim_all(environment, "two")}
    assert taken[old.pk].lease_no == old.lease_no + 1
    with pytest.raises(claims.LeaseLost):
        end(old)
    end(taken[old.pk])
    assert SyncRun.objects.get(pk=old.pk).status == Status.SUCCEEDED


def test_a_run_that_kills_its_worker_every_time_is_parked(environment: Environment) -> None:
    plans.start(environment, trigger=Trigger.COMMAND, resource="debtors,employee_types")
    hands = []
    while mine := claim_all(environment, "one"):
        hands.append(len(mine))
        SyncRun.objects.filter(status=Status.RUNNING).update(lease_until=clock.now() - timedelta(seconds=1))
    # Twice both were in the hand that died; after that each is tried alone, up to its fifth death.
    assert hands == [2, 2, 1, 1, 1, 1, 1, 1]
    assert set(SyncRun.objects.values_list("status", "error_kind")) == {(Status.PARKED, "parked")}


def test_runs_given_back_are_due_again_and_the_attempt_does_not_count(environment: Environment) -> None:
    plans.start(environment, trigger=Trigger.COMMAND)
    mine = claim_all(environment, "one")
    claims.give_back("one", mine)
    assert set(SyncRun.objects.values_list("status", "attempts")) == {(Status.DUE, 0)}


def test_a_heartbeat_keeps_the_lease(environment: Environment) -> None:
    plans.start(environment, trigger=Trigger.COMMAND)
    mine = claim_all(environment, "one")
    SyncRun.objects.update(lease_until=clock.now() + timedelta(seconds=1))
    claims.beat("one", mine)
    ends = SyncRun.objects.filter(status=Status.RUNNING).values_list("lease_until", flat=True)
    assert all(end is not None and end > clock.now() + timedelta(seconds=60) for end in ends)


def test_a_cancelled_plan_takes_back_what_nobody_else_wants(environment: Environment) -> None:
    debtor = make_debtor(environment)
    whole = plans.start(environment, trigger=Trigger.NIGHTLY)
    part = plans.start(debtor, trigger=Trigger.PERSON)
    plans.cancel(part)
    statuses = SyncRun.objects.filter(scope_key=f"debtor:{debtor.pk}").values_list("status", flat=True)
    assert set(statuses) == {Status.DUE}
    plans.cancel(whole)
    assert set(SyncRun.objects.values_list("status", flat=True)) == {Status.CANCELLED}


def test_a_plan_ends_when_nothing_is_left_and_grows_while_companies_are_found(environment: Environment) -> None:
    plan = plans.start(environment, trigger=Trigger.COMMAND)
    for run in claim_all(environment, "one"):
        end(run)
    debtor = make_debtor(environment)
    assert plans.finish_or_grow(environment.pk)
    for run in claim_all(environment, "one"):
        assert run.scope_key == f"debtor:{debtor.pk}" or run.resource == "debtor_guids"
        end(run)
    assert not plans.finish_or_grow(environment.pk)
    plan.refresh_from_db()
    assert plan.finished is not None


def test_a_run_over_people_goes_on_after_each_slice_behind_the_others(environment: Environment) -> None:
    plans.start(environment, trigger=Trigger.COMMAND)
    first, second = claim_all(environment, "one")
    claims.RunLease(first, people_left=7).fence(Outcome(State.FRESH, whole=False, calls=50, added=3))
    claims.give_back("one", [second])
    kept = SyncRun.objects.get(pk=first.pk)
    assert (kept.status, kept.attempts, kept.turn, kept.people_left) == (Status.DUE, 0, 1, 7)
    assert [run.pk for run in claim_all(environment, "two")] == [second.pk, first.pk]
    again = SyncRun.objects.get(pk=first.pk)
    claims.RunLease(again).fence(Outcome(State.FRESH, calls=20, added=1))
    again.refresh_from_db()
    assert (again.status, again.calls, again.added) == (Status.SUCCEEDED, 70, 4)
