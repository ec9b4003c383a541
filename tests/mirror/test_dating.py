"""Dating: for any set of records and any day, the interval in force is that of the slow definition in nmbrs.md 4.3."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.mirror.dating import ByDate, ByPeriod, Spell, Undatable
from portal.periods import PeriodType, bounds, containing

starts = st.dates(date(2023, 12, 20), date(2024, 2, 10))
moments = st.one_of(
    st.none(),
    st.integers(0, 700).map(lambda day: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=day)),
)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of three people; many share a start."""
    rows = draw(st.lists(st.tuples(st.integers(1, 3), starts, moments), max_size=25))
    return [
        {"employee_id": person, "valid_from": start, "valid_until": None, "created_at": created, "remote_id": number}
        for number, (person, start, created) in enumerate(rows)
    ]


def in_force(rows: list[dict[str, Any]], person: int, day: date) -> list[int]:
    return [
        row["remote_id"]
        for row in rows
        if row["employee_id"] == person
        and row["valid_from"] <= day
        and (row["valid_until"] is None or row["valid_until"] > day)
    ]


def slow(rows: list[dict[str, Any]], person: int, day: date) -> list[int]:
    """The newest start up to the day; of one start the later created, without a moment first; then the higher id."""
    begun = [row for row in rows if row["employee_id"] == person and row["valid_from"] <= day]
    if not begun:
        return []
    long_ago = datetime.min.replace(tzinfo=UTC)
    best = max(begun, key=lambda row: (row["valid_from"], row["created_at"] or long_ago, row["remote_id"]))
    return [best["remote_id"]]


@given(histories(), st.randoms(use_true_random=False))
def test_on_any_day_the_row_in_force_is_that_of_the_slow_definition(rows: list[dict[str, Any]], random: Any) -> None:
    random.shuffle(rows)
    ByDate().chain(rows)
    for person in (1, 2, 3):
        for offset in range(60):
            day = date(2023, 12, 19) + timedelta(days=offset)
            assert in_force(rows, person, day) == slow(rows, person, day)


@given(st.sampled_from([PeriodType.MONTH, PeriodType.FOUR_WEEKS, PeriodType.WEEK]), starts)
def test_a_period_dated_row_starts_on_the_first_day_of_its_period(kind: PeriodType, day: date) -> None:
    period = containing(kind, day)
    row: dict[str, Any] = {"start_year": period.year, "start_period": period.number}
    ByPeriod().start(row, kind)
    assert row["valid_from"] == bounds(kind, period).first


@pytest.mark.parametrize(
    ("year", "number"), [(2025, 13), (2025, 0), (0, 1), (12, 1), (1899, 12), (2101, 1), (10_000, 1)]
)
def test_a_period_that_cannot_be_makes_the_row_undatable(year: int, number: int) -> None:
    with pytest.raises(Undatable):
        ByPeriod().start({"start_year": year, "start_period": number}, PeriodType.MONTH)


def test_without_a_period_type_nothing_is_guessed() -> None:
    with pytest.raises(Undatable):
        ByPeriod().start({"start_year": 2026, "start_period": 1}, None)


def test_a_retroactive_row_is_put_in_the_middle_of_its_chain() -> None:
    rows = [
        {"employee_id": 1, "valid_from": date(2024, 1, 1), "created_at": None, "remote_id": 1},
        {"employee_id": 1, "valid_from": date(2024, 7, 1), "created_at": None, "remote_id": 2},
        {"employee_id": 1, "valid_from": date(2024, 3, 1), "created_at": None, "remote_id": 3},
    ]
    ByDate().chain(rows)
    assert {row["remote_id"]: row["valid_until"] for row in rows} == {1: date(2024, 3, 1), 3: date(2024, 7, 1), 2: None}


def test_a_spell_ends_the_day_after_its_last_day_and_an_open_one_does_not_end() -> None:
    row: dict[str, Any] = {"valid_from": date(2024, 1, 1), "end_date": date(2024, 12, 31)}
    Spell().start(row, None)
    assert row["valid_until"] == date(2025, 1, 1)
    open_row: dict[str, Any] = {"valid_from": date(2024, 1, 1), "end_date": None}
    Spell().start(open_row, None)
    assert open_row["valid_until"] is None
