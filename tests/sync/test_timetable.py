"""When syncs are due: the environment's own hours, Dutch time, and once a night whatever is changed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal import clock
from portal.accounts.models import Firm
from portal.connections.models import Connection, Environment
from portal.sync import tasks
from portal.sync.forms import TimetableForm
from portal.sync.models import HOURLY_KINDS, ROTATION, Breaker, SyncPlan, Trigger
from portal.sync.timetable import hourly_due, last_nightly, next_night, next_nightly
from tests.conftest import Connected

TUESDAY = datetime(2026, 11, 24, 10, 20, tzinfo=clock.AMSTERDAM)


def at(hour: int, day: int = 24, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.AMSTERDAM)


@pytest.mark.parametrize(
    ("hour", "last", "following"),
    [(None, at(2), at(2, 25)), (5, at(5), at(5, 25)), (22, at(22, 23), at(22)), (0, at(0), at(0, 25))],
)
def test_the_nightly_sync_is_at_the_environments_hour_or_that_of_the_settings(hour, last, following):
    with time_machine.travel(TUESDAY, tick=False):
        assert last_nightly(hour) == last
        assert next_nightly(hour) == following


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (at(10, minute=20), at(10)),
        (at(7), at(7)),
        (at(6, minute=59), None),
        (at(18, minute=59), at(18)),
        (at(19), None),
        (at(10, day=28), None),
        (at(10, day=29), None),
    ],
)
def test_hourly_runs_are_within_office_hours_of_working_days(moment, due):
    with time_machine.travel(moment, tick=False):
        assert hourly_due(Environment()) == due


def test_hourly_runs_follow_the_environments_own_hours_or_are_off():
    with time_machine.travel(at(20, minute=5), tick=False):
        assert hourly_due(Environment(office_start=18, office_end=24)) == at(20)
        assert hourly_due(Environment(office_start=18, office_end=24, hourly_runs=False)) is None


@pytest.mark.database
def test_each_environment_has_its_own_night(firm: Firm):
    with time_machine.travel(TUESDAY - timedelta(days=3), tick=False):
        for domain, hour in (("vroeg", None), ("laat", 5)):
            made = Environment.objects.create(firm=firm, domain=domain, nightly_hour=hour)
            Connection.objects.create(environment=made, host="http://127.0.0.1:1", user="u", token="t")

    def planned(moment: datetime) -> set[str]:
        with time_machine.travel(moment, tick=False):
            tasks.nightly()
        plans = SyncPlan.objects.filter(trigger=Trigger.NIGHTLY, resource="")
        return set(plans.filter(created=moment.astimezone(UTC)).values_list("environment__domain", flat=True))

    planned(at(6, day=23))
    SyncPlan.objects.update(finished=at(7, day=23))
    assert planned(at(2, minute=5)) == {"vroeg"}
    assert planned(at(5, minute=5)) == {"laat"}


@pytest.mark.database
@pytest.mark.parametrize(
    ("choice", "planned"),
    [
        ({}, {"", ROTATION}),
        ({"rotation_calls": 0}, {""}),
        ({"nightly_runs": False}, set()),
    ],
)
def test_a_night_can_be_switched_off_or_be_without_its_rotation(firm: Firm, choice, planned):
    with time_machine.travel(TUESDAY - timedelta(days=3), tick=False):
        made = Environment.objects.create(firm=firm, domain="demo", **choice)
        Connection.objects.create(environment=made, host="http://127.0.0.1:1", user="u", token="t")
    with time_machine.travel(at(2, minute=5), tick=False):
        tasks.nightly()
        assert (next_night(made) is None) == (not planned)
    assert set(SyncPlan.objects.values_list("resource", flat=True)) == planned


@pytest.mark.database
@pytest.mark.parametrize(
    ("choice", "planned"),
    [
        ({}, {"", ROTATION}),
        ({"nightly_runs": False}, {HOURLY_KINDS}),
        ({"nightly_runs": False, "hourly_runs": False}, set()),
    ],
)
def test_after_an_outage_is_caught_up_what_is_read_by_itself(connected: Connected, choice, planned):
    Environment.objects.update(**choice)
    now = clock.now()
    Breaker.objects.create(environment=connected.environment, opened=now, open_until=now, pause_seconds=60)
    tasks.recover()
    assert not Breaker.objects.exists()
    assert set(SyncPlan.objects.values_list("resource", flat=True)) == planned


@pytest.mark.database
def test_an_hour_chosen_after_it_has_passed_is_due_from_the_next_night_on(firm: Firm):
    with time_machine.travel(TUESDAY - timedelta(days=3), tick=False):
        made = Environment.objects.create(firm=firm, domain="demo")
        Connection.objects.create(environment=made, host="http://127.0.0.1:1", user="u", token="t")
    times = {"nightly_hour": 5, "hourly_runs": "yes", "office_start": 7, "office_end": 19}
    with time_machine.travel(at(2, minute=5), tick=False):
        tasks.nightly()
        SyncPlan.objects.update(finished=at(3))
    with time_machine.travel(at(10), tick=False):
        form = TimetableForm(times, instance=Environment.objects.get())
        assert form.is_valid()
        form.save()
        tasks.nightly()
    plans = SyncPlan.objects.filter(trigger=Trigger.NIGHTLY, resource="")
    assert plans.count() == 1
    with time_machine.travel(at(5, day=25, minute=5), tick=False):
        tasks.nightly()
    assert plans.count() == 2
