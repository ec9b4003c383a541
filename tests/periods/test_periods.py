"""Periods: texts, bounds, neighbours, and every day of forty years in exactly one period of each type."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.periods import (
    Period,
    PeriodType,
    bounds,
    containing,
    count,
    following,
    parse,
    periods_in,
    periods_touching,
    preceding,
)

days = st.dates(date(2000, 1, 1), date(2040, 12, 31))
types = st.sampled_from(PeriodType)


@pytest.mark.parametrize(
    ("text", "period", "kind"),
    [
        ("2024-5-M", Period(2024, 5), PeriodType.MONTH),
        ("2024-4-4W", Period(2024, 4), PeriodType.FOUR_WEEKS),
        ("2024-13-W4", Period(2024, 13), PeriodType.FOUR_WEEKS),
        ("2026-53-W1", Period(2026, 53), PeriodType.WEEK),
        ("2024-12-1W", Period(2024, 12), PeriodType.WEEK),
        (" 2024-12-W ", Period(2024, 12), PeriodType.WEEK),
    ],
)
def test_both_spellings_of_the_period_text_are_read(text: str, period: Period, kind: PeriodType) -> None:
    assert parse(text) == (period, kind)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2024", "2024-13-M", "2024-0-M", "2024-14-4W", "2025-53-W", "2024-5-X", "x-5-M"),
        # Digits of other scripts, and years before which there is none to ask.
        *("٢٠٢٤-5-M", "2024-٥-M", "0001-1-M", "1899-12-M", "2101-1-M", "9998-1-M"),
    ],
)
def test_a_text_that_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize(
    ("kind", "period", "first", "last"),
    [
        (PeriodType.MONTH, Period(2024, 2), date(2024, 2, 1), date(2024, 2, 29)),
        (PeriodType.MONTH, Period(2026, 12), date(2026, 12, 1), date(2026, 12, 31)),
        (PeriodType.WEEK, Period(2026, 1), date(2025, 12, 29), date(2026, 1, 4)),
        (PeriodType.WEEK, Period(2026, 53), date(2026, 12, 28), date(2027, 1, 3)),
        (PeriodType.FOUR_WEEKS, Period(2025, 13), date(2025, 12, 1), date(2025, 12, 28)),
        (PeriodType.FOUR_WEEKS, Period(2026, 13), date(2026, 11, 30), date(2027, 1, 3)),
        (PeriodType.QUARTER, Period(2026, 4), date(2026, 10, 1), date(2026, 12, 31)),
        (PeriodType.HALF_YEAR, Period(2026, 1), date(2026, 1, 1), date(2026, 6, 30)),
        (PeriodType.YEAR, Period(2026, 1), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_has_these_days(kind: PeriodType, period: Period, first: date, last: date) -> None:
    assert bounds(kind, period) == (first, last)


@pytest.mark.parametrize(("kind", "number"), [(PeriodType.MONTH, 13), (PeriodType.WEEK, 53), (PeriodType.YEAR, 0)])
def test_a_number_the_year_does_not_have_is_refused(kind: PeriodType, number: int) -> None:
    with pytest.raises(ValueError):
        bounds(kind, Period(2025, number))


def test_a_year_of_53_weeks_is_known() -> None:
    assert [count(PeriodType.WEEK, year) for year in (2024, 2025, 2026)] == [52, 52, 53]


@given(types, days)
def test_every_day_lies_in_the_period_that_contains_it(kind: PeriodType, day: date) -> None:
    first, last = bounds(kind, containing(kind, day))
    assert first <= day <= last


@given(types, days)
def test_periods_follow_each_other_without_gap_or_overlap(kind: PeriodType, day: date) -> None:
    period = containing(kind, day)
    following_one = following(kind, period)
    assert bounds(kind, following_one).first == bounds(kind, period).last + timedelta(days=1)
    assert preceding(kind, following_one) == period


@given(types, days, st.integers(0, 500))
def test_the_periods_that_touch_a_window_cover_it(kind: PeriodType, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = list(periods_touching(kind, first, last))
    assert bounds(kind, found[0]).first <= first
    assert bounds(kind, found[-1]).last >= last
    assert found == list(periods_in(kind, found[0], found[-1]))
