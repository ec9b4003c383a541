"""The cells of a table's columns, drawn as django-tables2 draws them, with what is the same in every row asked once.

A page has hundreds of cells and a file hundreds of thousands. `BoundRow.get_cell` looks up for each of them the column,
the field behind it, whether that has choices, and which arguments the column's `render` wants.
"""

from collections.abc import Callable, Mapping
from functools import cache
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django_tables2.utils import A

if TYPE_CHECKING:
    from django_tables2.rows import BoundRow

    from portal.ui.tables import Table


class Cells:
    """The cells of one column of a table, row after row."""

    def __init__(self, table: "Table", bound: Any) -> None:
        self._table, self._bound = table, bound
        self._accessor = A(bound.accessor)
        *self._way, self._last = self._accessor.bits
        self._wanted = _wanted(getattr(bound.render, "__func__", bound.render))
        self._default = bound.default
        self._words: dict[type[Model], str | None] = {}

    def draw(self, row: "BoundRow") -> Any:
        """The cell of this row: what the column's `render` makes of the value, or the table's mark for no value."""
        value = self._value(row.record)
        if value in self._bound.column.empty_values:
            return self._default
        offered = {
            "value": value,
            "record": row.record,
            "column": self._bound.column,
            "bound_column": self._bound,
            "bound_row": row,
            "table": self._table,
        }
        wanted = offered if self._wanted is None else {name: offered[name] for name in self._wanted}
        drawn = self._bound.render(**wanted)
        return self._bound.link(drawn, **offered) if self._bound.link else drawn

    def _value(self, record: Any) -> Any:
        """What the accessor leads to; None where the way ends before that, as at a relation that leads nowhere."""
        if isinstance(record, Mapping) and self._accessor in record:
            return record[self._accessor]
        found = record
        for name in self._way:
            found = _step(found, name)
            if found is None:
                return None
        return _step(found, (self._choice(found) if isinstance(found, Model) else None) or self._last)

    def _choice(self, record: Model) -> str | None:
        """The name of the method that gives the word for a stored choice; None for a field without choices."""
        kind = type(record)
        if kind not in self._words:
            try:
                choices = getattr(kind._meta.get_field(self._last), "choices", None)
            except FieldDoesNotExist:
                choices = None
            name = f"get_{self._last}_display"
            self._words[kind] = name if choices and hasattr(record, name) else None
        return self._words[kind]


def _step(found: Any, name: str) -> Any:
    if isinstance(found, Mapping):
        return found.get(name)
    # A one-to-one relation without a row is an AttributeError, too.
    reached = getattr(found, name, None)
    return reached() if callable(reached) and not getattr(reached, "do_not_call_in_templates", False) else reached


@cache
def _wanted(draw: Callable[..., Any]) -> tuple[str, ...] | None:
    """The names of its arguments; None for one that takes all."""
    found = signature(draw).parameters.values()
    if any(one.kind is Parameter.VAR_KEYWORD for one in found):
        return None
    return tuple(one.name for one in found if one.name != "self")
