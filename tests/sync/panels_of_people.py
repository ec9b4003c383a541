"""Readers of panels about people: who comes and goes, whose contract ends, and what one person has. See panels_read."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from portal import clock
from portal.periods import Period
from tests import reference
from tests.sync.panels_read import Asked, text, words
from tests.sync.sums_read import number


def movements(panel: Any, asked: Asked) -> int:
    """In a table for the office, in a list for the client: the name, what happened, and the day."""
    first, last = asked.window
    expected = Counter(
        (words(person.display_name), came, day.isoformat())
        for company in asked.companies
        for person in reference.people(company)
        for spell in person.employments
        for came, day in ((True, spell.start), (False, spell.end))
        if day is not None and first <= day <= last
    )
    shown = Counter(
        (
            words(row.xpath("string(.//a)")),
            bool(re.search(r"\b(joined|came on)\b", row.text_content())),
            row.xpath("string(.//time/@datetime)")[:10],
        )
        for row in panel.xpath(".//tbody/tr | .//ul/li")
    )
    assert shown == expected
    return len(expected)


def ending(panel: Any, asked: Asked) -> int:
    """Of today, whatever the page was asked for."""
    today = clock.today()
    whose = {person.id: person for company in asked.companies for person in company.people}
    expected = sorted(
        (words(whose[who].display_name), last.isoformat(), (last - today).days)
        for who, last in reference.contracts_ending(asked.debtor, today, 60)
        if who in whose
    )
    shown = [
        (
            words(row.xpath("string(./th)")),
            row.xpath("string(.//time/@datetime)")[:10],
            0 if text(row, 2) == "today" else int(re.fullmatch(r"in (\d+) days?", text(row, 2))[1]),  # type: ignore[index]
        )
        for row in panel.xpath(".//tbody/tr")
    ]
    assert sorted(shown) == expected
    return 2 * len(expected)


def in_period(panel: Any, asked: Asked) -> int:
    """The components, the shares of cost centres and the cars of the period of the day.

    Where the portal says that it did not fetch a table of a past period, none of its figures may be there.
    """
    assert asked.person
    records, period = asked.person.records, asked.one_period
    first, last = asked.window
    newest = max((share.start for share in records.cost_shares if share.start <= period), default=None)
    tables = (
        ("Fixed wage components", -1, [one.value for one in held(records.fixed_wages, period)]),
        ("Variable wage components", -1, [one.value for one in of(records.variable_wages, period)]),
        ("Fixed hours", -1, [one.value for one in held(records.fixed_hours, period)]),
        ("Variable hours", -1, [one.value for one in of(records.variable_hours, period)]),
        ("Cost centres", -1, [share.percentage for share in records.cost_shares if share.start == newest]),
        ("Lease cars", -2, [car.catalog_value for car in records.lease_cars if overlaps(car, first, last)]),
    )
    past = period < asked.companies[0].current
    return sum(
        listed(panel, title, place, [] if past and not_fetched(panel, title) else expected)
        for title, place, expected in tables
    )


def not_fetched(panel: Any, title: str) -> bool:
    return (
        "not fetched"
        in panel.xpath(
            f"string(.//h3[normalize-space()='{title}']/ancestor::div[not(contains(@class,'ui-term'))][1]/p)"
        ).lower()
    )


def overlaps(car: Any, first: date, last: date) -> bool:
    return bool(car.start <= last and (car.end is None or car.end >= first))


def leave(panel: Any, asked: Asked) -> int:
    """Hours of leave that begins in the year of the day."""
    assert asked.person
    year = asked.window[1].year
    return listed(panel, "Leave", -1, (row.hours for row in asked.person.records.leave if row.start.year == year))


def held(rows: Iterable[Any], period: Period) -> Iterator[Any]:
    return (row for row in rows if row.start <= period and (row.end is None or period <= row.end))


def of(rows: Iterable[Any], period: Period) -> Iterator[Any]:
    return (row for row in rows if row.period == period)


def listed(panel: Any, title: str, place: int, expected: Iterable[Decimal]) -> int:
    """A column of figures of one of the tables of a person."""
    rows = panel.xpath(
        f".//h3[normalize-space()='{title}']/ancestor::div[not(contains(@class,'ui-term'))][1]//tbody/tr"
    )
    shown = sorted(number(row.xpath("./td")[place].text_content()) or 0 for row in rows)
    assert shown == sorted(expected), title
    return len(shown)
