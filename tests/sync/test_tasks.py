"""The schedule: one nightly sync a night, work picked up again, old runs forgotten, the turn of the month."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django_q.models import OrmQ, Schedule

from portal import clock
from portal.accounts.models import Firm
from portal.companies.models import Basis, Snapshot
from portal.connections.models import Connection, Environment, Health
from portal.jobs.queue import TaskFailed, enqueue, scrubbed
from portal.mirror.models import Freshness, State
from portal.sync import plans, tasks
from portal.sync.health import of_environments
from portal.sync.models import HOURLY_KINDS, PARKED, ROTATION, Status, SyncPlan, SyncRun, Trigger
from tests.factories import make_company, make_debtor, make_employment, make_person, summed

pytestmark = [pytest.mark.database, pytest.mark.django_db]

EVENING = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 02:30 in the Netherlands


@pytest.fixture
def environment(firm: Firm) -> Environment:
    with time_machine.travel(EVENING, tick=False):
        made = Environment.objects.create(firm=firm, domain="demo")
        Connection.objects.create(environment=made, host="http://127.0.0.1:1", user="u", token="t")
        return made


def nightly_plans() -> int:
    """Nightly plans of everything; each comes with the night's rotation over people."""
    planned = SyncPlan.objects.filter(trigger=Trigger.NIGHTLY)
    assert planned.filter(resource=ROTATION).count() == planned.filter(resource="").count()
    return planned.filter(resource="").count()


def test_the_nightly_sync_is_planned_once_a_night_however_often_it_is_asked(environment: Environment) -> None:
    with time_machine.travel(EVENING, tick=False):
        tasks.nightly()
        assert nightly_plans() == 0
    with time_machine.travel(NIGHT, tick=False):
        tasks.nightly()
        tasks.nightly()
        assert nightly_plans() == 1
        SyncPlan.objects.update(finished=NIGHT)
        tasks.nightly()
        assert nightly_plans() == 1
    with time_machine.travel(NIGHT + timedelta(days=1), tick=False):
        tasks.nightly()
        assert nightly_plans() == 2


def test_after_a_week_asleep_one_sync_is_planned_not_seven(environment: Environment) -> None:
    with time_machine.travel(NIGHT + timedelta(days=7), tick=False):
        tasks.nightly()
        tasks.nightly()
        assert nightly_plans() == 1


@pytest.mark.parametrize("night", [datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)])
def test_the_nights_on_which_the_clock_changes_have_one_sync_too(environment: Environment, night: datetime) -> None:
    Environment.objects.update(created=night - timedelta(days=30))
    for hours in range(-3, 12):
        with time_machine.travel(night + timedelta(hours=hours), tick=False):
            tasks.nightly()
            SyncPlan.objects.filter(finished=None).update(finished=night)
    assert SyncPlan.objects.filter(created__gte=night - timedelta(hours=1), resource="").count() == 1


def test_refused_credentials_are_not_tried_again_by_themselves(environment: Environment) -> None:
    Connection.objects.update(health=Health.REFUSED)
    with time_machine.travel(NIGHT, tick=False):
        tasks.nightly()
    assert nightly_plans() == 0


def test_open_work_wakes_workers_again(environment: Environment) -> None:
    plans.start(environment, trigger=Trigger.COMMAND)
    tasks.wake_all()
    assert OrmQ.objects.exists()
    assert {row.func() for row in OrmQ.objects.all()} == {"portal.sync.tasks.work"}
    assert {row.task["args"] for row in OrmQ.objects.all()} == {(environment.pk,)}


def test_only_numbers_go_into_the_queue() -> None:
    with pytest.raises(TypeError):
        enqueue("portal.sync.tasks.work", "a name")  # type: ignore[arg-type]


def test_an_error_leaves_a_task_without_its_text() -> None:
    @scrubbed
    def breaks() -> None:
        raise ValueError("Jansen earns 2500")

    with pytest.raises(TaskFailed) as caught:
        breaks()
    assert str(caught.value) == "ValueError"
    assert caught.value.__suppress_context__


def test_every_schedule_names_a_function_that_exists() -> None:
    from pydoc import locate

    names = set(Schedule.objects.values_list("func", flat=True))
    assert {"portal.sync.tasks.nightly", "portal.sync.tasks.wake_all", "portal.sync.tasks.prune"} <= names
    assert all(callable(locate(name)) for name in names)


