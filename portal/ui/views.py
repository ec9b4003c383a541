"""The base of every page over tenant data: what a person may not see does not exist for them (404), and what
they may see but not do is refused (403)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import cached_property
from django.views.generic import DetailView, ListView
from django_tables2 import SingleTableMixin
from django_tables2.data import TableQuerysetData

from portal.accounts.acting import LARGEST_KEY
from portal.accounts.prepared import PreparedRows
from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.ui import filtering, opened, reading
from portal.ui.choosing import choose
from portal.ui.empty import EmptyKind
from portal.ui.exports import asking
from portal.ui.exports.stamp import used_filters
from portal.ui.freshness import FreshnessSummary
from portal.ui.moment import Asks, carried
from portal.ui.paging import Asked
from portal.ui.permissions import capabilities_of, holds_over
from portal.ui.saved.menu import SavedViews
from portal.ui.state import PAGE_SIZES, ROWS_PER_PAGE, asked_columns, names_of
from portal.ui.tools import tools_of
from portal.ui.values import Crumb

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User


class ScopedView:
    """What list and detail share. `capability` must be named; `get_queryset` is final, `narrow` is the hook."""

    model: type[Model]
    capability: ClassVar[Capability | None] = None
    #: What its address asks for: a month, a period or a day. Links to it carry that from a page of another time.
    asks: ClassVar[Asks | None] = None
    #: What the audit trail calls a look at this page; None: a page without data of a single person.
    reads: Kind | None = None
    request: HttpRequest

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__module__ != __name__ and "get_queryset" in vars(cls):
            raise ImproperlyConfigured(f"{cls.__name__} overrides get_queryset. Narrow the visible rows in narrow().")

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view function. A view without a capability does not start."""
        if not isinstance(initkwargs.get("capability", cls.capability), Capability):
            raise ImproperlyConfigured(f"{cls.__name__} names no capability.")
        return super().as_view(**initkwargs)  # type: ignore[misc]

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The visible rows that this page is about, with what it shows of them."""
        return queryset

    def get_breadcrumb(self) -> list[Crumb]:
        """The way to this page."""
        return []

    def get_freshness(self) -> FreshnessSummary | None:
        """How old the data behind this page is; None on a page that shows nothing of Nmbrs."""
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the frame shows: heading, breadcrumb, freshness. A look that leaves a trace is written down first."""
        self.note_look()
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        way = [replace(crumb, url=carried(self.request, crumb.url)) for crumb in self.get_breadcrumb()]
        return {"breadcrumb": way, "freshness": self.get_freshness(), **context}

    def note_look(self) -> None:
        """Write down that somebody looks, where that leaves a trace."""
        if self.reads is not None:
            reading.note(self.reads, self)


