"""Lists of mirrored records: one table a kind, one page for every kind of a client or a company.

A room declares its tables with `@shows("tags")`; the page takes rows, capability and freshness from the kind's
Resource. What a list shows depends on how the kind is dated: what is in force on a day, or what belongs to a period.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Min, Model, Q, QuerySet
from django.forms import SearchInput
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.mirror.dating import Observed
from portal.mirror.models import HistoryQuerySet, PeriodFactQuerySet
from portal.mirror.resource import Resource, registry
from portal.periods import Bounds, Period
from portal.ui import formats, markup
from portal.ui.empty import NOT_ASKED, NOT_GIVEN, REFUSED, EmptyKind, not_known_then
from portal.ui.fields import hidden
from portal.ui.freshness import FreshnessSummary, State
from portal.ui.permissions import capabilities_over, holds_over
from portal.ui.state import names_of
from portal.ui.sums import totals_of
from portal.ui.tables import DayColumn, Table, TextColumn
from portal.ui.views import ScopedListView

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString

    from portal.accounts.models import User

    Person = User | AnonymousUser


@dataclass(frozen=True)
class When:
    """What is asked for: a day; on a page about a period also the period, of which it is the last day.

    Without a period the facts of all periods are shown.
    """

    day: date
    period: Period | None = None
    days: Bounds | None = None


class RecordTable(Table):
    """The records of one kind. Headings are the names of the model's columns unless a column names its own.

    `caption` names the kind where it is clear whose records these are; empty: the kind's own name. `searched` are text
    and number columns that the search field looks in; `related` the rows that cells read; `summed` the amounts of which
    the foot has the total over the filter. `alike`: a column, and what the foot says instead where the rows of the
    filter differ in it, so that their amounts add up to nothing that means anything.
    """

    resource: ClassVar[str] = ""
    searched: ClassVar[tuple[str, ...]] = ()
    related: ClassVar[tuple[str, ...]] = ()
    summed: ClassVar[tuple[str, ...]] = ()
    alike: "ClassVar[tuple[str, str | _StrPromise]]" = ("", "")
    #: Where `at` looks at what the rows are now, beside `when`, a method that counts them for (user, owner, when).
    count: ClassVar[Any] = None
    #: The word of the glossary that explains the kind.
    term: ClassVar[str] = ""

    @classmethod
    def title(cls) -> str:
        """The kind as the heading of its page and in the overview."""
        return str(cls.caption) or capfirst(registry[cls.resource].label)

    @classmethod
    def at(cls, rows: "QuerySet[Any]", when: When) -> "QuerySet[Any]":
        """Those of `rows` that a page about `when` shows."""
        if isinstance(rows, HistoryQuerySet):
            return rows.as_of(when.day)
        if isinstance(rows, PeriodFactQuerySet) and when.period is not None:
            return rows.in_period(when.period)
        return rows

    @classmethod
    def completed(cls, rows: "QuerySet[Any]", when: When) -> "QuerySet[Any]":
        """The rows with what cells read besides their own columns."""
        return rows.select_related(*cls.related) if cls.related else rows


class ObservedTable(RecordTable):
    """Records of which Nmbrs gives only the present state: their start is the day on which they were first seen."""

    valid_from = DayColumn(verbose_name=gettext_lazy("Known since"), term="known_since")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("sequence", ("...", "valid_from"))
        super().__init__(*args, **kwargs)


class FactTable(RecordTable):
    """Records that belong to a period."""

    number = TextColumn(
        verbose_name=gettext_lazy("Period"),
        order_by=("year", "number"),
        attrs={"th": {"class": "ui-narrow"}, "td": {"class": "ui-narrow"}},
    )

    def render_number(self, record: Any) -> "SafeString":
        """Year and number: 2026-11."""
        return markup.words(f"{record.year}-{record.number:02d}")


_Table = TypeVar("_Table", bound=type[RecordTable])
_tables: dict[str, type[RecordTable]] = {}


def shows(resource: str) -> Callable[[_Table], _Table]:
    """Declare that this table shows the records of `resource`."""

    def declare(table: _Table) -> _Table:
        table.resource = resource
        _tables[resource] = table
        return table

    return declare


def table_of(resource: str) -> type[RecordTable] | None:
    """The table of a kind; None where it is shown otherwise, or not at all."""
    return _tables.get(resource)


def kinds_of(owner: str) -> list[Resource]:
    """The kinds with a table whose rows have a column `owner` ("debtor", "company") and are read at that level."""
    return [resource for resource in registry if resource.level == owner and resource.name in _tables]


# --- the page --------------------------------------------------------------------------------------------------------


class RecordFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Search in the columns that the table names."""

    searched: ClassVar[tuple[str, ...]] = ()

    q = django_filters.CharFilter(
        method="search", label=gettext_lazy("Search"), widget=SearchInput(attrs={"class": "form-control"})
    )

    def search(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Rows with the text in one of the columns."""
        found = Q(pk__in=[])
        for column in self.searched:
            found |= Q(**{f"{column}__icontains": value})
        return rows.filter(found)


class RecordListView(ScopedListView):
    """The records of one kind that belong to one client or company. A room says whose and as of when."""

    table_class: type[RecordTable]
    template_name = "ui/records.html"
    capability: ClassVar[Capability | None] = Capability.VIEW
    #: The name of the kind.
    kind = ""
    #: The column by which a row belongs to the owner, and the level of the kinds that have this page.
    owner_column: ClassVar[str]

    @classmethod
    def page(cls, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        """The page of `kind`; a kind without one does not exist."""
        resource = next((known for known in kinds_of(cls.owner_column) if known.name == kind), None)
        table = table_of(kind)
        if resource is None or table is None:
            raise Http404
        view = cls.as_view(
            kind=kind,
            model=resource.model,
            capability=resource.capability,
            table_class=table,
            filterset_class=_filter_of(table),
        )
        answer: HttpResponseBase = view(request, pk=pk)
        return answer

    @classmethod
    def title_at(cls, kwargs: Mapping[str, Any]) -> str:
        """The kind."""
        table = table_of(kwargs.get("kind", ""))
        return table.title() if table else ""

    @classmethod
    def filters_at(cls, kwargs: Mapping[str, Any]) -> frozenset[str]:
        """The search, where the kind has one."""
        table = table_of(kwargs.get("kind", ""))
        return names_of(_filter_of(table)) if table else frozenset()

    @classmethod
    def capability_at(cls, kwargs: Mapping[str, Any]) -> Capability | None:
        """What it takes to see the kind."""
        kind = kwargs.get("kind", "")
        return registry[kind].capability if kind in registry else cls.capability

    @property
    def resource(self) -> Resource:
        """The kind."""
        return registry[self.kind]

    @property
    def reads(self) -> Kind | None:  # type: ignore[override]
        """Kinds that need more than a place in the firm are about people."""
        return None if self.resource.capability in (Capability.VIEW, Capability.VIEW_LABELS) else Kind.LIST_READ

    @cached_property
    def owner(self) -> Model:
        """Whose records these are; outside the person's scope 404."""
        raise NotImplementedError

    @cached_property
    def when(self) -> When:
        """The day or period in the address."""
        raise NotImplementedError

    def get_badge(self) -> FreshnessSummary:
        """How old the kind is for the owner."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Outside the scope 404, inside it without the kind's capability 403."""
        if not holds_over(request, self.owner, self.resource.capability):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """The owner's rows as of the day or in the period."""
        self.of_owner = queryset.filter(**{self.owner_column: self.owner})
        rows = self.table_class.at(self.of_owner, self.when)
        return self.table_class.completed(rows, self.when)

    @cached_property
    def badge(self) -> FreshnessSummary:
        """How old the records are."""
        return self.get_badge()

    def get_freshness(self) -> FreshnessSummary:
        """How old the records are."""
        return self.badge

    @cached_property
    def known_since(self) -> date | None:
        """The first day of anything observed here; None for other kinds, and when nothing was ever seen."""
        if not isinstance(self.resource.dating, Observed):
            return None
        first: date | None = self.of_owner.aggregate(first=Min("valid_from"))["first"]
        return first

    def get_empty_kind(self) -> EmptyKind:
        """Never fetched, refused by Nmbrs, before anything was known, no match, or nothing at all."""
        if not self.badge.ever:
            return "not_permitted" if self.badge.state is State.NOT_PERMITTED else "never_synced"
        if self._too_early or self._not_asked:
            return "never_synced"
        return super().get_empty_kind()

    @property
    def asked(self) -> bool:
        """Whether Nmbrs is asked for what this page is about; a room may know that it is not."""
        return True

    @cached_property
    def _not_asked(self) -> bool:
        """Whether there are no rows, whatever the filter, because Nmbrs was not asked. What is observed is known from
        the first day on: that it went says that there is none."""
        if self.asked or self.known_since is not None:
            return False
        return not self.table_class.at(self.of_owner, self.when).exists()

    @property
    def _too_early(self) -> bool:
        return self.known_since is not None and self.when.day < self.known_since

    def get_totals(self, rows: "QuerySet[Any]") -> dict[str, Any]:
        """The sums of the table's amounts over every row of the filter, which are counted with them; or in words why
        there are none."""
        summed = tuple(name for name in self.table_class.summed if name not in self.hidden)
        if not summed:
            return {}
        column, instead = self.table_class.alike
        self.found, sums, unlike = totals_of(rows, summed, column)
        return dict.fromkeys(sums, str(instead)) if unlike else dict(sums)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Fields that the reader does not get, though they may see the kind: columns that are not there."""
        return hidden(self.resource, capabilities_over(self.request, self.owner))

    def get_table_kwargs(self) -> dict[str, Any]:
        """No column that is hidden; and why there are no rows, in words where the usual ones would mislead."""
        kwargs = super().get_table_kwargs() | {"exclude": tuple(self.hidden)}
        if kwargs["empty_kind"] == "not_permitted":
            kwargs["empty_title"], kwargs["empty_text"] = NOT_GIVEN, REFUSED
        elif kwargs["empty_kind"] == "never_synced" and self.badge.ever:
            words = not_known_then(self.known_since) if self._observed else NOT_ASKED
            kwargs["empty_title"], kwargs["empty_text"] = words
        return kwargs

    def get_heading(self) -> str:
        """The kind."""
        return self.table_class.title()

    def get_when(self) -> list[tuple[str, str]]:
        """The period and its last day, or the day."""
        period = self.when.period
        asked = [(_("Period"), f"{period.year}-{period.number:02d}")] if period is not None else []
        return [*asked, (_("As of"), formats.day(self.when.day))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The kind as the heading."""
        heading = self.get_heading()
        context = super().get_context_data(**{"heading": heading, **kwargs})
        context["table"].caption = heading
        shown = {"owner": self.owner, "when": self.when, "observed": self._observed}
        return {**context, **shown, "heading_term": self.table_class.term}

    @property
    def _observed(self) -> bool:
        return isinstance(self.resource.dating, Observed)


def _filter_of(table: type[RecordTable]) -> type[RecordFilter] | None:
    if not table.searched:
        return None
    return type("KindFilter", (RecordFilter,), {"searched": table.searched})
