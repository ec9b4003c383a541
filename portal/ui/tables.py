"""The base of every table, and its kinds of columns.

Sorting, paging and filtering happen on the server; htmx swaps the table's region in place and the same links work
without it. A column that somebody may not see is left out of the table (`exclude`), never made invisible: an
invisible column can still be sorted.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import django_tables2
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django_tables2.data import TableQuerysetData
from django_tables2.utils import A

from portal.accounts.roles import Capability
from portal.ui import glossary, markup
from portal.ui.empty import EMPTY_STATES, EmptyKind
from portal.ui.formats import number
from portal.ui.freshness import FreshnessSummary
from portal.ui.moment import carried, know
from portal.ui.permissions import holds_over
from portal.ui.values import Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from portal.ui.exports.parts import Part
    from portal.ui.tools import ListTools

_RIGHT = {"th": {"class": "ui-right"}, "td": {"class": "ui-right"}, "tf": {"class": "ui-right"}}


class Table(django_tables2.Table):  # type: ignore[misc]
    """A table with a caption, one row a record and, when given, totals over the whole filter.

    `caption` names the table for screen readers and labels its region; `counted` is the word for what the rows
    are, singular and plural (`ngettext_lazy("company", "companies")`). `totals` maps column names to values of the
    whole filter, not of the page; a text says why there is none. `empty_kind` tells why there are no rows. The primary
    key is always the last sort key, so that no row repeats or vanishes between two pages; unknown values come last
    either way.
    """

    caption: "str | _StrPromise" = ""
    #: Title and text of a table without rows that does not come from Nmbrs, so that nobody reads that Nmbrs was asked.
    nothing: "tuple[str | _StrPromise, str | _StrPromise]" = ("", "")
    counted: "_StrPromise" = ngettext_lazy("row", "rows")
    #: Whether readers choose the columns; not of a table that is drawn as something else than rows and columns.
    choosable = True
    #: Whether cells may have remarks, which a file has in a column of its own.
    remarks = False
    #: What columns that show several things are made of, by name: a file has a column for each.
    apart: "Mapping[str, Sequence[Part]]" = MappingProxyType({})
    #: What stands above the table where it is a page of its own; the page's view puts it there.
    tools: "ListTools | None" = None
    #: The filters in words, for a print of the page; the page's view puts them there.
    filtered_by: Sequence[str] = ()

    def __init__(
        self,
        *args: Any,
        totals: Mapping[str, Any] | None = None,
        empty_kind: EmptyKind = "nothing",
        empty_title: str = "",
        empty_text: str = "",
        **kwargs: Any,
    ) -> None:
        self.totals = dict(totals or {})
        self.empty_kind = empty_kind
        title, text = self.nothing if empty_kind == "nothing" else ("", "")
        self.empty_title = empty_title or str(title)
        self.empty_detail = empty_text or str(text)
        kwargs.setdefault("default", markup.missing())
        super().__init__(*args, **kwargs)
        if not self._order_by:
            self._settle_order()

    @property
    def counted_words(self) -> str:
        """What the rows are, in the number that fits how many there are."""
        return str(self.counted % self.row_count)

    @property
    def announced(self) -> str:
        """What is told to who does not see that the rows were replaced: how many there are, or why there are none."""
        count = self.row_count
        if not count:
            return self.empty_title or str(EMPTY_STATES[self.empty_kind].title)
        if getattr(self, "page", None) is None or self.paginator.num_pages == 1:
            return f"{number(count)} {self.counted_words}"
        # As the foot of the table has it.
        words = {"first": number(self.first_row), "last": number(self.last_row), "count": number(count)}
        return _("%(first)s–%(last)s of %(count)s %(counted)s") % {**words, "counted": self.counted_words}

    @property
    def region_id(self) -> str:
        """The id of the element that htmx swaps; two tables on a page differ by their prefix."""
        return f"{self.prefix}table"

    @property
    def order_by(self) -> Any:
        """The sort aliases in force. Unknown names are ignored."""
        return self._order_by

    @order_by.setter
    def order_by(self, value: Any) -> None:
        django_tables2.Table.order_by.fset(self, value)
        self._settle_order()

    def _settle_order(self) -> None:
        if isinstance(self.data, TableQuerysetData) and isinstance(self.data.data, QuerySet):
            self.data.data = _with_last_key(self.data.data, explicit=bool(self._order_by))

    @property
    def has_totals(self) -> bool:
        """Whether a column that is shown has a total."""
        return any(column.name in self.totals for column in self.columns)

    @property
    def total_cells(self) -> list[tuple[Any, Any]]:
        """The footer: every column with its total over the whole filter, drawn like its cells; empty where none."""
        return [(column, self._total(column) if column.name in self.totals else "") for column in self.columns]

    def _total(self, column: Any) -> Any:
        value = self.totals[column.name]
        is_figure = isinstance(column.column, FigureColumn) and not isinstance(value, str)
        return column.column.render(value=value) if is_figure else markup.words(value)

    @property
    def first_row(self) -> int:
        """The number of the first row on this page, from 1."""
        return int(self.page.start_index()) if hasattr(self, "page") else min(1, len(self.rows))

    @property
    def last_row(self) -> int:
        """The number of the last row on this page."""
        return int(self.page.end_index()) if hasattr(self, "page") else len(self.rows)

    @property
    def row_count(self) -> int:
        """How many rows the filter has, on all pages."""
        return int(self.paginator.count) if hasattr(self, "paginator") else len(self.rows)


def _with_last_key(rows: QuerySet[Any], *, explicit: bool) -> QuerySet[Any]:
    """`rows` in the same order, made total by the primary key; sorted by the reader: unknown values last."""
    terms: list[Any] = list(rows.query.order_by) or list(rows.model._meta.ordering or ())
    if any(term in {"pk", "-pk", "id", "-id"} for term in terms if isinstance(term, str)):
        return rows
    if explicit:
        terms = [_nulls_last(term) for term in terms]
    return rows.order_by(*terms, "pk")


def _nulls_last(term: Any) -> Any:
    if not isinstance(term, str):
        return term
    return F(term[1:]).desc(nulls_last=True) if term.startswith("-") else F(term).asc(nulls_last=True)


class Column(django_tables2.Column):  # type: ignore[misc]
    """What every kind of column can: `term` names the word of the glossary that explains its heading."""

    def __init__(self, *args: Any, term: str = "", **kwargs: Any) -> None:
        if term:
            glossary.explanation(term)
        self.term = term
        super().__init__(*args, **kwargs)


class TextColumn(Column):
    """A text."""


class LinkColumn(Column):
    """The first cell: names the row and is the only link to its page.

    `viewname` with `args` (accessors on the record, the primary key by default); without it the record's own
    `get_absolute_url`.
    """

    def __init__(self, viewname: str = "", args: tuple[str, ...] = ("pk",), **kwargs: Any) -> None:
        def address(record: Any, table: Any) -> str:
            found: str = reverse(viewname, args=[A(name).resolve(record) for name in args])
            request = getattr(table, "request", None)
            if request is None:
                return found
            know(request, record)
            return carried(request, found)

        super().__init__(linkify=address if viewname else True, **kwargs)


class FigureColumn(Column):
    """Right-aligned, with figures of equal width. `places`: the decimals; `most`: those of a value that needs more."""

    attrs = _RIGHT

    def __init__(self, places: int = 0, most: int | None = None, **kwargs: Any) -> None:
        self.places = places
        self.most = places if most is None else most
        kwargs.setdefault("attrs", _RIGHT)
        super().__init__(**kwargs)

    def render(self, value: Any) -> SafeString:
        """The number."""
        exact = isinstance(value, Decimal) and value != round(value, self.places)
        return markup.number(value, self.most if exact else self.places)


class NumberColumn(FigureColumn):
    """A count, hours or a percentage; the unit stands in the header."""


class MoneyColumn(FigureColumn):
    """An amount; the euro sign stands in the header, not in every row."""

    def __init__(self, places: int = 2, **kwargs: Any) -> None:
        super().__init__(places=places, **kwargs)

    @property
    def header(self) -> Any:
        """The heading with the unit."""
        return f"{self.verbose_name} (€)" if self.verbose_name else None


class DayColumn(Column):
    """A calendar day."""

    def render(self, value: Any) -> SafeString:
        """The day."""
        return markup.day(value)


class MomentColumn(Column):
    """A day with its time."""

    def render(self, value: Any) -> SafeString:
        """The moment."""
        return markup.moment(value)


class CodeColumn(Column):
    """A number that names something: not grouped in thousands."""

    attrs = {"td": {"class": "ui-num"}}

    def render(self, value: Any) -> str:
        """Its digits."""
        return str(value)


class YesNoColumn(Column):
    """Something that is so or not so."""

    def render(self, value: bool) -> SafeString:
        """The word."""
        return markup.yes_or_no(value)


class IbanColumn(Column):
    """A bank account, masked, with the way to the whole number for who may see it.

    What is stored is encrypted, so it cannot be sorted by.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("orderable", False)
        super().__init__(**kwargs)

    def render(self, value: str, record: Any, table: Any) -> SafeString:
        """Country and last four characters."""
        masked, request = markup.masked_iban(value), getattr(table, "request", None)
        kind = getattr(type(record), "resource", None)
        if request is None or kind is None or not holds_over(request, record, Capability.REVEAL_IBAN):
            return masked
        url = reverse("ui:reveal", args=[kind.name, record.pk])
        return format_html('{} <a href="{}">{}</a>', masked, url, _("Show the whole number"))


class StatusColumn(Column):
    """A status: the value is a Status, or `statuses` says which Status stands for a stored value."""

    def __init__(self, statuses: Mapping[Any, Status] | None = None, **kwargs: Any) -> None:
        self.statuses = statuses
        super().__init__(**kwargs)

    def render(self, value: Any) -> SafeString:
        """Word, icon and colour. A stored value that `statuses` does not know is a KeyError: a gap in our table."""
        return markup.status(value if self.statuses is None else self.statuses[value])


class FreshnessColumn(Column):
    """The worst state of a row's data and the age of its oldest part; the value is a FreshnessSummary."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("orderable", False)
        super().__init__(**kwargs)

    def render(self, value: FreshnessSummary) -> SafeString:
        """State and age."""
        return markup.freshness(value)
