"""For any series of answers and any day, `as_of` is what nmbrs.md 4.3 says, worked out the slow way.

Every answer goes through the engine into the database. Rows appear retroactively in the middle of a chain, move, tie,
vanish, come back, and some of them cannot be read for a while: then the last known row stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.companies.models import CompanyCostUnit, CurrentPeriod
from portal.employees.models import Address, Contract, Salary
from portal.mirror import engine
from portal.mirror.resource import Resource, registry
from portal.periods import Period, PeriodType, bounds
from portal.source import Record
from tests.mirror.places import Place, stamp

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.timeout(300)]

RULES = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
FIRST = date(2025, 12, 20)
#: Periods in which several rows can follow each other, and one so short that few begin in it.
JANUARY = Period(2026, 1)
ASKED = [(PeriodType.MONTH, JANUARY), (PeriodType.WEEK, Period(2026, 2)), (PeriodType.FOUR_WEEKS, JANUARY)]
DAYS = [FIRST + timedelta(days=offset) for offset in range(0, 45, 2)]


# --- rows with a start ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A record as Nmbrs has it. `start` is a day, or a period as (year, number); `readable`: in this answer."""

    number: int
    person: int
    start: Any
    created: datetime | None
    end: date | None = None
    lane: str = ""
    readable: bool = True


def moments() -> st.SearchStrategy[datetime | None]:
    """Few, so that many tie."""
    return st.one_of(st.none(), st.integers(0, 3).map(lambda day: datetime(2025, 6, 1 + day, 9, tzinfo=UTC)))


@st.composite
def histories(
    draw: st.DrawFn,
    starts: st.SearchStrategy[Any],
    lanes: Sequence[str] = ("",),
    *,
    ends: bool = False,
    moving: bool = True,
) -> list[list[Row]]:
    """Up to five answers: each is the one before with rows added, moved, taken away or unreadable.

    `moving`: a row may get another start; where the start is a part of the key it is another row then.
    """

    def fresh(number: int) -> Row:
        start = draw(starts)
        end = draw(st.one_of(st.none(), st.integers(0, 20).map(lambda n: start + timedelta(days=n)))) if ends else None
        return Row(number, draw(st.integers(0, 1)), start, draw(moments()), end, draw(st.sampled_from(list(lanes))))

    rows = {number: fresh(number) for number in range(1, draw(st.integers(1, 6)) + 1)}
    answers = [list(rows.values())]
    for _ in range(draw(st.integers(0, 4))):
        # So few at a time that nothing is held for a person.
        for _ in range(draw(st.integers(1, 3))):
            number = draw(st.integers(1, 9))
            change = draw(st.sampled_from(("put", "put", "move", "drop", "spoil", "mend")))
            if change == "put":
                rows.setdefault(number, fresh(number))
            elif number not in rows:
                continue
            elif change == "move" and moving:
                rows[number] = replace(rows[number], start=draw(starts), end=None)
            elif change == "drop" and len(rows) > 1:
                del rows[number]
            elif change in {"spoil", "mend"}:
                rows[number] = replace(rows[number], readable=change == "mend")
        answers.append(list(rows.values()))
    return answers


def learned(known: Mapping[int, Row], answer: Sequence[Row]) -> dict[int, Row]:
    """What the mirror may know after an answer: what reads well as it reads, what does not as it read last."""
    return {
        row.number: row if row.readable else known[row.number] for row in answer if row.readable or row.number in known
    }


def newest(rows: Sequence[Row], day: Any) -> list[int]:
    """nmbrs.md 4.3: the largest start up to the day; of one start the latest creation; then the higher id."""
    begun = [row for row in rows if row.start <= day]
    long_ago = datetime.min.replace(tzinfo=UTC)
    best = max(begun, key=lambda row: (row.start, row.created or long_ago, row.number), default=None)
    return [best.number] if best else []


def salary(place: Place, row: Row) -> Record:
    return {
        "employee": str(place.people[row.person].remote_id),
        "remote_id": str(row.number),
        "created_at": stamp(row.created),
        "valid_from": f"{row.start}T00:00:00",
        "amount": f"{1000 + row.number}.00" if row.readable else "duizend",
        "salary_type": "Bruto",
    }


