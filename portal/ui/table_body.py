"""The rows of a table as HTML, put together without a template.

A page has hundreds of cells; in a template they took half of its time. What is the same in every row, the attributes of
a column's cells, is worked out once; it may therefore not depend on a record (`attrs` without functions).
"""

from typing import TYPE_CHECKING

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from portal.ui.table_cells import Cells

if TYPE_CHECKING:
    from django_tables2.rows import BoundRow

    from portal.ui.tables import Table


def body(table: "Table") -> SafeString:
    """The rows of this page of the table; the first cell of each is its header. Cells are escaped as in a template."""
    columns = [
        (Cells(table, column), *_around("td" if place else "th", column.attrs["td"].as_html()))
        for place, column in enumerate(table.columns)
    ]
    rows = ((row.attrs.as_html(), _row(row, columns)) for row in table.paginated_rows)
    return format_html_join("\n", "<tr {}>{}</tr>", rows)


def _row(row: "BoundRow", columns: "list[tuple[Cells, SafeString, SafeString]]") -> SafeString:
    # Markup and markup is markup: a template for each cell took twice as long.
    drawn = SafeString("")
    for cells, before, after in columns:
        drawn += before + conditional_escape(cells.draw(row)) + after
    return drawn


def _around(tag: str, attributes: SafeString) -> tuple[SafeString, SafeString]:
    """What stands before and after each cell of a column."""
    if tag == "th":
        return format_html('<th scope="row" {}>', attributes), SafeString("</th>")
    return format_html("<td {}>", attributes), SafeString("</td>")
