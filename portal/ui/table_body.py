"""The rows of a table as HTML, put together without a template.

A page has hundreds of cells; in a template they took half of its time. What is the same in every row, the attributes of
a column's cells, is worked out once; it may therefore not depend on a record (`attrs` without functions).
"""

from collections.abc import Callable
from functools import cache
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from portal.ui.tables import Table


def body(table: "Table") -> SafeString:
    """The rows of this page of the table; the first cell of each is its header. Cells are escaped as in a template."""
    columns = [
        (column.name, *_around("td" if place else "th", column.attrs["td"].as_html()))
        for place, column in enumerate(table.columns)
    ]
    rows = (
        (
            row.attrs.as_html(),
            format_html_join("", "{}{}{}", ((before, row.get_cell(name), after) for name, before, after in columns)),
        )
        for row in table.paginated_rows
    )
    return format_html_join("\n", "<tr {}>{}</tr>", rows)


def _around(tag: str, attributes: SafeString) -> tuple[SafeString, SafeString]:
    """What stands before and after each cell of a column."""
    if tag == "th":
        return format_html('<th scope="row" {}>', attributes), SafeString("</th>")
    return format_html("<td {}>", attributes), SafeString("</td>")


def asked_once(draw: Callable[..., Any]) -> Callable[..., Any]:
    """How a cell is drawn, without looking for each cell anew which of what is offered it wants."""
    wanted = _wanted(getattr(draw, "__func__", draw))

    def drawn(**offered: Any) -> Any:
        return draw(**offered) if wanted is None else draw(**{name: offered[name] for name in wanted})

    drawn.__signature__ = _TAKES_ALL  # type: ignore[attr-defined]
    return drawn


_TAKES_ALL = Signature([Parameter("offered", Parameter.VAR_KEYWORD)])


@cache
def _wanted(draw: Callable[..., Any]) -> tuple[str, ...] | None:
    """The names of its arguments; None for one that takes all."""
    found = signature(draw).parameters.values()
    if any(one.kind is Parameter.VAR_KEYWORD for one in found):
        return None
    return tuple(one.name for one in found if one.name != "self")
