"""What the night's rotation over people costs is what Nmbrs is then asked."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from portal import clock
from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.employees.active import active_people
from portal.employees.models import Employee
from portal.mirror import engine
from portal.mirror.models import Change, ChangeKind, Freshness, PersonFetch, State
from portal.mirror.resource import Lane, Resource, registry
from portal.sync.models import PARKED, ROTATION, SyncRun
from portal.sync.scopes import company_scope
from portal.sync.service import sync_now
from portal.sync.slow_lane import next_slice, shares_of_rotation
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


def shares(connected: Connected, most: int) -> dict[int, int]:
    """How many people of each company a night reads that has calls for `most`."""
    return shares_of_rotation(connected.environment.pk, [kind.name for kind in SLOW], most)


def test_a_person_costs_what_each_kind_says(connected: Connected, settings: Settings) -> None:
    sync_now(connected.environment, resource=FIRST)
    people = active_people().count()
    scope = company_scope(Company.objects.select_related("current").order_by("pk")[0])
    price = {kind.soap.operation: kind.calls_a_person(scope) for kind in SLOW if kind.soap}
    assert rotation(connected) == {operation: people * calls for operation, calls in price.items()}
    # Leave is asked by year.
    assert sum(price.values()) > len(SLOW)

    # With room for half of it a night stays inside its budget, by less than a person.
    whole = people * sum(price.values())
    settings.SYNC_ROTATION_CALLS = whole // 2
    person = sum(price.values())
    assert whole // 2 - person < rotation(connected).total() <= whole // 2

    # An environment's own number comes before that of the settings; 0 is one too.
    Environment.objects.update(rotation_calls=whole // 4)
    connected.environment.refresh_from_db()
    assert whole // 4 - person < rotation(connected).total() <= whole // 4
    # Fewer people than companies: most companies have none.
    Environment.objects.update(rotation_calls=2 * person + 1)
    connected.environment.refresh_from_db()
    assert rotation(connected).total() == 2 * person
    Environment.objects.update(rotation_calls=0)
    connected.environment.refresh_from_db()
    assert rotation(connected).total() == 0


def test_who_changed_is_read_first_whatever_the_company_and_then_who_was_never_read(
    connected: Connected, settings: Settings
) -> None:
    sync_now(connected.environment, resource=FIRST)
    scope = company_scope(Company.objects.select_related("current").order_by("pk")[0])
    price = sum(kind.calls_a_person(scope) for kind in SLOW)
    people = list(active_people().order_by("company__debtor", "company", "pk"))
    first, last = people[0], people[-1]
    assert first.company_id != last.company_id
    # All but the first two of its company were read, the last one longest ago.
    now = clock.now()
    never = next(one for one in people[1:] if one.company_id == first.company_id)
    PersonFetch.objects.bulk_create(
        PersonFetch(employee=one, resource=kind.name, fetched_at=now - timedelta(days=number + 1))
        for number, one in enumerate(people)
        if one not in (first, never)
        for kind in SLOW
    )
    settings.SYNC_ROTATION_CALLS = 2 * price
    assert shares(connected, 2) == {first.company_id: 2}
    log = {
        "environment": connected.environment,
        "company": last.company,
        "employee": last,
        "row_key": "1",
        "kind": ChangeKind.CHANGED,
        "learned_at": now,
    }
    # What the rotation itself found brings nobody's turn forward, or whoever was read would be read again.
    Change.objects.create(resource="variable_wage_components", field="value", **log)
    assert shares(connected, 2) == {first.company_id: 2}
    Change.objects.create(resource="salaries", field="amount", **log)
    assert shares(connected, 1) == {last.company_id: 1}
    assert shares(connected, 2) == {last.company_id: 1, first.company_id: 1}
    # Inside a company too, and before those that were never read.
    kind = SLOW[0]
    PersonFetch.objects.filter(employee__company=last.company).exclude(employee=last).delete()
    own = company_scope(Company.objects.select_related("current").get(pk=last.company_id))
    loops = engine.loop_values(kind, own, Freshness())
    _, picked, left = next_slice(SyncRun(created=now, people_left=1), kind, own, loops)
    assert list(picked.pks.values()) == [last.pk]
    assert left == 0


def stuck(connected: Connected, company: Company, kinds: list[Resource], state: State, **fields: Any) -> None:
    """These kinds of a company do not come in."""
    for kind in kinds:
        Freshness.objects.create(
            environment=connected.environment,
            debtor=company.debtor,
            company=company,
            scope_key=f"company:{company.pk}",
            resource=kind.name,
            state=state,
            **fields,
        )


@pytest.fixture
def read_in_turn(connected: Connected) -> list[Employee]:
    """Everybody was read in every kind, a day apart, by company: the people of the first one longest ago."""
    sync_now(connected.environment, resource=FIRST)
    people = list(active_people().order_by("company__debtor", "company", "pk"))
    assert people[0].company_id != people[-1].company_id
    now = clock.now()
    PersonFetch.objects.bulk_create(
        PersonFetch(employee=one, resource=kind.name, fetched_at=now - timedelta(days=len(people) - number))
        for number, one in enumerate(people)
        for kind in SLOW
    )
    return people


def test_people_of_a_client_that_left_nmbrs_take_no_part_of_a_night(
    connected: Connected, read_in_turn: list[Employee]
) -> None:
    gone = read_in_turn[0].company
    assert shares(connected, 1) == {gone.pk: 1}
    Debtor.everything.filter(pk=gone.debtor_id).update(missing_since=clock.now())
    (following,) = shares(connected, 1)
    assert Company.objects.get(pk=following).debtor_id != gone.debtor_id


def test_a_kind_that_no_longer_comes_in_does_not_keep_the_same_people_first(
    connected: Connected, read_in_turn: list[Employee]
) -> None:
    first = read_in_turn[0].company
    *others, last = SLOW
    of_first = PersonFetch.objects.filter(employee__company=first)
    of_first.exclude(resource=last.name).update(fetched_at=clock.now())
    # As long as the last kind may come in its people are behind with it.
    assert set(shares(connected, 1)) == {first.pk}
    stuck(connected, first, [last], State.NOT_PERMITTED, last_attempt=clock.now())
    assert first.pk not in shares(connected, 1)
    # Where nothing comes in, they have their turn by the last attempt.
    stuck(connected, first, others, State.FAILING, last_attempt=clock.now())
    of_first.update(fetched_at=clock.now() - timedelta(days=900))
    assert first.pk not in shares(connected, 1)
    assert first.pk in shares(connected, len(read_in_turn))
    # What was given up is not asked at all.
    Freshness.objects.filter(company=first, resource__in=[kind.name for kind in SLOW]).update(error_kind=PARKED)
    assert first.pk not in shares(connected, len(read_in_turn))
