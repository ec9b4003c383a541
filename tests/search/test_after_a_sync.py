"""Whatever a sync publishes is in the index when its transaction ends."""

import pytest

from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.search.index import keeping
from portal.search.models import Entry, EntryKind
from portal.sync.service import sync_now
from tests.conftest import Connected

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

KINDS = {EntryKind.DEBTOR: Debtor, EntryKind.COMPANY: Company, EntryKind.EMPLOYEE: Employee}
#: Everything down to the people, and no more.
PEOPLE = "debtors,companies,employee_types,employees"


def test_a_sync_fills_the_index_and_a_change_reaches_it(connected: Connected) -> None:
    sync_now(connected.environment, resource=PEOPLE)
    for kind, model in KINDS.items():
        kept = Entry.objects.filter(kind=kind).values_list("target", flat=True)
        assert set(kept) == set(model.objects.values_list("pk", flat=True)) != set()
    assert sum(keeping.differences().values()) == 0

    debtor = connected.sandbox.firm.debtors[0]
    company = debtor.companies[0]
    person, leaver = company.people[0], company.people[-1]
    debtor.name, company.name, person.personal_infos[-1].last_name = "Zilvervis", "Goudvis", "Bronsvis"
    company.people.remove(leaver)
    gone = Employee.objects.get(remote_id=leaver.id).pk
    connected.sandbox.forget_answers()
    sync_now(connected.environment, resource=PEOPLE)

    texts = " ".join(Entry.objects.values_list("text", flat=True))
    assert all(name in texts for name in (" zilvervis ", " goudvis ", " bronsvis "))
    assert not Entry.objects.filter(kind=EntryKind.EMPLOYEE, target=gone).exists()
    assert sum(keeping.differences().values()) == 0
