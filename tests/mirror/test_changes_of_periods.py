"""What is read period by period: what somebody changed in Nmbrs is told once, and that a period went by is not told."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db.models import F

from portal.companies.models import CurrentPeriod
from portal.mirror.models import Change, ChangeKind, Freshness, State
from portal.mirror.resource import PERSON, registry
from portal.source import LoopValue, Record
from tests.mirror.places import Place

pytestmark = [pytest.mark.database, pytest.mark.django_db]

FIRST = datetime(2026, 10, 5, 4, tzinfo=UTC)
DAY = timedelta(days=1)
#: What was changed: kind of change, field, from, to, and the day it takes effect.
Told = tuple[str, str, str, str, date | None]


class Reading:
    """A kind of the company as it is read night after night."""

    def __init__(self, place: Place, kind: str) -> None:
        self.place, self.resource = place, registry[kind]
        self.night = FIRST

    def read(self, asked: Sequence[int], rows: Iterable[Record], people: Iterable[int] = (0,)) -> list[Told]:
        """Ask these periods of 2026 and get `rows`; what was told of it."""
        loops: dict[str, list[LoopValue]] = {"period": [{"year": "2026", "number": str(number)} for number in asked]}
        if PERSON in self.resource.loops:
            loops[PERSON] = [str(self.place.people[one].remote_id) for one in people]
        known = set(Change.objects.values_list("pk", flat=True))
        self.night += DAY
        with time_machine.travel(self.night, tick=False):
            outcome = self.place.publish(self.resource, list(rows), loops=loops)
            if outcome.state == State.HELD:
                # Somebody says that it is right so.
                Freshness.objects.update(accepted_digest=F("held_digest"))
                outcome = self.place.publish(self.resource, list(rows), loops=loops)
        assert (outcome.state, outcome.quarantined) == (State.FRESH, 0)
        log = Change.objects.exclude(pk__in=known).order_by("pk")
        return [(one.kind, one.field, one.old, one.new, one.effective) for one in log]

    def moved_to(self, number: int) -> None:
        """Nmbrs names another period as the company's current one."""
        self.night += DAY
        moved = CurrentPeriod.objects.filter(company=self.place.company)
        moved.update(number=number, last_changed=self.night)


def component(
    place: Place, number: int, value: str, *, code: int = 2000, remote_id: int = 1, person: int = 0
) -> Record:
    return {
        "employee": str(place.people[person].remote_id),
        "remote_id": str(remote_id),
        "year": "2026",
        "number": str(number),
        "code": str(code),
        "value": value,
    }


def first(number: int) -> date:
    return date(2026, number, 1)


@pytest.fixture
def fixed(place: Place) -> Reading:
    return Reading(place, "fixed_wage_components")


@pytest.fixture
def variable(place: Place) -> Reading:
    return Reading(place, "variable_wage_components")


def test_an_entered_bonus_is_told_with_its_amount_and_the_period_it_counts_in(place: Place, variable: Reading) -> None:
    variable.read([10], [])
    bonus = component(place, 10, "5000.0000")
    assert variable.read([10], [bonus]) == [(ChangeKind.ADDED, "value", "", "5000", first(10))]
    assert Change.objects.get().employee_id == place.people[0].pk
    assert variable.read([10], [bonus]) == []
    more = component(place, 10, "5500")
    assert variable.read([10], [more]) == [(ChangeKind.CHANGED, "value", "5000", "5500", first(10))]
    assert variable.read([10], []) == [(ChangeKind.REMOVED, "value", "5500", "", first(10))]


def test_what_was_entered_for_one_period_alone_is_not_gone_in_the_next(place: Place, variable: Reading) -> None:
    variable.read([10], [])
    variable.read([10], [component(place, 10, "5000")])
    assert variable.read([11], []) == []
    # The same amount in the next period was entered anew.
    again = component(place, 11, "5000", remote_id=2)
    assert variable.read([11], [again]) == [(ChangeKind.ADDED, "value", "", "5000", first(11))]


def test_the_first_load_tells_nothing(place: Place, fixed: Reading) -> None:
    assert fixed.read([10], [component(place, 10, "100")]) == []


def test_a_fixed_component_that_goes_on_in_the_next_period_is_no_change(place: Place, fixed: Reading) -> None:
    fixed.read([10], [component(place, 10, "100")])
    assert fixed.read([11], [component(place, 11, "100")]) == []
    assert fixed.read([11], [component(place, 11, "100")]) == []
    # A period may be passed over where nothing was read for a while.
    assert fixed.read([8], [component(place, 8, "90")]) == []


def test_a_raise_from_the_next_period_on_is_one_change_whatever_record_nmbrs_makes_of_it(
    place: Place, fixed: Reading
) -> None:
    fixed.read([10], [component(place, 10, "100")])
    raised = component(place, 11, "105", remote_id=2)
    assert fixed.read([11], [raised]) == [(ChangeKind.CHANGED, "value", "100", "105", first(11))]
    # The same inside a period: one record goes and another one comes.
    again = component(place, 11, "110", remote_id=3)
    assert fixed.read([11], [again]) == [(ChangeKind.CHANGED, "value", "105", "110", first(11))]
    assert fixed.read([11], [component(place, 11, "105", remote_id=3)]) == [
        (ChangeKind.CHANGED, "value", "110", "105", first(11))
    ]


