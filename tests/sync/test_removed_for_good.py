"""What was removed for good does not come back by a sync, until somebody lets it or the person returns to service."""

import pytest

from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.companies.models import Company
from portal.debtors.models import Debtor, DebtorGuid
from portal.employees.models import Contract, Employee, Employment, Salary
from portal.mirror import forgotten
from portal.mirror.models import Forgotten, Freshness
from portal.privacy import removal
from portal.privacy.models import RemovalState
from portal.sync.service import sync_now
from tests.conftest import Connected

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

LISTS = "debtors,debtor_guids,companies"


def read_again(connected: Connected, resource: str) -> set[str]:
    """Sync as if every answer were another one; how the runs ended."""
    Freshness.objects.update(digest=b"")
    return set(sync_now(connected.environment, resource=resource).runs.values_list("status", flat=True))


def test_a_removed_client_stays_away_until_an_administrator_lets_it_back(mirrored: Connected) -> None:
    user = User.objects.create_user("boss@people.example", "Boss")
    Membership.objects.create(user=user, firm=mirrored.firm, role=Role.ADMINISTRATOR)
    gone, stays = Debtor.objects.order_by("pk")
    remote_id, people = gone.remote_id, Employee.objects.filter(company__debtor=stays).count()
    told = removal.what_goes(gone)
    row = removal.ask(user, gone)
    while removal.work(row.pk):
        pass
    row.refresh_from_db()
    assert row.state == RemovalState.DONE
    assert row.counts == told
    assert read_again(mirrored, LISTS) == {"succeeded"}
    assert list(Debtor.everything.all()) == [stays]
    assert not DebtorGuid.everything.filter(remote_id=remote_id).exists()
    assert not Company.everything.exclude(debtor=stays).exists()
    assert Employee.objects.count() == people

    removal.lift(user, row)
    plan = sync_now(mirrored.environment, resource=LISTS)
    assert set(plan.runs.values_list("status", flat=True)) == {"succeeded"}
    back = Debtor.objects.get(remote_id=remote_id)
    assert Company.objects.filter(debtor=back).exists()
    assert not Membership.objects.filter(debtor=back).exists(), "access has to be given anew"


def test_forgotten_records_of_a_person_stay_away_and_other_peoples_do_not(mirrored: Connected) -> None:
    contract = Contract.objects.select_related("employee").order_by("pk")[0]
    person, others = contract.employee, Contract.objects.exclude(employee=contract.employee).count()
    forgotten.forget(Contract.resource, mirrored.environment.pk, [str(person.remote_id)])
    Contract.everything.filter(employee=person).delete()
    assert read_again(mirrored, "contracts,salaries") == {"succeeded"}
    assert not Contract.everything.filter(employee=person).exists()
    assert Contract.objects.count() == others
    assert Salary.objects.filter(employee=person).exists()
    forgotten.let_back([Contract.resource], mirrored.environment.pk, [str(person.remote_id)])
    assert set(sync_now(mirrored.environment, resource="contracts").runs.values_list("status", flat=True)) == {
        "succeeded"
    }
    assert Contract.objects.filter(employee=person).exists()


def test_a_forgotten_person_stays_away_while_out_of_service(mirrored: Connected) -> None:
    person = Employee.objects.order_by("pk")[0]
    remote_id = str(person.remote_id)
    forgotten.forget(Employee.resource, mirrored.environment.pk, [remote_id])
    person.delete()
    assert read_again(mirrored, "employees,salaries") == {"succeeded"}
    assert not Employee.everything.filter(remote_id=remote_id).exists()
    assert not Salary.everything.filter(employee__remote_id=remote_id).exists()


def test_a_forgotten_person_who_is_in_service_again_comes_back(mirrored: Connected) -> None:
    person = Employment.objects.filter(end_date=None).select_related("employee").order_by("pk")[0].employee
    remote_id = str(person.remote_id)
    for kind in (Employee.resource, Employment.resource):
        forgotten.forget(kind, mirrored.environment.pk, [remote_id])
    person.delete()
    assert read_again(mirrored, "employees,employments") == {"succeeded"}
    assert not Forgotten.objects.exists(), "the employment that goes on was seen"
    again = sync_now(mirrored.environment, resource="employees,employments,salaries")
    assert set(again.runs.values_list("status", flat=True)) == {"succeeded"}
    assert Employment.objects.filter(employee__remote_id=remote_id, end_date=None).exists()
    assert Salary.objects.filter(employee__remote_id=remote_id).exists()
