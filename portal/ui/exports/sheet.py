"""The rows of a list as values, read in parts so that a large list needs little more memory than a small one.

Of all rows only the keys are kept, eight bytes each, so that the file has the rows and the order of one moment. The
rows themselves come a part at a time, with what is fetched along; a server-side cursor would stay open for as long as
the file takes.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.query import ModelIterable
from django.utils.translation import gettext as _
from django_tables2.data import TableQuerysetData
from django_tables2.rows import BoundRows

from portal.accounts.models import User
from portal.ui.exports.asking import Answer
from portal.ui.exports.cells import Cell, cell
from portal.ui.exports.parts import Part
from portal.ui.exports.stamp import stamp
from portal.ui.table_cells import Cells
from portal.ui.tables import FigureColumn

#: Rows that are read and drawn at a time, and keys that come from the database at a time.
BATCH, KEYS_AT_ONCE = 500, 5_000

Row = list[Cell]


@dataclass(frozen=True)
class Heading:
    """A column of the file."""

    text: str
    is_figure: bool = False


class Sheet:
    """A list, ready to be written. What it shows was decided when it was made: later rows are not part of it."""

    def __init__(self, answer: Answer, user: User, made_at: datetime) -> None:
        self.view = answer.view
        self.made_at, self.user = made_at, user
        self._table = self.view.get_file_table()
        self._table.request = None
        self._columns = [
            column for column in self._table.columns if not getattr(column.column, "exclude_from_export", False)
        ]
        self._cells = [Cells(self._table, column) for column in self._columns]
        self._parts_of: list[Sequence[Part]] = [() for _column in self._columns]
        self._rows = self._found()
        self.title = self.view.get_heading()
        self.stamp = stamp(self.view, user, made_at, len(self._rows), answer.notices)

    def take_apart(self) -> None:
        """Give each part of a column a column of its own: for files that people calculate with, not for paper."""
        self._parts_of = [self._table.apart.get(column.name, ()) for column in self._columns]

    @property
    def headings(self) -> list[Heading]:
        """The columns of the file."""
        found: list[Heading] = []
        for column, parts in zip(self._columns, self._parts_of, strict=True):
            whole = Heading(str(column.header or ""), isinstance(column.column, FigureColumn))
            found += [Heading(str(part.heading), part.is_figure) for part in parts] or [whole]
        return [*found, Heading(_("Remarks"))] if self._table.remarks else found

    @property
    def count(self) -> int:
        """How many rows it has."""
        return len(self._rows)

    @property
    def column_names(self) -> list[str]:
        """The names of its columns, as addresses know them."""
        return [column.name for column in self._columns]

    def rows(self, tell: Callable[[int], None] | None = None) -> Iterator[Row]:
        """Every row; `tell` hears after each part how many are done, and may raise to stop."""
        done = 0
        for part in self._parts():
            self._table.rows = BoundRows(data=part, table=self._table)
            self._table.before_render(self.view.request)
            for bound in self._table.rows:
                yield self._row(bound)
            done += len(part)
            if tell is not None:
                tell(done)

    @property
    def totals(self) -> Row | None:
        """The totals over all rows, in the columns that have one; None where the list has none."""
        totals = self._table.totals
        if not self._table.has_totals or not self._rows:
            return None
        drawn = dict(self._table.total_cells)
        row: Row = []
        for column, parts in zip(self._columns, self._parts_of, strict=True):
            row.append(cell(drawn[column]) if column.name in totals else Cell(""))
            row += [Cell("")] * (len(parts) - 1)
        row[0] = Cell(_("Total"))
        return [*row, Cell("")] if self._table.remarks else row

    def _row(self, bound: Any) -> Row:
        row: Row = []
        for cells, parts in zip(self._cells, self._parts_of, strict=True):
            row += [part.cell(self._table, bound.record) for part in parts] or [cell(cells.draw(bound))]
        if self._table.remarks:
            notes = dict.fromkeys(one.note for one in row if one.note)
            row.append(Cell(" ".join(notes)))
        return row

    def _found(self) -> Any:
        """The keys of the rows in their order, or the rows themselves where they are no rows of a table."""
        queryset = self._records()
        if queryset is None:
            return list(self._table.data.data)
        return array("q", queryset.values_list("pk", flat=True).iterator(chunk_size=KEYS_AT_ONCE))

    def _records(self) -> "QuerySet[Any] | None":
        """The rows as a queryset of records; None where they are a list, or sums over records."""
        data = self._table.data
        found = data.data if isinstance(data, TableQuerysetData) else None
        # How a queryset says what its rows are; Django has no public name for it.
        is_of_records = isinstance(found, QuerySet) and issubclass(found._iterable_class, ModelIterable)
        return found if is_of_records else None

    def _parts(self) -> Iterator[list[Any]]:
        queryset = self._records()
        for first in range(0, len(self._rows), BATCH):
            part = list(self._rows[first : first + BATCH])
            if queryset is not None:
                known = {row.pk: row for row in queryset.order_by().filter(pk__in=part)}
                part = [known[pk] for pk in part if pk in known]
            yield part
