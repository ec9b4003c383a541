"""Whatever comes back, or does not: a clear line, the old data stays, and nothing else stops."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import F

from portal import clock
from portal.companies.models import Company
from portal.connections import open_source
from portal.connections.models import Connection, Environment, Health
from portal.employees.models import Address, Employee, Salary
from portal.mirror.asked import Asked
from portal.mirror.marks import mark_of
from portal.mirror.models import Freshness, Quarantine, Reason, State
from portal.mirror.resource import registry
from portal.sync import tasks
from portal.sync.models import Status, SyncPlan, SyncRun
from portal.sync.scopes import company_scope
from portal.sync.service import sync_now
from tests.conftest import NOON, Connected

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

SALARIES = "Salary_GetAll_AllEmployeesByCompany"
#: Salaries, and kinds that are asked before, together with and after them.
AROUND = "employees,employments,salaries,contracts,schedules,addresses"
ADDRESSES = "Address_GetAll_AllEmployeesByCompany"


@pytest.fixture
def company(mirrored: Connected) -> Company:
    """A company with people and salaries; its digests are forgotten, so every answer is read in full."""
    found = Company.objects.filter(salary_set__isnull=False).order_by("pk").first()
    assert found is not None
    Freshness.objects.update(digest=b"")
    return found


def rows_of(company: Company) -> dict[int, bytes]:
    return {pk: bytes(print_) for pk, print_ in Salary.objects.filter(company=company).values_list("pk", "fingerprint")}


def the_run(plan: SyncPlan, resource: str) -> SyncRun:
    return plan.runs.get(resource=resource)


def everything_else_succeeded(plan: SyncPlan, *resources: str) -> bool:
    others = plan.runs.exclude(resource__in=resources)
    return others.exists() and set(others.values_list("status", flat=True)) == {Status.SUCCEEDED}


@pytest.mark.parametrize(
    ("fault", "details", "kind"),
    [
        ("html_200", {}, "unavailable"),
        ("502_html", {}, "unavailable"),
        ("500", {}, "unavailable"),
        ("reset", {}, "unavailable"),
        ("truncated", {}, "malformed"),
        ("wrong_charset", {}, "malformed"),
        ("fault", {"code": 9999}, "unknown_fault"),
    ],
)
def test_a_broken_answer_fails_its_run_keeps_the_rows_and_stops_nothing_else(
    mirrored: Connected, company: Company, fault: str, details: dict[str, int], kind: str
) -> None:
    before = rows_of(company)
    mirrored.sandbox.faults.add(fault, operation=SALARIES, company=company.remote_id, **details)
    plan = sync_now(company, resource=AROUND)
    run = the_run(plan, "salaries")
    assert (run.status, run.error_kind) == (Status.FAILED, kind)
    assert rows_of(company) == before
    assert everything_else_succeeded(plan, "salaries")
    freshness = Freshness.objects.get(scope_key=f"company:{company.pk}", resource="salaries")
    assert freshness.state == State.FAILING
    assert freshness.last_success is not None
    assert freshness.last_attempt > freshness.last_success  # type: ignore[operator]


@pytest.mark.parametrize("code", [1002, 1003, 2004])
def test_a_call_that_is_not_permitted_is_a_state_of_its_own(mirrored: Connected, company: Company, code: int) -> None:
    before = rows_of(company)
    mirrored.sandbox.faults.add("fault", code=code, operation=SALARIES, company=company.remote_id)
    plan = sync_now(company, resource=AROUND)
    run = the_run(plan, "salaries")
    assert (run.status, run.error_code) == (Status.NOT_PERMITTED, code)
    assert rows_of(company) == before
    assert everything_else_succeeded(plan, "salaries")
    freshness = Freshness.objects.get(scope_key=f"company:{company.pk}", resource="salaries")
    assert (freshness.state, freshness.error_code) == (State.NOT_PERMITTED, code)


def test_what_was_not_permitted_is_asked_again_the_next_night(mirrored: Connected, company: Company) -> None:
    mirrored.sandbox.faults.add("fault", code=1002, operation=SALARIES, company=company.remote_id)
    sync_now(company, resource="salaries")
    freshness = Freshness.objects.get(scope_key=f"company:{company.pk}", resource="salaries")
    assert freshness.state == State.NOT_PERMITTED
    # The fast lane of the night is enough for this.
    Environment.objects.update(rotation_calls=0)
    for night, (allowed, state) in enumerate(((False, State.NOT_PERMITTED), (True, State.FRESH)), 1):
        if allowed:
            mirrored.sandbox.faults.clear()
        with time_machine.travel(NOON + timedelta(days=night), tick=True):
            mirrored.sandbox.forget_requests()
            tasks.nightly()
            tasks.work(mirrored.environment.pk)
            asked = [call.parameters.values() for call in mirrored.sandbox.requests if call.operation == SALARIES]
            assert [str(company.remote_id) in values for values in asked].count(True) == 1
            freshness.refresh_from_db()
            assert (freshness.state, freshness.last_attempt.date()) == (state, clock.today())


def test_an_empty_list_for_a_company_that_had_people_is_held(mirrored: Connected, company: Company) -> None:
    before = rows_of(company)
    mirrored.sandbox.faults.add("empty_list", operation=SALARIES, company=company.remote_id)
    plan = sync_now(company)
    run = the_run(plan, "salaries")
    assert run.status == Status.HELD
    assert run.error_detail == f"{len(before)}/{len(before)}"
    assert rows_of(company) == before
    assert everything_else_succeeded(plan, "salaries")


def test_a_failure_after_a_hold_leaves_the_decision_waiting(mirrored: Connected, company: Company) -> None:
    mirrored.sandbox.faults.add("empty_list", operation=SALARIES, company=company.remote_id)
    sync_now(company, resource="salaries")
    held = Freshness.objects.get(scope_key=f"company:{company.pk}", resource="salaries")
    mirrored.sandbox.faults.clear()
    mirrored.sandbox.faults.add("500", operation=SALARIES, company=company.remote_id)
    sync_now(company, resource="salaries")
    after = Freshness.objects.get(pk=held.pk)
    assert (after.state, bytes(after.held_digest)) == (State.HELD, bytes(held.held_digest))
    assert after.last_attempt > held.last_attempt  # type: ignore[operator]


def test_a_held_answer_passes_when_a_person_accepted_exactly_it(mirrored: Connected, company: Company) -> None:
    mirrored.sandbox.faults.add("empty_list", operation=SALARIES, company=company.remote_id)
    sync_now(company, resource="salaries")
    freshness = Freshness.objects.get(scope_key=f"company:{company.pk}", resource="salaries")
    freshness.accepted_digest = freshness.held_digest
    freshness.save()
    plan = sync_now(company, resource="salaries")
    assert the_run(plan, "salaries").status == Status.SUCCEEDED
    assert not Salary.objects.filter(company=company).exists()
    assert Salary.everything.filter(company=company).exists()

    mirrored.sandbox.faults.clear()
    sync_now(company, resource="salaries")
    assert Salary.objects.filter(company=company).exists()


def test_a_new_unknown_element_is_counted_and_the_rest_is_published(mirrored: Connected, company: Company) -> None:
    mirrored.sandbox.faults.add("unknown_element", element="Bonus", operation=SALARIES, company=company.remote_id)
    plan = sync_now(company, resource="salaries")
    run = the_run(plan, "salaries")
    assert run.status == Status.SUCCEEDED
    assert run.unknown_elements >= run.read > 0
    assert f"+Bonus: {run.unknown_elements}" in run.error_detail


def test_a_required_element_missing_everywhere_fails_the_run(mirrored: Connected, company: Company) -> None:
    before = rows_of(company)
    mirrored.sandbox.faults.add("missing_required", element="Value", operation=SALARIES, company=company.remote_id)
    plan = sync_now(company, resource=AROUND)
    run = the_run(plan, "salaries")
    assert (run.status, run.error_kind) == (Status.FAILED, "schema")
    assert rows_of(company) == before
    assert everything_else_succeeded(plan, "salaries")


def test_an_unknown_enum_value_is_kept_as_it_came_and_counted(mirrored: Connected, company: Company) -> None:
    mirrored.sandbox.faults.add(
        "unknown_enum", element="Type", value="BoatAddress", operation=ADDRESSES, company=company.remote_id
    )
    plan = sync_now(company, resource="addresses")
    run = the_run(plan, "addresses")
    assert (run.status, run.unknown_values) == (Status.SUCCEEDED, run.read)
    assert set(Address.objects.filter(company=company).values_list("address_type", flat=True)) == {"BoatAddress"}


def test_a_value_that_does_not_fit_puts_its_record_in_quarantine_and_keeps_the_old_row(
    mirrored: Connected, company: Company
) -> None:
    before = rows_of(company)
    mirrored.sandbox.faults.add(
        "unknown_enum", element="Value", value="twelve", operation=SALARIES, company=company.remote_id
    )
    plan = sync_now(company, resource="salaries")
    run = the_run(plan, "salaries")
    assert (run.status, run.quarantined, run.missing) == (Status.SUCCEEDED, len(before), 0)
    assert run.error_detail == f"amount: {len(before)}"
    assert rows_of(company) == before


def test_a_wrong_token_stops_the_environment_at_once_and_is_said_on_the_connection(mirrored: Connected) -> None:
    Connection.objects.filter(pk=mirrored.connection.pk).update(health=Health.WORKING)
    connection = Connection.objects.get(pk=mirrored.connection.pk)
    connection.token = "wrong"
    connection.save()
    people = Employee.objects.count()
    mirrored.sandbox.forget_requests()
    plan = sync_now(mirrored.environment)
    assert set(plan.runs.values_list("status", "error_kind")) == {(Status.FAILED, "credentials")}
    connection.refresh_from_db()
    assert connection.health == Health.REFUSED
    assert Employee.objects.count() == people
    assert len(mirrored.sandbox.requests) <= 16


def test_a_host_that_is_down_ends_the_plan_and_keeps_everything(mirrored: Connected) -> None:
    people = Employee.objects.count()
    mirrored.sandbox.close()
    plan = sync_now(mirrored.environment)
    assert set(plan.runs.values_list("status", "error_kind")) == {(Status.FAILED, "unavailable")}
    assert plan.finished is not None
    assert Connection.objects.get().health == Health.UNAVAILABLE
    assert Employee.objects.count() == people


def test_a_host_that_is_not_allowed_is_never_called(mirrored: Connected) -> None:
    Connection.objects.update(host="https://nmbrs.attacker.example")
    plan = sync_now(mirrored.environment)
    assert set(plan.runs.values_list("status", "error_kind")) == {(Status.FAILED, "host")}
    assert Employee.objects.exists()


def test_a_record_set_aside_still_ends_the_one_before_it(mirrored: Connected, company: Company) -> None:
    open_ended = {row.employee_id: row for row in Salary.objects.filter(company=company, valid_until=None)}
    raised = Salary.objects.filter(company=company, valid_until__gt=F("valid_from"), employee__in=open_ended)
    ended = next(row for row in raised if row.valid_until == open_ended[row.employee_id].valid_from)
    latest = open_ended[ended.employee_id]
    asked = Asked(registry["salaries"], company_scope(company))
    source = open_source(mirrored.connection)
    [record] = [one for one in asked.fetch(source).records() if one["remote_id"] == str(latest.remote_id)]
    source.close()
    place = {"environment": mirrored.environment, "debtor": company.debtor, "company": company}
    Quarantine.objects.create(
        **place,
        scope_key=asked.scope.key,
        resource="salaries",
        row_key=latest.key,
        field="killed",
        reason=Reason.KILLED,
        mark=mark_of(record),
        first_seen=clock.now(),
        last_seen=clock.now(),
    )
    Freshness.objects.filter(scope_key=asked.scope.key, resource="salaries").update(quarantined=1, digest=b"")
    before = rows_of(company)
    run = the_run(sync_now(company, resource="salaries"), "salaries")
    assert (run.status, run.quarantined, run.error_detail) == (Status.SUCCEEDED, 1, "@killed: 1")
    assert rows_of(company) == before
    assert Salary.objects.get(pk=ended.pk).valid_until == latest.valid_from
    # Given differently it is another record: it is read, and leaves the quarantine.
    Quarantine.objects.update(mark=b"another")
    assert the_run(sync_now(company, resource="salaries"), "salaries").quarantined == 0
    assert not Quarantine.objects.exists()
