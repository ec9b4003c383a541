"""Changes of people themselves say whose they are, like those of their records."""

from dataclasses import replace

import pytest

from portal.employees.models import Employee
from portal.mirror.models import Change, ChangeKind
from portal.nmbrs.sandbox.firm.model import EmployeeType
from portal.sync.service import sync_now
from tests import reference
from tests.conftest import Connected

pytestmark = [pytest.mark.database, pytest.mark.django_db]

FIRST = "debtors,companies,current_period,employee_types,employees"


def test_somebody_new_changed_or_gone_is_named_in_the_change_log(connected: Connected) -> None:
    sync_now(connected.environment, resource=FIRST)
    company = max(connected.sandbox.firm.companies(), key=lambda one: len(reference.people(one)))
    changed, gone = reference.people(company)[:2]
    changed.type = EmployeeType.EXTERNAL if changed.type != EmployeeType.EXTERNAL else EmployeeType.PAYROLL
    company.people.remove(gone)
    new = replace(changed, id=changed.id + 900_000, number=changed.number + 900_000)
    company.people.append(new)
    connected.sandbox.forget_answers()
    plan = sync_now(connected.environment, resource=FIRST)
    assert set(plan.runs.values_list("status", flat=True)) == {"succeeded"}
    people = {person.remote_id: person.pk for person in Employee.everything.all()}
    log = Change.objects.filter(resource="employees")
    assert set(log.values_list("kind", "employee")) == {
        (ChangeKind.CHANGED, people[changed.id]),
        (ChangeKind.REMOVED, people[gone.id]),
        (ChangeKind.ADDED, people[new.id]),
    }
