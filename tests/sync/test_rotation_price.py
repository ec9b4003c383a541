"""What the night's rotation over people costs is what Nmbrs is then asked."""

from collections import Counter

import pytest
from pytest_django.fixtures import Settings

from portal.companies.models import Company
from portal.connections.models import Environment
from portal.employees.active import active_by_company
from portal.mirror.resource import Lane, registry
from portal.sync.models import ROTATION
from portal.sync.scopes import company_scope
from portal.sync.service import sync_now
from tests.conftest import Connected

pytestmark = [pytest.mark.pages, pytest.mark.django_db]

SLOW = [kind for kind in registry if kind.lane is Lane.SLOW]
#: What decides who is read.
FIRST = "debtors,companies,current_period,employee_types,employees,employments"


def rotation(connected: Connected) -> Counter[str]:
    """Calls by operation of one night's rotation."""
    before = len(connected.sandbox.requests)
    plan = sync_now(connected.environment, resource=ROTATION)
    assert set(plan.runs.values_list("status", flat=True)) <= {"succeeded"}
    return Counter(call.operation for call in connected.sandbox.requests[before:])


def test_a_person_costs_what_each_kind_says(connected: Connected, settings: Settings) -> None:
    sync_now(connected.environment, resource=FIRST)
    people = sum(active_by_company(connected.environment.pk).values())
    scope = company_scope(Company.objects.select_related("current").order_by("pk")[0])
    price = {kind.soap.operation: kind.calls_a_person(scope) for kind in SLOW if kind.soap}
    assert rotation(connected) == {operation: people * calls for operation, calls in price.items()}
    # Leave is asked by year.
    assert sum(price.values()) > len(SLOW)

    # With room for half of it a night stays inside its budget, but for the rounding up in each company.
    whole = people * sum(price.values())
    settings.SYNC_ROTATION_CALLS = whole // 2
    rounding = Company.objects.count() * sum(price.values())
    assert whole // 2 <= rotation(connected).total() <= whole // 2 + rounding

    # An environment's own number comes before that of the settings; 0 is one too.
    Environment.objects.update(rotation_calls=whole // 4)
    connected.environment.refresh_from_db()
    assert whole // 4 <= rotation(connected).total() <= whole // 4 + rounding
    Environment.objects.update(rotation_calls=0)
    connected.environment.refresh_from_db()
    assert rotation(connected).total() == 0
