"""R11: what the shrink guard lets through without a person, and the wages of a closed period that it does not."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

import pytest
import stamina
import time_machine

from portal.companies.models import Company, RunWage
from portal.connections.models import Environment
from portal.employees.models import Employee, Salary
from portal.mirror.models import Freshness, State
from portal.nmbrs.sandbox import Sandbox
from portal.periods import preceding
from portal.sync.models import Status, SyncRun
from portal.sync.scopes import company_scope
from portal.sync.service import sync_now
from tests import golden
from tests.conftest import NOON

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

SALARIES = "Salary_GetAll_AllEmployeesByCompany"
FIRST = ("debtors", "companies", "employee_types", "current_period", "employees", "employments")
HOUR = timedelta(hours=1)


class Office:
    """One company with its people, mirrored in a few kinds, and a clock that can be moved."""

    def __init__(self, environment: Environment, sandbox: Sandbox, travel: time_machine.Traveller) -> None:
        self.environment = environment
        self.sandbox = sandbox
        self._travel = travel
        golden.once(("agreement", len(list(sandbox.firm.people()))), environment, self._first)
        with_people = Employee.objects.values("company")
        self.company = Company.objects.select_related("current").get(pk__in=with_people)

    def _first(self) -> None:
        for kind in FIRST:
            self.sync(kind)

    def sync(self, kind: str) -> SyncRun:
        """The last run of the kind's sync."""
        return sync_now(self.environment, resource=kind).runs.order_by("-pk")[0]

    def wait(self, time: timedelta) -> None:
        """Let time pass."""
        self._travel.shift(time)

    def freshness(self, kind: str) -> Freshness:
        """Of the company."""
        return Freshness.objects.get(scope_key=f"company:{self.company.pk}", resource=kind)


@pytest.fixture
def office(connect: Callable[[str], Environment], settings: Any, request: pytest.FixtureRequest) -> Iterator[Office]:
    settings.NMBRS_FIXED_RATE = True
    people = getattr(request, "param", 6)
    with (
        stamina.set_testing(True, attempts=2, cap=True),
        time_machine.travel(NOON, tick=True) as travel,
        Sandbox(debtors=1, companies=1, employees=people, seed=7, today=NOON.date()) as sandbox,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]
        yield Office(connect(sandbox.url), sandbox, travel)


def test_two_equal_answers_an_hour_apart_are_believed_of_a_small_company(office: Office) -> None:
    office.sync("salaries")
    count = Salary.objects.count()
    assert 5 < count <= 50
    office.sandbox.faults.add("empty_list", operation=SALARIES)
    assert office.sync("salaries").status == Status.HELD
    office.wait(HOUR - timedelta(minutes=1))
    assert office.sync("salaries").status == Status.HELD
    assert Salary.objects.count() == count
    office.wait(timedelta(minutes=1))
    run = office.sync("salaries")
    assert (run.status, run.missing) == (Status.SUCCEEDED, count)
    assert not Salary.objects.exists()
    assert Salary.everything.count() == count
    row = office.freshness("salaries")
    assert (row.state, bytes(row.held_digest), row.held_at) == (State.FRESH, b"", None)


def test_another_answer_begins_its_own_hour(office: Office) -> None:
    office.sync("salaries")
    count = Salary.objects.count()
    office.sandbox.faults.add("empty_list", operation=SALARIES)
    assert office.sync("salaries").status == Status.HELD
    office.wait(2 * HOUR)
    office.sandbox.faults.clear()
    office.sandbox.faults.add("half_list", operation=SALARIES)
    assert office.sync("salaries").status == Status.HELD
    office.wait(HOUR - timedelta(minutes=1))
    assert office.sync("salaries").status == Status.HELD
    assert Salary.objects.count() == count
    # And the first one begins again too.
    office.sandbox.faults.clear()
    office.sandbox.faults.add("empty_list", operation=SALARIES)
    assert office.sync("salaries").status == Status.HELD


def test_what_a_person_refused_is_not_believed_however_often_it_comes(office: Office) -> None:
    office.sync("salaries")
    office.sandbox.faults.add("empty_list", operation=SALARIES)
    office.sync("salaries")
    row = office.freshness("salaries")
    Freshness.objects.filter(pk=row.pk).update(rejected_digest=row.held_digest)
    for _ in range(2):
        office.wait(2 * HOUR)
        assert office.sync("salaries").status == Status.HELD
    assert Salary.objects.exists()