def test_finished_runs_are_forgotten_after_a_month_and_open_ones_are_not(environment: Environment) -> None:
    old = plans.start(environment, trigger=Trigger.COMMAND)
    with time_machine.travel(EVENING - timedelta(days=40), tick=False):
        old.runs.update(status=Status.SUCCEEDED, finished=EVENING - timedelta(days=40))
        SyncPlan.objects.update(finished=EVENING - timedelta(days=40))
    fresh = plans.start(environment, trigger=Trigger.COMMAND)
    with time_machine.travel(EVENING, tick=False):
        tasks.prune()
    # The last sync of everything is remembered, without its runs.
    assert set(SyncPlan.objects.all()) == {old, fresh}
    assert set(SyncRun.objects.values_list("status", flat=True)) == {Status.DUE}


def test_the_last_full_sync_is_remembered_however_long_nights_have_failed_since(environment: Environment) -> None:
    def night(days: int, status: Status) -> SyncPlan:
        moment = EVENING + timedelta(days=days)
        with time_machine.travel(moment, tick=False):
            plan = plans.start(environment, trigger=Trigger.NIGHTLY)
            SyncRun.objects.filter(plans=plan).update(status=Status.SUCCEEDED, finished=moment)
            one = plan.runs.filter(resource="debtors").first()
            assert one
            SyncRun.objects.filter(pk=one.pk).update(status=status)
            SyncPlan.objects.filter(pk=plan.pk).update(finished=moment + timedelta(seconds=1))
            return plan

    night(-1, Status.SUCCEEDED)
    whole = night(0, Status.SUCCEEDED)
    failed = [night(days, Status.FAILED) for days in range(1, 45)]
    with time_machine.travel(EVENING + timedelta(days=45), tick=False):
        tasks.prune()
        (known,) = of_environments(Environment.objects.all())
    assert known.last_full == EVENING + timedelta(seconds=1)
    left = set(SyncPlan.objects.all())
    assert whole in left
    assert failed[-1] in left
    assert failed[0] not in left
    # At the edge of what is kept no failed night turns into a full one, whichever second the hour is.
    with time_machine.travel(EVENING + timedelta(days=44 + 30, seconds=0.5), tick=False):
        tasks.prune()
        (known,) = of_environments(Environment.objects.all())
    assert known.last_full == EVENING + timedelta(seconds=1)


def test_a_night_that_left_out_what_was_given_up_is_not_a_full_sync(environment: Environment) -> None:
    plan = plans.start(environment, trigger=Trigger.NIGHTLY)
    plan.runs.update(status=Status.SUCCEEDED, finished=EVENING)
    SyncPlan.objects.update(finished=EVENING)
    (known,) = of_environments(Environment.objects.all())
    assert known.last_full == EVENING
    row = Freshness.objects.create(
        environment=environment,
        scope_key="debtor:1",
        resource="service_level",
        state=State.FAILING,
        error_kind=PARKED,
        last_attempt=EVENING - timedelta(days=1),
    )
    (known,) = of_environments(Environment.objects.all())
    assert known.last_full is None
    # What was given up later takes nothing away from it.
    Freshness.objects.filter(pk=row.pk).update(last_attempt=EVENING + timedelta(hours=1))
    (known,) = of_environments(Environment.objects.all())
    assert known.last_full == EVENING


def test_a_month_that_has_begun_gets_its_snapshot_without_a_publish(environment: Environment) -> None:
    with time_machine.travel(EVENING, tick=False):
        company = make_company(make_debtor(environment))
        make_employment(make_person(company), date(2026, 12, 1))
        summed(company)
    with time_machine.travel(datetime(2027, 1, 3, 8, tzinfo=UTC), tick=False):
        tasks.turn_of_the_month()
        january = Snapshot.objects.get(company=company, basis=Basis.MONTH, year=2027, number=1)
        december = Snapshot.objects.get(company=company, basis=Basis.MONTH, year=2026, number=12)
    assert (january.head_count, december.joiners) == (1, 1)


def test_within_office_hours_runs_and_periods_are_planned_once_an_hour(environment: Environment) -> None:
    monday = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    for minutes in (0, 20, 40, 60):
        with time_machine.travel(monday + timedelta(minutes=minutes), tick=False):
            tasks.hourly()
            SyncPlan.objects.filter(finished=None).update(finished=clock.now())
    assert SyncPlan.objects.filter(resource=HOURLY_KINDS, trigger=Trigger.HOURLY).count() == 2
    for quiet in (datetime(2026, 11, 22, 9, 5, tzinfo=UTC), datetime(2026, 11, 23, 20, 5, tzinfo=UTC)):
        with time_machine.travel(quiet + timedelta(days=7), tick=False):
            tasks.hourly()
    assert SyncPlan.objects.count() == 2
