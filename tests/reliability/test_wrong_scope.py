"""Fault 25: an answer about another company or client is refused, noted and told; nothing of it is stored."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import stamina
import time_machine
from django.core import mail

from portal.accounts.models import User
from portal.companies.models import Company
from portal.connections.models import Connection, Environment, Health
from portal.debtors.models import DebtorDepartment
from portal.employees.models import Employee, Salary
from portal.mirror.models import Freshness, Quarantine, State
from portal.nmbrs.sandbox import Sandbox
from portal.sync.models import Status, SyncRun
from portal.sync.service import sync_now
from tests import golden
from tests.conftest import NOON

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

SALARIES = "Salary_GetAll_AllEmployeesByCompany"
FIRST = ("debtors", "companies", "employee_types", "current_period", "employees", "salaries", "debtor_departments")


class Office:
    """Two clients with a company each."""

    def __init__(self, environment: Environment, sandbox: Sandbox, travel: time_machine.Traveller) -> None:
        self.environment = environment
        self.sandbox = sandbox
        self.travel = travel
        golden.once("wrong scope", environment, self._first)
        with_people = Company.objects.filter(pk__in=Employee.objects.values("company")).order_by("pk")
        self.one, self.other = with_people[0], with_people[1]

    def _first(self) -> None:
        for kind in FIRST:
            self.sync(kind)

    def sync(self, kind: str) -> list[SyncRun]:
        """The runs of a sync of one kind."""
        return list(sync_now(self.environment, resource=kind).runs.order_by("pk"))

    def run_of(self, kind: str, target: Any) -> SyncRun:
        """The run of one company or debtor in a new sync of the kind."""
        key = f"{'company' if isinstance(target, Company) else 'debtor'}:{target.pk}"
        [run] = [run for run in self.sync(kind) if run.scope_key == key]
        return run


@pytest.fixture
def office(connect: Callable[[str], Environment], settings: Any, caplog: Any) -> Iterator[Office]:
    settings.NMBRS_FIXED_RATE = True
    with (
        stamina.set_testing(True, attempts=2, cap=True),
        time_machine.travel(NOON, tick=True) as travel,
        Sandbox(debtors=2, companies=1, employees=6, seed=7, today=NOON.date()) as sandbox,
    ):
        settings.NMBRS_HOSTS = [sandbox.url]
        yield Office(connect(sandbox.url), sandbox, travel)


def everything(model: Any) -> set[tuple[Any, ...]]:
    return set(model.everything.values_list("pk", "key", "company_id", "fingerprint", "missing_since"))


def test_records_of_another_companys_people_are_refused_noted_and_told(
    office: Office, administrator: Callable[[], User], caplog: pytest.LogCaptureFixture
) -> None:
    user = administrator()
    before = everything(Salary)
    office.sandbox.faults.add("wrong_parent", operation=SALARIES, company=office.one.remote_id)
    with caplog.at_level(logging.INFO):
        run = office.run_of("salaries", office.one)
    assert (run.status, run.error_kind) == (Status.FAILED, "wrong_scope")
    assert everything(Salary) == before
    assert not Quarantine.objects.exists()
    row = Freshness.objects.get(resource="salaries", company=office.one)
    assert (row.state, row.error_kind) == (State.FAILING, "wrong_scope")
    # The other company's own answer is in order, and so is the connection.
    assert Freshness.objects.get(resource="salaries", company=office.other).state == State.FRESH
    assert Connection.objects.get().health == Health.WORKING

    [event] = [record.getMessage() for record in caplog.records if record.name == "portal.security"]
    assert event.startswith(f"event=wrong_scope environment={office.environment.pk} run={run.pk} scope=company:")
    people = Employee.objects.values_list("display_name", "remote_id")
    told = "\n".join([caplog.text, *(message.subject + message.body for message in mail.outbox)])
    assert not [name for name, number in people if name in told or str(number) in told]
    [message] = mail.outbox
    assert message.to == [user.email]
    assert office.environment.domain in message.subject

    # An honest answer ends it; a second event on the same day is logged, and nobody is mailed again.
    office.sandbox.faults.clear()
    assert office.run_of("salaries", office.one).status == Status.SUCCEEDED
    office.sandbox.faults.add("wrong_parent", operation=SALARIES, company=office.one.remote_id)
    assert office.run_of("salaries", office.one).error_kind == "wrong_scope"
    assert len(mail.outbox) == 1
    office.travel.shift(timedelta(days=1, minutes=1))
    assert office.run_of("salaries", office.one).error_kind == "wrong_scope"
    assert len(mail.outbox) == 2


def test_a_list_of_another_companys_people_moves_nobody(office: Office) -> None:
    before = everything(Employee)
    people = {"operation": "List_GetByCompany", "service": "EmployeeService"}
    office.sandbox.faults.add("wrong_parent", company=office.one.remote_id, **people)
    run = office.run_of("employees", office.one)
    assert (run.status, run.error_kind) == (Status.FAILED, "wrong_scope")
    assert everything(Employee) == before


def test_a_list_of_another_clients_companies_moves_no_company(office: Office) -> None:
    before = set(Company.everything.values_list("pk", "debtor_id", "missing_since"))
    office.sandbox.faults.add("wrong_debtor", operation="List_GetByDebtor", count=1)
    runs = office.sync("companies")
    assert sorted((run.status, run.error_kind) for run in runs) == [
        (Status.FAILED, "wrong_scope"),
        (Status.SUCCEEDED, ""),
    ]
    assert set(Company.everything.values_list("pk", "debtor_id", "missing_since")) == before


def test_one_person_who_moved_among_others_who_stayed_is_no_alarm(office: Office) -> None:
    before = everything(Salary)
    office.sandbox.faults.add("moved_employee", operation=SALARIES, company=office.other.remote_id)
    assert office.run_of("salaries", office.other).status == Status.SUCCEEDED
    # Whose salary it is decides the list of people, which comes with the next sync.
    assert everything(Salary) == before
    people = {"operation": "List_GetByCompany", "service": "EmployeeService"}
    office.sandbox.faults.add("moved_employee", company=office.one.remote_id, **people)
    assert office.run_of("employees", office.one).status == Status.SUCCEEDED


def test_people_whom_their_former_company_no_longer_lists_may_all_come_over(office: Office) -> None:
    people = {"operation": "List_GetByCompany", "service": "EmployeeService"}
    Employee.objects.filter(company=office.other).update(missing_since=NOON)
    office.sandbox.faults.add("wrong_parent", company=office.one.remote_id, **people)
    own = Employee.objects.filter(company=office.one).count()
    run = office.run_of("employees", office.one)
    # Five at most are gone here, so the shrink guard has nothing against it either.
    assert run.status == (Status.SUCCEEDED if own <= 5 else Status.HELD)


def test_what_belongs_to_another_client_is_refused_once_the_own_is_known(office: Office) -> None:
    before = set(DebtorDepartment.everything.values_list("pk", "debtor_id", "description", "valid_until"))
    assert before
    office.sandbox.faults.add("wrong_debtor", operation="Department_GetList", count=1)
    errors = sorted(run.error_kind for run in office.sync("debtor_departments"))
    assert errors == ["", "wrong_scope"]
    assert set(DebtorDepartment.everything.values_list("pk", "debtor_id", "description", "valid_until")) == before