def test_a_fixed_component_that_stops_or_begins_is_told_once(place: Place, fixed: Reading) -> None:
    fixed.read([10], [component(place, 10, "100")])
    assert fixed.read([11], []) == [(ChangeKind.REMOVED, "value", "100", "", first(11))]
    # The answer is read anew after a change of the portal, and says the same.
    assert fixed.read([11], []) == []
    assert fixed.read([11], [component(place, 11, "100")]) == [(ChangeKind.ADDED, "value", "", "100", first(11))]
    both = [component(place, 12, "100"), component(place, 12, "30", code=2010, remote_id=9)]
    assert fixed.read([12], both) == [(ChangeKind.ADDED, "value", "", "30", first(12))]


def test_a_step_back_to_a_period_that_was_never_read_tells_nothing(
    place: Place, fixed: Reading, variable: Reading
) -> None:
    for reading in (fixed, variable):
        reading.moved_to(11)
        reading.read([11], [component(place, 11, "100"), component(place, 11, "7", person=1)], people=(0, 1))
        reading.moved_to(9)
        # Person by person, slice by slice.
        assert reading.read([9], [component(place, 9, "80")], people=(0,)) == []
        assert reading.read([9], [component(place, 9, "7", person=1)], people=(1,)) == []
        # What is entered there afterwards is told.
        entered = [component(place, 9, "80"), component(place, 9, "12", code=2010, remote_id=2)]
        assert reading.read([9], entered) == [(ChangeKind.ADDED, "value", "", "12", first(9))]


def test_a_step_back_to_a_period_that_was_read_tells_what_was_entered_there(place: Place, variable: Reading) -> None:
    variable.moved_to(10)
    variable.read([10], [component(place, 10, "7", person=1)], people=(0, 1))
    variable.moved_to(11)
    variable.read([11], [component(place, 11, "100")], people=(0, 1))
    variable.moved_to(10)
    bonus = component(place, 10, "5000", remote_id=3)
    assert variable.read([10], [bonus]) == [(ChangeKind.ADDED, "value", "", "5000", first(10))]


def share(place: Place, number: int, percentage: str, center: str = "A") -> Record:
    return {
        "employee": str(place.people[0].remote_id),
        "remote_id": "1",
        "year": "2026",
        "number": str(number),
        "center_code": center,
        "percentage": percentage,
        "is_default": "true",
    }


def test_what_changed_in_several_periods_at_once_is_told_of_the_first(place: Place) -> None:
    shares = Reading(place, "employee_cost_centers")
    shares.read([9, 10], [share(place, 9, "100"), share(place, 10, "100")])
    changed = [share(place, 9, "60"), share(place, 10, "60")]
    assert shares.read([9, 10], changed) == [(ChangeKind.CHANGED, "percentage", "100", "60", first(9))]
    # The next period comes beside the one before it, then with another share.
    assert shares.read([10, 11], [share(place, 10, "60"), share(place, 11, "60")]) == []
    later = [share(place, 11, "60"), share(place, 12, "50")]
    assert shares.read([11, 12], later) == [(ChangeKind.CHANGED, "percentage", "60", "50", first(12))]
    # One of the older periods in turn, which was never read.
    assert shares.read([5, 11, 12], [share(place, 5, "1"), *later]) == []


def test_a_period_and_the_next_that_change_together_while_the_next_begins_are_one_change(place: Place) -> None:
    shares = Reading(place, "employee_cost_centers")
    shares.read([10], [share(place, 10, "100")])
    together = [share(place, 10, "60"), share(place, 11, "60")]
    assert shares.read([10, 11], together) == [(ChangeKind.CHANGED, "percentage", "100", "60", first(10))]
    # Nobody has a share any more, and that is told once, however often it is read.
    assert shares.read([11, 12], [share(place, 11, "60")]) == [(ChangeKind.REMOVED, "percentage", "60", "", first(12))]
    assert shares.read([11, 12], [share(place, 11, "60")]) == []


def car(place: Place, number: int, last_day: str | None = None) -> Record:
    return {
        "employee": str(place.people[0].remote_id),
        "remote_id": "1",
        "year": "2026",
        "number": str(number),
        "plate": "X-123-YZ",
        "first_day": "2026-01-01T00:00:00",
        "last_day": last_day,
        "brand": "Volvo",
        "catalogue_value": "40000.00",
        "addition": "22",
        "contribution": "0",
    }


def test_a_car_that_comes_is_one_line_and_one_that_was_to_end_is_not_told_twice(place: Place) -> None:
    cars = Reading(place, "lease_cars")
    cars.read([10], [])
    assert cars.read([10], [car(place, 10)]) == [(ChangeKind.ADDED, "plate", "", "X-123-YZ", first(10))]
    ends = "2026-11-15T00:00:00"
    told = cars.read([10, 11], [car(place, 10, ends), car(place, 11, ends)])
    assert told == [(ChangeKind.CHANGED, "last_day", "", "2026-11-15", first(10))]
    assert cars.read([11, 12], [car(place, 11, ends)]) == []


def test_a_component_of_the_whole_company_is_told_too(place: Place) -> None:
    company = str(place.company.remote_id)

    def row(number: int, value: str) -> Record:
        own = {"company": company, "remote_id": "5", "code": "2000", "value": value}
        return {**own, "year": "2026", "number": str(number)}

    reading = Reading(place, "company_wage_fixed")
    reading.read([9, 10], [row(9, "10"), row(10, "10")])
    assert reading.read([9, 10], [row(9, "10"), row(10, "12")]) == [
        (ChangeKind.CHANGED, "value", "10", "12", first(10))
    ]
    assert reading.read([10, 11], [row(10, "12"), row(11, "12")]) == []
