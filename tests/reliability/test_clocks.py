"""R15: both nights on which the clock changes, 29 February, week 53 and a week asleep, on hosts of several time zones.
No nightly sync is skipped or doubled, nothing runs twice, and no period date moves.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django_q.brokers import get_broker
from django_q.models import OrmQ
from django_q.models import Schedule as Timetable
from django_q.scheduler import scheduler

from portal import clock
from portal.accounts.models import Firm
from portal.companies.models import CurrentPeriod, Run, WageTaxReturn
from portal.connections.models import Connection, Environment
from portal.employees.models import Department
from portal.nmbrs.sandbox import Sandbox
from portal.periods import bounds
from portal.sync import tasks
from portal.sync.models import HOURLY_KINDS, ROTATION, SyncPlan, Trigger
from portal.sync.service import sync_now
from tests import reference
from tests.reliability.reader import Reader, look
from tests.reliability.truth import check

pytestmark = [pytest.mark.pages]

ZONES = ("UTC", "Europe/Amsterdam")
SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
#: Kinds with period dates, and what they need.
KINDS = (
    "debtors",
    "employee_types",
    "companies",
    "current_period",
    "runs",
    "wage_tax_returns",
    "employees",
    "departments",
    "salaries",
)
HOURS = (0, 1, 2, 3, 23)


@pytest.fixture(params=ZONES)
def host(request: pytest.FixtureRequest) -> Iterator[str]:
    """The time zone of the machine itself."""
    yield from _zone(request.param)


def _zone(name: str) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    yield name
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def finish_all() -> None:
    SyncPlan.objects.filter(finished=None).update(finished=clock.now())


def live(first: datetime, last: datetime, minutes: int, *functions: Callable[[], None]) -> None:
    """Call the schedules' functions all along; every plan is finished before the next look."""
    moment = first
    while moment <= last:
        with time_machine.travel(moment, tick=False):
            for function in functions:
                function()
            finish_all()
        moment += timedelta(minutes=minutes)