def check_days(
    place: Place,
    answers: Sequence[Sequence[Row]],
    resource: Resource,
    write: Callable[[Place, Row], Record],
    slow: Callable[[Sequence[Row], date], list[int]],
) -> None:
    """Publish one answer after another; after each, every day of everybody is as the slow definition says."""
    model: Any = resource.model
    with transaction.atomic():
        known: dict[int, Row] = {}
        for answer in answers:
            place.publish(resource, [write(place, row) for row in answer])
            known = learned(known, answer)
            for number, person in enumerate(place.people):
                own = [row for row in known.values() if row.person == number]
                for day in DAYS:
                    found = model.objects.filter(employee=person).as_of(day).values_list("remote_id", flat=True)
                    assert sorted(found) == slow(own, day), (day, answer)
                for kind, period in ASKED:
                    days = bounds(kind, period)
                    length = (days.last - days.first).days + 1
                    wanted = {one for n in range(length) for one in slow(own, days.first + timedelta(days=n))}
                    rows = model.objects.filter(employee=person).in_period(kind, period)
                    assert set(rows.values_list("remote_id", flat=True)) == wanted, (period, answer)
                    assert len(rows) == len(wanted)
        transaction.set_rollback(True)


@RULES
@given(answers=histories(st.sampled_from(DAYS[2:20:2])))
def test_by_day_the_newest_start_is_in_force(place: Place, answers: list[list[Row]]) -> None:
    check_days(place, answers, registry["salaries"], salary, newest)
    assert not Salary.everything.exists()


@RULES
@given(answers=histories(st.sampled_from(DAYS[2:20:2]), ends=True, moving=False))
def test_spells_are_in_force_up_to_their_last_day_and_may_overlap(place: Place, answers: list[list[Row]]) -> None:
    def write(place: Place, row: Row) -> Record:
        return {
            "employee": str(place.people[row.person].remote_id),
            "remote_id": str(row.number),
            "created_at": stamp(row.created),
            "valid_from": f"{row.start}T00:00:00",
            "end_date": f"{row.end}T00:00:00" if row.end else "0001-01-01T00:00:00",
            "indefinite": "false" if row.readable else "misschien",
            "employment_nature": "1",
            "sequence": "1",
        }

    def slow(rows: Sequence[Row], day: date) -> list[int]:
        return sorted(row.number for row in rows if row.start <= day and (row.end is None or day <= row.end))

    check_days(place, answers, registry["contracts"], write, slow)
    assert not Contract.everything.exists()


# --- rows with a first period -----------------------------------------------------------------------------------------

#: Round the turn of a year with 53 weeks.
PERIODS = {
    PeriodType.MONTH: [Period(2026, 11), Period(2026, 12), Period(2027, 1), Period(2027, 2)],
    PeriodType.FOUR_WEEKS: [Period(2026, 12), Period(2026, 13), Period(2027, 1), Period(2027, 2)],
    PeriodType.WEEK: [Period(2026, 52), Period(2026, 53), Period(2027, 1), Period(2027, 2)],
    PeriodType.QUARTER: [Period(2026, 3), Period(2026, 4), Period(2027, 1), Period(2027, 2)],
    PeriodType.HALF_YEAR: [Period(2026, 1), Period(2026, 2), Period(2027, 1), Period(2027, 2)],
    PeriodType.YEAR: [Period(2026, 1), Period(2027, 1), Period(2028, 1), Period(2029, 1)],
}


@RULES
@given(
    kind=st.sampled_from(sorted(PERIODS)),
    answers=histories(st.integers(0, 3), lanes=("HomeAddress", "PostAddress"), moving=False),
)
def test_by_period_the_largest_period_is_in_force_for_each_kind_of_address(
    place: Place, kind: PeriodType, answers: list[list[Row]]
) -> None:
    calendar, resource, scope = PERIODS[kind], registry["addresses"], place.scope(kind)

    def write(row: Row) -> Record:
        return {
            "employee": str(place.people[row.person].remote_id),
            "remote_id": str(row.number),
            "start_year": str(calendar[row.start].year),
            "start_period": str(calendar[row.start].number),
            "created_at": stamp(row.created),
            "address_type": row.lane,
            "street": "Dorpsstraat" if row.readable else "x" * 5_000,
        }

    with transaction.atomic():
        known: dict[int, Row] = {}
        for answer in answers:
            place.publish(resource, [write(row) for row in answer], scope)
            known = learned(known, answer)
            for number, person in enumerate(place.people):
                mine = [row for row in known.values() if row.person == number]
                for at, period in enumerate(calendar):
                    wanted = [
                        found
                        for lane in ("HomeAddress", "PostAddress")
                        for found in newest([one for one in mine if one.lane == lane], at)
                    ]
                    first, last = bounds(kind, period)
                    for day in (first, last):
                        rows = Address.objects.filter(employee=person).as_of(day)
                        assert sorted(rows.values_list("remote_id", flat=True)) == sorted(wanted), (day, answer)
        transaction.set_rollback(True)


