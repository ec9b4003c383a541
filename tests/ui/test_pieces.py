"""A list in a box of a page: so many rows, which ones, and the way to the others."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from portal.debtors import asked
from portal.ui.pieces import SHOWN, piece_of

ROWS = list(range(1, 2 * SHOWN + 6))


def of(query: str, rows: list[int] = ROWS):
    return piece_of(RequestFactory().get(f"/clients/7/?{query}"), "moves", rows)


def test_each_row_is_in_one_piece_and_pieces_lead_to_each_other():
    first, second, third = of("month=2026-08"), of("month=2026-08&moves=2"), of("month=2026-08&moves=3")
    assert [*first.rows, *second.rows, *third.rows] == ROWS
    assert (second.first, second.last, second.count) == (SHOWN + 1, 2 * SHOWN, len(ROWS))
    assert first.next == "/clients/7/?month=2026-08&moves=2#moves"
    assert second.previous == "/clients/7/?month=2026-08&moves=1#moves"
    assert first.previous == third.next == ""


def test_another_month_begins_with_the_first_piece():
    request = RequestFactory().get("/clients/7/?month=2026-08&moves=3&ending=2&q=x")
    assert asked.address(request, month="2026-07") == "/clients/7/?month=2026-07&q=x"
    form = Template('{% load ui %}{% carried "month" as parts %}{{ parts }}').render(Context({"request": request}))
    assert "moves" not in form
    assert "q" in form


def test_a_short_list_is_whole_and_an_empty_one_is_nothing():
    whole = of("", ROWS[:SHOWN])
    assert whole.is_all
    assert not whole.next
    assert whole.rows == ROWS[:SHOWN]
    assert not of("", [])
    assert (of("", []).first, of("", []).last) == (0, 0)


@pytest.mark.parametrize(
    ("asked", "first"),
    [("0", 1), ("-1", 1), ("x", 1), ("", 1), ("²", 1), ("99999999999999999999", 1), ("%00", 1), ("99", 2 * SHOWN + 1)],
)
def test_nonsense_is_the_first_piece_and_beyond_the_end_is_the_last(asked, first):
    assert of(f"moves={asked}").first == first
