"""As known at an earlier moment: what was noted down then, day by day, is what the mirror says of then afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine

from portal.clock import AMSTERDAM
from portal.employees.models import Salary, WageTaxSettings
from portal.mirror.known import known_by, set_back
from portal.mirror.models import Change
from portal.mirror.resource import Resource, registry
from portal.source import Record
from tests.mirror.places import Place

pytestmark = [pytest.mark.database, pytest.mark.django_db]

FIRST = datetime(2026, 3, 1, 4, tzinfo=UTC)
DAYS = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(0, 150, 7)]


@dataclass(frozen=True)
class Row:
    """A record as Nmbrs has it; `value` stands in a watched column. `end` of spells only."""

    person: int
    start: date
    created: datetime | None
    value: str
    end: date | None = None


def stamp(created: datetime | None) -> str | None:
    """As the wire writes it: Dutch time without a zone."""
    return created.astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M:%S") if created else None


def salary(place: Place, number: int, row: Row) -> Record:
    return {
        "employee": str(place.people[row.person].remote_id),
        "remote_id": str(number),
        "created_at": stamp(row.created),
        "valid_from": f"{row.start}T00:00:00",
        "amount": row.value,
        "salary_type": "Bruto",
    }


def employment(place: Place, number: int, row: Row) -> Record:
    return {
        "employee": str(place.people[row.person].remote_id),
        "remote_id": str(number),
        "created_at": stamp(row.created),
        "valid_from": f"{row.start}T00:00:00",
        "end_date": f"{row.end}T00:00:00" if row.end else None,
        "initial_start_date": None,
    }


def department(place: Place, number: int, row: Row) -> Record:
    return {
        "employee": str(place.people[row.person].remote_id),
        "remote_id": str(number),
        "created_at": stamp(row.created),
        "start_year": str(row.start.year),
        "start_period": str(row.start.month),
        "code": "1",
        "description": row.value,
    }


def cost_unit(place: Place, number: int, row: Row) -> Record:
    return {
        "company": str(place.company.remote_id),
        "remote_id": str(number),
        "code": "1",
        "description": row.value,
    }


def story(seed: int, nights: int, *, ends: bool) -> list[dict[int, Row]]:
    """What Nmbrs has night after night: rows are added (also into the past), changed in place, taken away, and come
    back as the records that they were."""
    random = Random(seed)
    rows: dict[int, Row] = {}
    away: dict[int, Row] = {}
    found = []
    for night in range(nights):
        now = FIRST + timedelta(days=night)
        for _ in range(3 if night else 8):
            number, what = random.randint(1, 14), random.choice(("add", "change", "change", "drop"))
            if number in away and what != "drop":
                rows[number] = replace(away.pop(number), value=f"{1000 + random.randint(0, 500)}")
            elif number not in rows and what != "drop":
                start = date(2026, random.randint(1, 5), random.choice((1, 15)))
                end = start + timedelta(days=random.randint(0, 60)) if ends and random.random() < 0.5 else None
                # Created in the night before it is read, or Nmbrs does not say when.
                created = random.choice((None, now - timedelta(hours=1)))
                rows[number] = Row(number % 2, start, created, f"{1000 + random.randint(0, 500)}", end)
            elif number in rows and what == "change":
                end = rows[number].start + timedelta(days=random.randint(0, 60)) if ends else None
                rows[number] = replace(rows[number], value=f"{1000 + random.randint(0, 500)}", end=end)
            elif number in rows and len(rows) > 6:
                away[number] = rows.pop(number)
        found.append(dict(rows))
    return found


Noted = dict[date, list[tuple[Any, ...]]]


def noted(rows: Sequence[Any], columns: Sequence[str]) -> Noted:
    """Which values are in force on each day."""
    return {
        day: sorted(
            tuple(str(getattr(row, name)) for name in columns)
            for row in rows
            if row.valid_from <= day and (row.valid_until is None or row.valid_until > day)
        )
        for day in DAYS
    }


def known(resource: Resource, moment: datetime) -> list[Any]:
    rows = resource.model.everything.filter(known_by(resource.model, moment)).order_by("valid_from", "pk")
    return set_back(resource, rows, Change.objects.all(), moment)


@pytest.mark.parametrize(
    ("name", "write", "columns", "ends"),
    [
        ("salaries", salary, ("remote_id", "employee_id", "amount"), False),
        ("departments", department, ("remote_id", "employee_id", "description"), False),
        ("employments", employment, ("remote_id", "employee_id", "end_date"), True),
        ("company_cost_units", cost_unit, ("remote_id", "description"), False),
    ],
)
def test_what_was_noted_down_each_night_is_what_the_mirror_says_of_that_night(
    place: Place, name: str, write: Callable[[Place, int, Row], Record], columns: tuple[str, ...], ends: bool
) -> None:
    resource = registry[name]
    model: Any = resource.model
    told: dict[datetime, Noted] = {}
    for night, rows in enumerate(story(7, 9, ends=ends)):
        now = FIRST + timedelta(days=night)
        with time_machine.travel(now, tick=False):
            outcome = place.publish(resource, [write(place, number, row) for number, row in rows.items()])
        assert (str(outcome.state), outcome.quarantined) == ("fresh", 0)
        told[now] = noted(list(model.objects.all()), columns)
    assert len({str(each) for each in told.values()}) > 6
    unsure = 0
    for moment, then in told.items():
        # Any moment until the next night is the same.
        found = known(resource, moment + timedelta(hours=12))
        assert noted(found, columns) == then, moment
        unsure += sum(row.unsure for row in found) / len(found)
    # An end that was moved and moved back cannot be told from a change that nobody watches.
    assert unsure < 0.1 * len(told)


def test_a_change_that_nobody_watches_is_said_to_be_unsure(place: Place) -> None:
    row = Row(0, date(2026, 1, 1), None, "1000.00")
    for night, start in enumerate((date(2026, 1, 1), date(2026, 2, 1))):
        with time_machine.travel(FIRST + timedelta(days=night), tick=False):
            place.publish(registry["salaries"], [salary(place, 1, replace(row, start=start))])
    assert [one.unsure for one in known(registry["salaries"], FIRST + timedelta(hours=1))] == [True]
    assert [one.unsure for one in known(registry["salaries"], FIRST + timedelta(days=2))] == [False]


def test_what_nmbrs_created_earlier_than_we_saw_it_counts_from_its_creation(place: Place) -> None:
    """ "What the run saw" is about Nmbrs, not about our first look at it."""
    made = FIRST - timedelta(days=10)
    with time_machine.travel(FIRST, tick=False):
        place.publish(registry["salaries"], [salary(place, 1, Row(0, date(2026, 1, 1), made, "1000.00"))])
    assert len(known(registry["salaries"], made)) == 1
    assert known(registry["salaries"], made - timedelta(hours=1)) == []
    assert Salary.objects.count() == 1


def test_a_sensitive_value_is_not_told_as_if_it_had_been_so_then(place: Place) -> None:
    """The log keeps that an account changed, not from what."""
    resource = replace(registry["wage_tax_settings"], watched=("income_kind",), sensitive=("income_kind",))
    row = WageTaxSettings(pk=1, key="k", income_kind=15, first_seen=FIRST, last_changed=FIRST + timedelta(days=1))
    change = Change(
        pk=1,
        resource=resource.name,
        row_key="k",
        field="income_kind",
        kind="changed",
        sensitive=True,
        learned_at=FIRST + timedelta(days=1),
    )
    (found,) = set_back(resource, [row], [change], FIRST + timedelta(hours=1))
    assert found.unsure
    assert found.income_kind in (None, "")