# --- what Nmbrs does not date -----------------------------------------------------------------------------------------


@RULES
@given(
    looks=st.lists(
        # How many days after the last look, and what is there: a description, nothing, or something unreadable.
        st.tuples(st.integers(0, 3), st.sampled_from(("A", "B", "", "unreadable"))),
        min_size=1,
        max_size=8,
    )
)
def test_what_is_observed_is_in_force_from_the_day_it_was_seen_to_the_day_something_else_was(
    place: Place, looks: list[tuple[int, str]]
) -> None:
    resource = registry["company_cost_units"]
    day = date(2026, 3, 1)
    seen: dict[date, str] = {}
    last = ""
    with transaction.atomic():
        for after, text in looks:
            day += timedelta(days=after)
            mine = {"company": str(place.company.remote_id)}
            rows = [{**mine, "remote_id": "1", "code": "K", "description": "stays"}]
            if text:
                rows.append(
                    {**mine, "remote_id": "2", "code": "L", "description": "x" * 999 if text == "unreadable" else text}
                )
            with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), tick=False):
                place.publish(resource, rows)
            # What cannot be read says nothing: the last value stands.
            last = last if text == "unreadable" else text
            seen[day] = last
            for offset in range(-1, 25):
                asked = date(2026, 3, 1) + timedelta(days=offset)
                found = CompanyCostUnit.objects.filter(remote_id=2).as_of(asked).values_list("description", flat=True)
                known = [value for moment, value in seen.items() if moment <= asked]
                assert list(found) == [value for value in known[-1:] if value], (asked, looks)
        transaction.set_rollback(True)


# --- the current period -----------------------------------------------------------------------------------------------


@RULES
@given(numbers=st.lists(st.tuples(st.integers(2024, 2026), st.integers(1, 12)), min_size=1, max_size=6))
def test_the_current_period_is_the_last_one_given_backwards_too(place: Place, numbers: list[tuple[int, int]]) -> None:
    with transaction.atomic():
        CurrentPeriod.everything.all().delete()
        for year, number in numbers:
            record = {"remote_id": str(place.company.remote_id), "text": f"{year}-{number}-M"}
            outcome = place.publish(registry["current_period"], [record])
            assert (outcome.state, outcome.quarantined) == (engine.State.FRESH, 0)
            current = CurrentPeriod.objects.get(company=place.company)
            assert (current.period, current.period_type) == (Period(year, number), "month")
        # A text that is no period changes nothing.
        outcome = place.publish(
            registry["current_period"], [{"remote_id": str(place.company.remote_id), "text": "0001-1-M"}]
        )
        assert outcome.quarantined == 1
        assert CurrentPeriod.objects.get(company=place.company).period == Period(*numbers[-1])
        transaction.set_rollback(True)


@RULES
@given(answers=st.lists(st.sets(st.tuples(st.integers(1, 2), st.integers(1, 3)), min_size=1), min_size=1, max_size=4))
def test_a_fact_is_in_its_own_period_and_in_no_other(place: Place, answers: list[set[tuple[int, int]]]) -> None:
    """Rows as (id, period); an answer is about all the periods it was asked for."""
    resource = registry["company_wage_fixed"]
    window = [{"year": "2026", "number": str(number)} for number in (1, 2, 3)]
    scope = place.scope()
    with transaction.atomic():
        for answer in answers:
            rows = [
                {"company": "1", "remote_id": str(i), "year": "2026", "number": str(n)}
                | {"code": "2", "value": "1", "start_year": "2026", "start_period": "1"}
                for i, n in answer
            ]
            outcome = place.publish(resource, rows, scope, {"period": window})
            assert outcome.quarantined == 0, outcome.detail
            for number in (1, 2, 3):
                found = resource.model.objects.in_period(Period(2026, number)).values_list("remote_id", flat=True)
                assert sorted(found) == sorted(i for i, n in answer if n == number)
        transaction.set_rollback(True)
