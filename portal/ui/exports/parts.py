"""A column that shows several things, taken apart for a file: each with a column, and a type, of its own.

On a page a cell may hold a status with its day below it. A table says in `apart` what such a column is made of; files
that people calculate with have those parts. A column that is not named there has in a file what it shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from portal.ui.exports.cells import Cell, cell
from portal.ui.values import Missing, Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Part:
    """`of(table, record)` gives a text, a number, a day, a moment, a Status, or why there is none; None: nothing."""

    heading: "str | _StrPromise"
    of: Callable[[Any, Any], Any]
    is_figure: bool = False

    def cell(self, table: Any, record: Any) -> Cell:
        """The cell of a row."""
        value = self.of(table, record)
        if isinstance(value, Status):
            value = value.label
        if isinstance(value, int | float | Decimal | date | Missing):
            return Cell(value)
        return Cell("") if value is None else cell(str(value))
