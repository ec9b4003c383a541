"""How the sync stands, for administrators, for supervisors and for a terminal."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.connections.models import Connection, Environment, Health
from portal.jobs.models import Heartbeat
from portal.mirror.models import Freshness, State
from portal.sync import health
from portal.sync.models import PARKED, Status, SyncPlan, SyncRun
from portal.sync.scopes import key_of
from tests.factories import make_environment
from tests.sync_pages.conftest import connect, words

pytestmark = pytest.mark.pages


def alive(ago=timedelta(seconds=10)):
    """A worker whose last sign of life was so long ago."""
    moment = clock.now() - ago
    Heartbeat.objects.create(name="srv1:4711", started=moment, beat_at=moment)


def end(plan, status=Status.SUCCEEDED, **fields):
    """End a plan as workers would have."""
    plan.runs.update(status=status, finished=clock.now(), calls=2, **fields)
    SyncPlan.objects.filter(pk=plan.pk).update(finished=clock.now())


def of(environment):
    """What is known of one environment."""
    (found,) = health.of_environments(Environment.objects.filter(pk=environment.pk))
    return found


def status(*arguments):
    """The exit code and what was printed."""
    out = StringIO()
    try:
        call_command(*arguments, stdout=out)
    except SystemExit as exit_:
        return exit_.code, out.getvalue().strip()
    return 0, out.getvalue().strip()


# --- what is known ---------------------------------------------------------------------------------------------------


def test_a_full_sync_counts_when_nothing_of_it_has_to_be_made_up_for(office, planned):
    assert of(office.environment).last_full is None
    for bad in (Status.FAILED, Status.PARKED, Status.CANCELLED):
        end(planned(office.environment), bad)
    end(planned(office.a))
    end(planned(office.environment, resource="debtors"))
    assert of(office.environment).last_full is None
    refused = planned(office.environment)
    end(refused, Status.NOT_PERMITTED)
    refused.refresh_from_db()
    assert of(office.environment).last_full == refused.finished


@pytest.mark.parametrize(
    ("kind", "where", "left", "whole"),
    [
        ("employees", "company", False, False),
        ("contracts", "company", False, False),
        # A full sync does not ask for these.
        ("bank_accounts", "company", False, True),
        ("employees", "company", True, True),
        ("absences", "company", False, True),
        ("debtor_addresses", "a", True, True),
    ],
)
def test_what_was_given_up_counts_only_where_a_full_sync_would_ask_for_it(office, planned, kind, where, left, whole):
    scope = getattr(office, where)
    own = {"company": scope, "debtor": scope.debtor} if where == "company" else {"debtor": scope}
    Freshness.objects.create(
        environment=office.environment,
        scope_key=key_of(scope),
        resource=kind,
        state=State.FAILING,
        error_kind=PARKED,
        last_attempt=clock.now() - timedelta(hours=1),
        **own,
    )
    if left:
        type(scope).everything.filter(pk=scope.pk).update(missing_since=clock.now())
    end(planned(office.environment))
    assert (
        health.of_environments(Environment.objects.filter(pk=office.environment.pk))[0].last_full is not None
    ) == whole


def test_open_syncs_are_shown_with_how_far_they_are(office, planned):
    plan = planned(office.environment)
    first = plan.runs.first()
    SyncRun.objects.filter(pk=first.pk).update(status=Status.SUCCEEDED, finished=clock.now(), calls=3)
    known = of(office.environment)
    (shown,) = known.plans
    assert (shown.pk, shown.done, shown.total) == (plan.pk, 1, plan.runs.count())
    assert (known.waiting, known.running, known.calls) == (plan.runs.count() - 1, 0, 3)


def test_calls_of_more_than_an_hour_ago_are_left_out(office, planned):
    end(planned(office.environment))
    SyncRun.objects.update(finished=clock.now() - timedelta(minutes=61))
    assert of(office.environment).calls == 0


def test_the_oldest_run_that_waits_is_one_whose_time_has_come(office, planned):
    planned(office.a)
    now = clock.now()
    SyncRun.objects.update(not_before=now - timedelta(minutes=7))
    SyncRun.objects.filter(pk=SyncRun.objects.first().pk).update(not_before=now + timedelta(hours=1))
    known = health.of_installation()
    assert known.oldest == now - timedelta(minutes=7)
    assert known.backlog == SyncRun.objects.count() - 1


def test_the_number_of_queries_does_not_grow_with_environments(office, firm):
    with CaptureQueriesContext(
        connection,
    ) as few:
        health.of_environments(Environment.objects.all())
    for number in range(5):
        connect(make_environment(firm, f"nog-{number}"))
    with CaptureQueriesContext(connection) as many:
        assert len(health.of_environments(Environment.objects.all())) == 7
    assert len(many) == len(few) <= 6


@pytest.mark.parametrize("page", ["sync:overview", "sync:health"])
def test_a_disk_without_room_is_told_where_syncs_are_looked_at(office, administrator, signed_in, settings, page):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    alive()
    browser = signed_in(administrator())
    told = "because the disk of this portal is nearly full"
    assert told not in words(browser.get(reverse(page)))
    settings.SYNC_LEAST_FREE_MB = 10**9
    assert told in words(browser.get(reverse(page)))
    # The workers are well: a supervisor that starts them anew would change nothing.
    code, said = status("worker_health")
    assert code == 0
    assert said.startswith("Workers are alive. Nothing is claimed: the disk is nearly full.")


# --- worker_health ---------------------------------------------------------------------------------------------------


def test_a_supervisor_lets_a_worker_be_that_gave_a_sign_of_life(db):
    alive()
    assert status("worker_health") == (0, "Workers are alive; 0 sync runs wait.")


def test_silence_asks_for_a_restart(db):
    code, said = status("worker_health")
    assert (code, said) == (1, "No worker is alive: there was no sign of life lately.")
    alive(timedelta(minutes=5))
    code, said = status("worker_health")
    assert code == 1
    assert said.startswith("No worker is alive: the last sign of life was at ")


def test_a_worker_in_a_long_shift_is_not_killed(office, planned):
    alive(timedelta(minutes=5))
    planned(office.a)
    SyncRun.objects.update(status=Status.RUNNING, lease_until=clock.now() + timedelta(seconds=60))
    assert status("worker_health")[0] == 0


def test_work_that_nobody_takes_over_asks_for_a_restart(office, planned):
    alive()
    planned(office.a)
    SyncRun.objects.update(status=Status.RUNNING, lease_until=clock.now() - timedelta(minutes=2))
    assert status("worker_health")[0] == 0
    SyncRun.objects.update(lease_until=clock.now() - timedelta(minutes=30))
    code, said = status("worker_health")
    assert code == 1
    assert "left behind" in said
    assert len(said.splitlines()) == 1


# --- sync_status -----------------------------------------------------------------------------------------------------


def test_the_status_names_every_environment_its_connection_and_its_work(office, planned):
    alive()
    plan = planned(office.environment)
    code, said = status("sync_status")
    assert code == 0
    assert "demo (Kantoor Test)" in said
    assert "elders (Ander Kantoor)" in said
    assert "Connection: working since" in said
    assert f"environment:{office.environment.pk} everything, 0 of {plan.runs.count()} parts" in said
    assert "srv1:4711" in said
    assert "secret-token" not in said
    assert "api-user" not in said


def test_the_status_as_data_holds_the_same(office, planned):
    alive()
    end(planned(office.environment))
    data = json.loads(status("sync_status", "--json")[1])
    assert data["installation"]["well"] is True
    assert data["workers"][0]["name"] == "srv1:4711"
    demo = next(one for one in data["environments"] if one["domain"] == "demo")
    assert demo["connection"] == "working"
    assert demo["last_full"].endswith("+00:00")
    assert demo["runs"] == {"succeeded": SyncRun.objects.count()}
    assert demo["plans"] == []


def test_the_status_of_an_empty_portal_is_one(db):
    assert status("sync_status")[0] == 0


# --- the page --------------------------------------------------------------------------------------------------------


def test_an_administrator_sees_the_own_environments_and_the_figures_of_the_installation(
    office, administrator, signed_in, planned
):
    alive()
    planned(office.other)
    Connection.objects.filter(environment=office.environment).update(health=Health.REFUSED)
    page = words(signed_in(administrator()).get(reverse("sync:health")))
    assert "Workers are running." in page
    assert f"Parts that wait for a worker {SyncRun.objects.count()}" in page
    assert "Nmbrs refuses the credentials" in page
    assert "demo" in page
    for hidden in ("elders", "Ander Kantoor", "Citroenen", "secret-token", "srv1"):
        assert hidden not in page


def test_the_page_says_when_nobody_works(office, administrator, signed_in):
    assert "No worker is running" in words(signed_in(administrator()).get(reverse("sync:health")))


def test_accountants_do_not_see_the_page_or_a_way_to_it(office, accountant, administrator, signed_in):
    client = signed_in(accountant(office.a))
    assert client.get(reverse("sync:health")).status_code == 403
    assert reverse("sync:health") not in client.get(reverse("sync:overview")).content.decode()
    assert reverse("sync:health") in signed_in(administrator()).get(reverse("sync:overview")).content.decode()


def test_somebody_without_a_firm_sees_no_figures(office, accountant, signed_in, planned):
    planned(office.a)
    page = words(signed_in(accountant()).get(reverse("sync:health")))
    assert "Queue and workers" not in page
    assert "demo" not in page
    assert signed_in(None).get(reverse("sync:health")).status_code == 302


def test_the_page_is_for_reading(office, administrator, signed_in):
    client = signed_in(administrator())
    for ask in ("post", "put", "patch", "delete"):
        assert getattr(client, ask)(reverse("sync:health")).status_code == 405