class ScopedListView(ScopedView, SingleTableMixin, ListView):  # type: ignore[misc, type-arg]
    """A filtered, sorted, paged table of the rows of `model` over which the person holds `capability`.

    Somebody who works here but holds the capability nowhere gets 403; without any membership the page says so.
    Readers choose columns, keep views of it and take its rows out as a file, without a word in the class.
    """

    template_name = "ui/list.html"
    filterset_class: ClassVar[Any] = None
    #: The filter of this request, where the class names one.
    filterset: Any
    heading: ClassVar[Any] = ""
    subtitle: ClassVar[Any] = ""
    #: Whether its rows can be taken out as a file. Not of what has a file of its own, or is about the portal itself.
    exportable: ClassVar[bool] = True
    #: Whether its rows are those of `model`. Where they only tell of them, a file never lacks single ones.
    rows_of_model: ClassVar[bool] = True
    #: Rows of its longest page; fewer than elsewhere where a row is so full that the page would be over 300 KB.
    most_rows: ClassVar[int] = max(PAGE_SIZES)
    #: The table pages; the list view itself must not cut its rows before the totals are taken.
    paginate_by = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse who may open this page nowhere."""
        held = capabilities_of(request)
        if held and self.capability not in held:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """The page, the list with the view that it begins with, or its rows for whoever makes a file of them."""
        if asking.for_file(request):
            self.object_list = self.get_queryset()
            return asking.RowsResponse(self)
        address = self.saved_views.begins_with() if self.saved_views else None
        return HttpResponseRedirect(address) if address else super().get(request, *args, **kwargs)

    @classmethod
    def title_at(cls, kwargs: Mapping[str, Any]) -> str:
        """What the list at an address with these parts is called, without opening it."""
        return str(cls.heading)

    @classmethod
    def filters_at(cls, kwargs: Mapping[str, Any]) -> frozenset[str]:
        """The names of its filters."""
        return names_of(cls.filterset_class)

    @classmethod
    def capability_at(cls, kwargs: Mapping[str, Any]) -> Capability | None:
        """What it takes to open it."""
        return cls.capability

    @cached_property
    def saved_views(self) -> SavedViews | None:
        """The views that people keep of this list; None where it has no address."""
        match = self.request.resolver_match
        return SavedViews(self.request, match, self.filterset_class) if match else None

    def get_queryset(self) -> QuerySet[Any]:
        """The rows: visible, narrowed, filtered; for a file those over which the person may take data out. Final."""
        visible = self.model.objects.visible_to(self.request.user, self.capability)  # type: ignore[attr-defined]
        if asking.for_file(self.request):
            visible = visible.visible_to(self.request.user, Capability.EXPORT)
        rows = self.narrow(visible)
        if self.filterset_class is None:
            self.filterset = None
            return rows
        kwargs = self.get_filterset_kwargs()
        self.filterset = self.filterset_class(self.request.GET, queryset=rows, request=self.request, **kwargs)
        filtered: QuerySet[Any] = self.filterset.qs
        return filtered

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """What the filter takes beside what the address says, the rows and the request."""
        return {}

    def get_totals(self, rows: QuerySet[Any]) -> dict[str, Any]:
        """Totals by column name over every row of the filter, not only this page."""
        return {}

    def get_empty_kind(self) -> EmptyKind:
        """Why there are no rows. Asked only when there are none."""
        if not capabilities_of(self.request):
            return "not_permitted"
        if filtering.applied(self.filterset):
            return "no_match"
        freshness = self.get_freshness()
        return "nothing" if freshness is None or freshness.ever else "never_synced"

    def get_table_kwargs(self) -> dict[str, Any]:
        """Totals, and the reason when there is nothing."""
        rows: Any = self.object_list
        return {"totals": self.get_totals(rows), "empty_kind": "nothing" if self.found else self.get_empty_kind()}

    @cached_property
    def found(self) -> int:
        """How many rows the filter has."""
        rows: Any = self.object_list
        return int(rows.count())

    def get_table_pagination(self, table: Any) -> dict[str, Any]:
        """Pages of a size from the allowed ones; a page that does not exist becomes the nearest one."""
        asked = self.request.GET.get(table.prefixed_per_page_field, "")
        size = int(asked) if asked in {str(size) for size in PAGE_SIZES} else ROWS_PER_PAGE
        return {"per_page": min(size, self.most_rows), "silent": True}

    def get_table(self, **kwargs: Any) -> Any:
        """The table with the chosen columns, in the chosen order, one page of it; above it the tools of the list."""
        data = self.get_table_data()
        table = self.get_table_class()(data=data, **kwargs)
        if data is self.object_list and isinstance(table.data, TableQuerysetData):
            # They were counted already.
            table.data._length = self.found
        paginate = False if asking.for_file(self.request) else self.get_table_pagination(table)
        Asked(self.request, paginate=paginate).configure(table)
        # Only then: a list keeps its order when the column that it is sorted by is put away.
        choice = choose(table, asked_columns(self.request.GET)) if table.choosable else None
        table.filtered_by = used_filters(self)
        if self.saved_views and not asking.for_file(self.request):
            table.tools = tools_of(self, self.saved_views, choice, table)
        return table

    def get_file_table(self) -> Any:
        """The table whose rows a file has: those of every page."""
        return self.get_table(**self.get_table_kwargs())

    def get_heading(self) -> str:
        """What the list is, in a file and where views of it are kept."""
        return str(self.heading)

    def get_when(self) -> list[tuple[str, str]]:
        """Period and day that the rows are of, each with its word, for a file; nothing: they are as they are now."""
        return []

    def get_facts(self) -> list[tuple[str, str]]:
        """What else must be known of the rows, each with its word, for the first lines of a file."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Table, filter and heading."""
        context = super().get_context_data(**kwargs)
        if self.reads is not None and getattr(self, "owner", None) is None:
            reading.note_rows(self, [row.record.pk for row in context["table"].paginated_rows])
        return {"heading": self.heading, "subtitle": self.subtitle, "filterset": self.filterset, **context}

    def note_look(self) -> None:
        """Of a list of one client or company; of any other it is known with its rows."""
        if getattr(self, "owner", None) is not None:
            super().note_look()


class ScopedDetailView(ScopedView, DetailView):  # type: ignore[type-arg]
    """One row. Outside the person's scope 404; inside it without `capability` 403."""

    #: What it hangs on and the page shows too: paths of foreign keys. A page that narrows its rows says it there.
    related: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self) -> QuerySet[Any]:
        """The rows inside the scope, narrowed. Final."""
        return self.narrow(self.model.objects.visible_to(self.request.user))  # type: ignore[attr-defined]

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        """The row, if the person holds the capability over it."""
        row = self._found() if queryset is None and self.related else super().get_object(queryset)
        if self.capability is None or not holds_over(self.request, row, self.capability):
            raise PermissionDenied
        return row

    def _found(self) -> Any:
        pk = self.kwargs["pk"]
        # No database takes a larger number in its question.
        rows = _row(self.request.user, pk, model=self.model, related=self.related) if pk <= LARGEST_KEY else []
        if not rows:
            raise Http404
        return rows[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The row's name as the heading."""
        context = super().get_context_data(**kwargs)
        opened.tell(self.request, self.object)
        return {"heading": str(self.object), **context}


@PreparedRows
def _row(user: "User | AnonymousUser", pk: int, *, model: type[Any], related: tuple[str, ...]) -> "QuerySet[Any, Any]":
    found: QuerySet[Any, Any] = model.objects.visible_to(user).filter(pk=pk).select_related(*related)
    return found
