"""The timeline as a drawing: one lane a kind, each record a bar from its first day to its last.

Only geometry, in units of the drawing; the list below it has the same in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.employees.kinds import Kind
from portal.ui import formats

#: Width of a lane, in the units of its drawing.
WIDTH = 1000
#: So many years are named at most.
LABELS = 6
#: Bars of a lane at most; beyond that records that follow each other share one.
MOST_BARS = 60
#: A bar is never thinner than this.
LEAST = 3.0


@dataclass(frozen=True)
class Bar:
    """A record, or several. `late`: one of them is retroactive."""

    x: str
    width: str
    words: str
    late: bool


@dataclass(frozen=True)
class Lane:
    """The records of one kind; `name` stands in the address of the page that shows these alone."""

    kind: Kind
    name: str
    count: int
    bars: Sequence[Bar]
    url: str
    shown: bool


@dataclass(frozen=True)
class Lanes:
    """All lanes over the same days. `day`: the place of the day of the page; `years`: place and name of each begin."""

    lanes: Sequence[Lane]
    day: str
    years: Sequence[tuple[str, str]]
    width: int = WIDTH


def lanes(
    known: Mapping[Kind, Sequence[Any]], day: date, today: date, *, late: Any, url: Any, shown: str
) -> Lanes | None:
    """The drawing; None without any record. `late` says whether a row is retroactive, `url` where a lane leads to."""
    rows = {kind: found for kind, found in known.items() if found}
    if not rows:
        return None
    first = min([day, *(row.valid_from for found in rows.values() for row in found)])
    last = max([day, today, *(row.valid_from for found in rows.values() for row in found)]) + timedelta(days=31)
    span = max((last - first).days, 1)

    def place(at: date) -> float:
        share: float = (at - first).days / span
        return max(0.0, min(1.0, share)) * WIDTH

    drawn = [
        Lane(
            kind=kind,
            name=kind.resource.name,
            count=len(found),
            bars=[
                _bar(together, place, late=any(late(kind, row) for row in together)) for together in _gathered(found)
            ],
            url=url(kind.resource.name),
            shown=shown == kind.resource.name,
        )
        for kind, found in rows.items()
    ]
    return Lanes(drawn, f"{place(day):.1f}", _years(first, last, place))


def _gathered(rows: Sequence[Any]) -> list[Sequence[Any]]:
    """The records of each bar: one, unless there are so many that nobody could tell their bars apart."""
    each = -(-len(rows) // MOST_BARS)
    return [rows[start : start + each] for start in range(0, len(rows), each)]


def _bar(rows: Sequence[Any], place: Any, *, late: bool) -> Bar:
    begun, until = rows[0].valid_from, None
    if all(row.valid_until is not None for row in rows):
        until = max(row.valid_until for row in rows)
    start = place(begun)
    end = WIDTH if until is None else place(until)
    words = formats.day(begun)
    if until is not None and until > begun:
        words = f"{words} – {formats.day(until - timedelta(days=1))}"
    if len(rows) > 1:
        words = f"{words} ({len(rows)})"
    # Records that follow each other stay apart.
    return Bar(f"{start:.1f}", f"{max(end - start - 2, LEAST):.1f}", words, late)


def _years(first: date, last: date, place: Any) -> list[tuple[str, str]]:
    step = (last.year - first.year) // LABELS + 1
    begins = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1, step)]
    return [(f"{place(begin):.1f}", str(begin.year)) for begin in begins]
