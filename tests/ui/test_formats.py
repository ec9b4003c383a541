"""Figures and dates read as people in that language write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from babel.numbers import format_decimal
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.ui import formats, markup
from portal.ui.values import Missing


def test_dutch_figures(dutch: None) -> None:
    assert formats.number(Decimal("1234.5"), 2) == "1.234,50"
    assert formats.money(Decimal("31204118.20")) == "€\N{NO-BREAK SPACE}31.204.118,20"
    assert formats.money(-5, 0) == "€\N{NO-BREAK SPACE}−5"
    assert formats.day(date(2026, 3, 9)) == "09-03-2026"


def test_english_figures(english: None) -> None:
    assert formats.number(Decimal("1234.5"), 2) == "1,234.50"
    assert formats.money(Decimal("31204118.20")) == "€31,204,118.20"
    assert formats.money(-5, 0) == "−€5"
    assert formats.day(date(2026, 11, 22)) == "22 Nov 2026"


@given(
    st.one_of(st.integers(-(10**15), 10**15), st.decimals(-(10**12), 10**12, places=4)),
    st.integers(0, 4),
    st.sampled_from(["nl", "en"]),
)
def test_a_figure_is_written_as_the_locale_data_say(value: int | Decimal, places: int, language: str) -> None:
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    expected = format_decimal(abs(rounded), format=f"#,##0.{'0' * places}", locale=language)
    with translation.override(language):
        assert formats.number(value, places).lstrip(formats.MINUS) == expected


def test_a_month_in_a_sentence_is_written_in_full(dutch: None) -> None:
    assert formats.full_month(date(2026, 11, 1)) == "november 2026"


def test_where_nothing_is_translated_figures_are_english_like_the_texts() -> None:
    with translation.override(None):
        assert formats.day(date(2026, 11, 22)) == "22 Nov 2026"


def test_a_negative_figure_has_a_minus_sign_and_no_hyphen(english: None) -> None:
    assert formats.number(-1234) == "−1,234"


def test_a_figure_that_rounds_to_zero_has_no_sign(english: None) -> None:
    assert formats.number(Decimal("-0.004"), 2) == "0.00"


def test_half_a_cent_is_rounded_up_in_size() -> None:
    assert formats.number(Decimal("2.005"), 2)[-2:] == "01"
    assert formats.number(Decimal("-2.005"), 2)[-2:] == "01"


def test_a_moment_is_shown_in_amsterdam(dutch: None) -> None:
    assert formats.moment(datetime(2026, 11, 21, 23, 30, tzinfo=UTC)) == "22-11-2026 00:30"
    assert formats.day(datetime(2026, 6, 30, 22, 5, tzinfo=UTC)) == "01-07-2026"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=12, seconds=40), "12 min"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(age: timedelta, words: str, english: None) -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert formats.since(at - age, at) == words


def test_unknown_not_permitted_never_fetched_and_zero_look_different(english: None) -> None:
    shown = [markup.money(value) for value in (None, Missing.UNKNOWN, Missing.NOT_PERMITTED, Missing.NEVER_FETCHED, 0)]
    assert shown[0] == shown[1]
    assert len(set(shown)) == 4
    assert "unknown" in shown[0]
    assert "no access" in shown[2]
    assert "not fetched yet" in shown[3]
    assert "€0.00" in shown[4]


def test_a_text_from_nmbrs_is_never_markup() -> None:
    assert "<script>" not in markup.words("<script>alert(1)</script>")