@pytest.mark.parametrize(("total", "believed"), [(50, True), (51, False)])
def test_the_limit_of_five_applies_up_to_fifty_rows(office: Office, total: int, believed: bool) -> None:
    office.sync("salaries")
    pattern = Salary.objects.order_by("pk")[0]
    for number in range(total - Salary.objects.count()):
        pattern.pk, pattern.key = None, f"planted/{number}"
        pattern.save(force_insert=True)
    assert Salary.objects.count() == total
    office.sandbox.faults.add("empty_list", operation=SALARIES)
    Freshness.objects.filter(resource="salaries").update(digest=b"")
    assert office.sync("salaries").error_detail == f"{total}/{total}"
    office.wait(HOUR)
    assert office.sync("salaries").status == (Status.SUCCEEDED if believed else Status.HELD)


def test_a_list_of_clients_is_never_believed_without_a_person(office: Office) -> None:
    office.sandbox.faults.add("empty_list", operation="List_GetAll")
    for _ in range(3):
        assert office.sync("debtors").status == Status.HELD
        office.wait(2 * HOUR)


def closed_wages(office: Office) -> tuple[Any, Decimal]:
    """The rows of the last closed period that has any, and the total of their amounts without signs."""
    scope = company_scope(office.company)
    assert scope.current is not None and scope.period_type is not None
    period = scope.current
    for _ in range(13):
        period = preceding(scope.period_type, period)
        rows = RunWage.objects.filter(year=period.year, number=period.number)
        if rows.exists():
            break
    assert rows.exists()
    return rows, sum((abs(amount) for amount in rows.values_list("amount", flat=True)), start=Decimal())


def have_had(rows: Any, total: Decimal, now: Decimal) -> None:
    """Let the mirror know the period with this total."""
    row = rows.order_by("-amount")[0]
    assert row.amount > 0
    row.amount += total - now
    row.fingerprint = b"other"
    row.save()
    Freshness.objects.filter(resource="run_output").update(digest=b"")


@pytest.fixture
def with_wages(office: Office) -> Office:
    """The same with the output of its runs."""
    for kind in ("runs", "run_output"):
        assert office.sync(kind).status == Status.SUCCEEDED
    assert RunWage.objects.count() > 20
    return office


@pytest.mark.parametrize(("cents", "held"), [(-1, False), (0, False), (1, True)])
def test_more_than_thirty_percent_off_a_closed_period_is_held_and_no_less(
    with_wages: Office, cents: int, held: bool
) -> None:
    rows, now = closed_wages(with_wages)
    limit = (now / Decimal("0.7")).quantize(Decimal("0.01"), ROUND_DOWN)
    have_had(rows, limit + cents * Decimal("0.01"), now)
    before = set(RunWage.everything.values_list("pk", "amount", "fingerprint", "missing_since"))
    run = with_wages.sync("run_output")
    if not held:
        assert (run.status, run.changed) == (Status.SUCCEEDED, 1)
        assert closed_wages(with_wages)[1] == now
        return
    period = rows.values_list("year", "number")[0]
    assert (run.status, run.error_detail) == (Status.HELD, f"{period[0]}/{period[1]}: 30%")
    assert set(RunWage.everything.values_list("pk", "amount", "fingerprint", "missing_since")) == before
    # However small the company: this is for a person.
    with_wages.wait(2 * HOUR)
    assert with_wages.sync("run_output").status == Status.HELD
    row = with_wages.freshness("run_output")
    Freshness.objects.filter(pk=row.pk).update(accepted_digest=row.held_digest)
    assert with_wages.sync("run_output").status == Status.SUCCEEDED
    assert closed_wages(with_wages)[1] == now


def test_a_current_period_may_fall_as_far_as_it_likes(with_wages: Office) -> None:
    rows, now = closed_wages(with_wages)
    year, number = rows.values_list("year", "number")[0]
    with_wages.company.current.__class__.objects.update(year=year, number=number)
    have_had(rows, 3 * now, now)
    assert with_wages.sync("run_output").status == Status.SUCCEEDED


def test_a_closed_period_that_rises_is_no_alarm(with_wages: Office) -> None:
    rows, _ = closed_wages(with_wages)
    row = rows.order_by("-amount")[0]
    row.amount, row.fingerprint = row.amount / 1000, b"other"
    row.save()
    Freshness.objects.filter(resource="run_output").update(digest=b"")
    assert with_wages.sync("run_output").status == Status.SUCCEEDED
