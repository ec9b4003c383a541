"""A list in a box of a composed page, a piece at a time: the page has many boxes, and each may have hundreds of rows.

Lists with a page of their own are tables (portal.ui.tables), which page, sort and filter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest

#: Rows of a box. With these a client of sixty companies has a page as light as others (tests/ui/test_page_weight.py).
SHOWN = 15
#: The boxes that have pieces: the names of their parameters. Another month or period begins with the first piece.
NAMES = ("moves", "departments", "centers", "standings", "ending", "moved")

T = TypeVar("T")


@dataclass(frozen=True)
class Piece(Generic[T]):
    """Some of the rows, from the `first` to the `last` of `count`, with the addresses of those around them."""

    name: str
    rows: Sequence[T]
    first: int
    last: int
    count: int
    previous: str = ""
    next: str = ""

    @property
    def is_all(self) -> bool:
        """Whether there are no others."""
        return len(self.rows) == self.count

    def __bool__(self) -> bool:
        return bool(self.rows)


def piece_of(request: HttpRequest, name: str, rows: Sequence[T]) -> Piece[T]:
    """The piece of `rows` that the address asks for by number (`?name=2`): without one the first, beyond the end the
    last. `name` is one of NAMES, which addresses of other moments leave out."""
    if name not in NAMES:
        raise ValueError(f"{name} is not in NAMES.")
    asked = request.GET.get(name, "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    pieces = max(1, -(-len(rows) // SHOWN))
    number = min(max(1, number), pieces)
    start = (number - 1) * SHOWN
    found = rows[start : start + SHOWN]

    def address(other: int) -> str:
        query = request.GET.copy()
        query[name] = str(other)
        # The page is another one then: the reader comes back to the box.
        return f"{request.path}?{query.urlencode()}#{name}"

    return Piece(
        name=name,
        rows=found,
        first=start + 1 if found else 0,
        last=start + len(found),
        count=len(rows),
        previous=address(number - 1) if number > 1 else "",
        next=address(number + 1) if number < pieces else "",
    )
