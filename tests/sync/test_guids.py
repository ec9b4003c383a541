"""Debtors, companies and people get the GUIDs by which the REST interface knows them, in whatever order they come."""

from uuid import UUID

import pytest

from portal.companies.models import Company
from portal.connections.models import Environment, Health
from portal.debtors.models import Debtor, DebtorGuid
from portal.employees.models import CompanyGuid, Employee
from portal.mirror.models import Freshness, State
from portal.nmbrs.sandbox.firm.identity import guid_of
from portal.sync.health import of_environments
from portal.sync.models import Breaker, Status
from portal.sync.service import progress, sync_now
from tests.conftest import Connected
from tests.factories import make_company, make_debtor, make_environment, make_person

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

ROWS = {"Debtor": Debtor, "Company": Company, "Employee": Employee}
#: Everything down to the people, and no more.
PEOPLE = "debtors,companies,employee_types,employees"
IDS = "company_guids,debtor_guids"
COMPANY_IDS = "Converter_GetByCompany_IntToGuid"
CLIENT_IDS = "Converter_GetDebtors_IntToGuid"


def guids(model: type[Debtor] | type[Company] | type[Employee], environment: Environment) -> dict[int, UUID | None]:
    return dict(model.everything.filter(environment=environment).values_list("remote_id", "guid"))


def assert_all_known(environment: Environment) -> None:
    for entity, model in ROWS.items():
        found = guids(model, environment)
        assert found
        assert found == {number: UUID(guid_of(entity, number)) for number in found}


def asked(connected: Connected) -> list[tuple[str, str]]:
    return [
        (call.operation, call.parameters.get("Entity", ""))
        for call in connected.sandbox.requests
        if call.operation.startswith("Converter_")
    ]


def test_all_three_levels_have_their_guids_after_a_sync_and_a_resync_changes_nothing(connected: Connected) -> None:
    plan = sync_now(connected.environment, resource=f"{PEOPLE},{IDS}")
    assert set(plan.runs.values_list("status", flat=True)) == {Status.SUCCEEDED}
    assert_all_known(connected.environment)
    before = {model: list(model.everything.order_by("pk").values()) for model in (*ROWS.values(), CompanyGuid)}
    connected.sandbox.forget_requests()
    again = sync_now(connected.environment, resource=f"{PEOPLE},{IDS}")
    assert set(again.runs.values_list("added", "changed", "missing")) == {(0, 0, 0)}
    assert {model: list(model.everything.order_by("pk").values()) for model in before} == before
    # What is known for good is not asked again.
    companies = Company.objects.count()
    assert sorted(asked(connected)) == sorted([(CLIENT_IDS, ""), *[(COMPANY_IDS, "Employee")] * companies])


def test_rows_that_come_later_than_their_ids_get_them_too(connected: Connected) -> None:
    sync_now(connected.environment, resource=f"{PEOPLE},{IDS}")
    for model in (Employee, Company, Debtor):
        model.everything.update(guid=None, fingerprint=b"")
    Freshness.objects.update(digest=b"")
    connected.sandbox.faults.add("fault", code=1002, operation=COMPANY_IDS)
    connected.sandbox.faults.add("fault", code=1002, operation=CLIENT_IDS)
    sync_now(connected.environment, resource=PEOPLE)
    assert_all_known(connected.environment)


def test_who_is_new_gets_a_guid_in_the_same_sync(connected: Connected) -> None:
    sync_now(connected.environment, resource=f"{PEOPLE},{IDS}")
    before = Employee.objects.count()
    connected.sandbox.advance()
    sync_now(connected.environment, resource=f"{PEOPLE},{IDS}")
    assert Employee.objects.count() > before
    assert_all_known(connected.environment)


def test_a_changed_row_keeps_its_guid_where_nmbrs_gives_none_any_more(connected: Connected) -> None:
    sync_now(connected.environment, resource=f"{PEOPLE},{IDS}")
    for operation in (COMPANY_IDS, CLIENT_IDS):
        connected.sandbox.faults.add("missing_required", operation=operation, element="IdGuid")
    CompanyGuid.everything.all().delete()
    DebtorGuid.everything.all().delete()
    for debtor in connected.sandbox.firm.debtors:
        debtor.name = f"{debtor.name} anders"
    connected.sandbox.forget_answers()
    plan = sync_now(connected.environment, resource=f"{PEOPLE},{IDS}")
    assert plan.runs.get(resource="debtors").changed == len(connected.sandbox.firm.debtors)
    assert_all_known(connected.environment)


def test_another_environment_with_the_same_numbers_is_left_alone(connected: Connected) -> None:
    sync_now(connected.environment, resource=PEOPLE)
    other = make_environment(connected.firm, "other")
    numbers = {model: model.objects.order_by("pk").values_list("remote_id", flat=True)[0] for model in ROWS.values()}
    company = make_company(make_debtor(other, remote_id=numbers[Debtor], key="a"), remote_id=numbers[Company], key="b")
    make_person(company, remote_id=numbers[Employee], key="c")
    sync_now(connected.environment, resource=IDS)
    assert_all_known(connected.environment)
    for model in ROWS.values():
        assert guids(model, other) == {numbers[model]: None}


@pytest.mark.parametrize(
    ("fault", "details", "state"),
    [
        ("fault", {"code": 9999}, State.FAILING),
        ("fault", {"code": 1002}, State.NOT_PERMITTED),
        # What would stop a connection says nothing here: the same token works for everything else.
        ("fault", {"code": 1001}, State.FAILING),
        ("500", {}, State.FAILING),
        ("html_200", {}, State.FAILING),
        ("missing_required", {"element": "IdInt"}, State.FAILING),
    ],
)
def test_clients_have_guids_and_the_sync_is_whole_where_their_own_converter_fails(
    connected: Connected, fault: str, details: dict[str, object], state: State
) -> None:
    connected.sandbox.faults.add(fault, operation=CLIENT_IDS, **details)
    plan = sync_now(connected.environment, resource=f"{PEOPLE},{IDS}")
    others = plan.runs.exclude(resource="debtor_guids")
    assert set(others.values_list("status", flat=True)) == {Status.SUCCEEDED}
    assert_all_known(connected.environment)
    own = Freshness.objects.get(resource="debtor_guids")
    assert (own.state, own.last_success) == (state, None)
    assert own.error_kind
    assert plan.runs.get(resource="debtor_guids").error_kind == own.error_kind
    assert progress(plan).failed == 0
    connected.connection.refresh_from_db()
    assert connected.connection.health == Health.WORKING
    assert not Breaker.objects.exists()


def test_where_nmbrs_was_away_the_clients_converter_does_not_say_that_it_still_is(connected: Connected) -> None:
    connected.connection.health = Health.UNAVAILABLE
    connected.connection.save()
    connected.sandbox.faults.add("503", operation=CLIENT_IDS)
    plan = sync_now(connected.environment, resource="debtor_guids")
    assert [run.error_kind for run in plan.runs.all()] == ["unavailable"]
    assert not Breaker.objects.exists()
    sync_now(connected.environment, resource="debtors")
    connected.connection.refresh_from_db()
    assert connected.connection.health == Health.WORKING


def test_a_full_sync_counts_as_one_without_the_clients_converter(mirrored: Connected) -> None:
    mirrored.sandbox.faults.add("fault", code=9999, operation=CLIENT_IDS)
    plan = sync_now(mirrored.environment)
    assert plan.runs.get(resource="debtor_guids").status == Status.FAILED
    (health,) = of_environments(Environment.objects.all())
    assert health.last_full == plan.finished