def created(trigger: Trigger, resource: str, domain: str = "demo") -> list[datetime]:
    plans = SyncPlan.objects.filter(trigger=trigger, resource=resource, environment__domain=domain).order_by("created")
    return list(plans.values_list("created", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("night", [SPRING, AUTUMN, date(2028, 2, 29), date(2027, 1, 1)])
def test_every_night_has_one_nightly_sync_and_one_rotation_at_whatever_hour(firm: Firm, host: str, night: date) -> None:
    noon = datetime(night.year, night.month, night.day, 12, tzinfo=clock.AMSTERDAM)
    begin = noon - timedelta(days=1)
    for hour in HOURS:
        made = Environment.objects.create(
            firm=firm, domain=f"at{hour}", nightly_hour=hour, created=begin - timedelta(days=20)
        )
        Connection.objects.create(environment=made, host="http://127.0.0.1:1", user="u", token="t")
        # Last night's was done.
        SyncPlan.objects.create(
            environment=made,
            scope_key=f"environment:{made.pk}",
            trigger=Trigger.NIGHTLY,
            created=begin - timedelta(hours=12 - hour if hour < 12 else 36 - hour),
            finished=begin,
        )
    SyncPlan.objects.update(resource="before the count")
    live(begin, noon + timedelta(days=2), 20, tasks.nightly)
    for hour in HOURS:
        moments = created(Trigger.NIGHTLY, "", f"at{hour}")
        assert created(Trigger.NIGHTLY, ROTATION, f"at{hour}") == moments
        local = [moment.astimezone(clock.AMSTERDAM) for moment in moments]
        assert [at.date() for at in local] == [local[0].date() + timedelta(days=n) for n in range(3)]
        wanted = [3 if hour == 2 and at.date() == SPRING else hour for at in local]
        assert [at.hour for at in local] == wanted, hour
        apart = [later - one for one, later in pairwise(moments)]
        assert all(timedelta(hours=22, minutes=40) <= gap <= timedelta(hours=25, minutes=20) for gap in apart)


@pytest.mark.django_db
@pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
def test_the_hours_of_the_days_around_a_change_of_the_clock_have_one_hourly_sync_each(
    connect: Callable[[str], Environment], host: str, sunday: date
) -> None:
    connect("http://127.0.0.1:1")
    friday = datetime(sunday.year, sunday.month, sunday.day, tzinfo=clock.AMSTERDAM) - timedelta(days=2)
    Environment.objects.update(created=friday - timedelta(days=20), office_start=0, office_end=24)
    # Wall-clock arithmetic: Monday's last hour, whatever the clock did in between.
    end = (friday + timedelta(days=3, hours=23, minutes=30)).astimezone(UTC)
    live(friday.astimezone(UTC), end, 30, tasks.hourly)
    per_day = Counter(at.astimezone(clock.AMSTERDAM).date() for at in created(Trigger.HOURLY, HOURLY_KINDS))
    assert set(per_day) == {sunday - timedelta(days=2), sunday + timedelta(days=1)}
    assert per_day[sunday - timedelta(days=2)] == 24
    hours = [at.astimezone(clock.AMSTERDAM).replace(minute=0) for at in created(Trigger.HOURLY, HOURLY_KINDS)]
    assert len(hours) == len(set(hours))


# The scheduler closes its database connections as it goes.
@pytest.mark.django_db(transaction=True)
def test_after_a_week_asleep_every_schedule_is_called_once_and_plans_one_sync(
    connect: Callable[[str], Environment], host: str
) -> None:
    asleep = datetime(2026, 10, 21, 9, 2, tzinfo=clock.AMSTERDAM)
    awake = asleep + timedelta(days=7, hours=1)
    with time_machine.travel(asleep, tick=False):
        connect("http://127.0.0.1:1")
        Timetable.objects.update(next_run=asleep + timedelta(minutes=1))
    with time_machine.travel(awake, tick=False):
        broker = get_broker()
        for _ in range(5):
            scheduler(broker=broker)
        called = Counter(entry.func() for entry in OrmQ.objects.all())
        assert set(called) == set(Timetable.objects.values_list("func", flat=True))
        assert set(called.values()) == {1}
        assert all(row.next_run > clock.now() for row in Timetable.objects.all())
        for _ in range(2):
            tasks.nightly()
            tasks.hourly()
            finish_all()
    assert len(created(Trigger.NIGHTLY, "")) == 1
    assert len(created(Trigger.NIGHTLY, ROTATION)) == 1
    assert len(created(Trigger.HOURLY, HOURLY_KINDS)) == 1


def periods_stay(connect: Callable[[str], Environment], settings: Any, moment: datetime) -> None:
    """A sync at this moment and another a day later: every period date is Nmbrs' own, and the second changes none."""
    settings.NMBRS_FIXED_RATE = True
    today = moment.astimezone(clock.AMSTERDAM).date()
    with (
        time_machine.travel(moment, tick=True) as traveller,
        Sandbox(debtors=2, companies=2, employees=2, seed=11, today=today) as sandbox,
        Reader(pause=0.1) as reader,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]
        environment = connect(sandbox.url)
        for name in KINDS:
            sync_now(environment, resource=name)
        companies = list(sandbox.firm.companies())
        assert len({company.period_type for company in companies}) > 1
        for _ in range(2):
            assert {(row.company.remote_id, row.period) for row in CurrentPeriod.objects.select_related("company")} == {
                (company.id, company.current) for company in companies
            }
            assert set(Run.objects.values_list("remote_id", "year", "period_start", "period_end")) == {
                (run.id, run.year, run.first, run.last) for company in companies for run in company.runs
            }
            returns = WageTaxReturn.objects.values_list("remote_id", "year", "number", "first_day", "last_day")
            assert set(returns) == {
                (row.id, row.year, row.period, row.first, row.last) for company in companies for row in company.returns
            }
            assert set(Department.objects.values_list("employee__remote_id", "valid_from")) == {
                (person.id, bounds(company.period_type, row.start).first)
                for company in companies
                for person in reference.people(company)
                for row in person.departments
            }
            verdict = check(environment, moved=True, only=KINDS)
            assert verdict.equal, str(verdict)
            traveller.move_to(moment + timedelta(days=1))
            for name in KINDS:
                runs = sync_now(environment, resource=name).runs
                assert set(runs.values_list("status", "changed", "missing")) == {("succeeded", 0, 0)}
        # Nmbrs stood still: each kind of a company was seen as it is now or not at all.
        assert reader.problem is None
        assert reader.looks > 1
        assert reader.strange({}, look()) == []


#: Just before and after midnight in the Netherlands and in UTC, where a day would move if anything mixed them up.
MOMENTS = {
    "leap day": datetime(2028, 2, 28, 23, 30, tzinfo=UTC),
    "week 53": datetime(2026, 12, 30, 23, 30, tzinfo=UTC),
    "clock goes forward": datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
    "clock goes back": datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
    "new year": datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_no_period_date_moves_in_the_night_of_the_change_of_the_clock(
    connect: Callable[[str], Environment], settings: Any
) -> None:
    for _ in _zone("America/New_York"):
        periods_stay(connect, settings, MOMENTS["clock goes back"])


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_no_period_date_moves_on_any_odd_day_on_any_host(
    connect: Callable[[str], Environment], settings: Any, host: str, moment: datetime
) -> None:
    periods_stay(connect, settings, moment)
