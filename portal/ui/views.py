"""The base of every page over tenant data: what a person may not see does not exist for them (404), and what
they may see but not do is refused (403)."""

from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.views.generic import DetailView, ListView
from django_tables2 import SingleTableMixin

from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.ui import opened, reading
from portal.ui.empty import EmptyKind
from portal.ui.freshness import FreshnessSummary
from portal.ui.permissions import capabilities_of, holds_over
from portal.ui.tables import PAGE_SIZES, ROWS_PER_PAGE
from portal.ui.values import Crumb


class ScopedView:
    """What list and detail share. `capability` must be named; `get_queryset` is final, `narrow` is the hook."""

    model: type[Model]
    capability: ClassVar[Capability | None] = None
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
        if self.reads is not None:
            reading.note(self.reads, self)
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {"breadcrumb": self.get_breadcrumb(), "freshness": self.get_freshness(), **context}


class ScopedListView(ScopedView, SingleTableMixin, ListView):  # type: ignore[misc, type-arg]
    """A filtered, sorted, paged table of the rows of `model` over which the person holds `capability`.

    Somebody who works here but holds the capability nowhere gets 403; without any membership the page says so.
    """

    template_name = "ui/list.html"
    filterset_class: ClassVar[Any] = None
    #: The filter of this request, where the class names one.
    filterset: Any
    heading: ClassVar[Any] = ""
    subtitle: ClassVar[Any] = ""
    #: The table pages; the list view itself must not cut its rows before the totals are taken.
    paginate_by = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse who may open this page nowhere."""
        held = capabilities_of(request)
        if held and self.capability not in held:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        """The rows: visible, narrowed, filtered. Final."""
        rows = self.narrow(self.model.objects.visible_to(self.request.user, self.capability))  # type: ignore[attr-defined]
        if self.filterset_class is None:
            self.filterset = None
            return rows
        self.filterset = self.filterset_class(self.request.GET, queryset=rows, request=self.request)
        filtered: QuerySet[Any] = self.filterset.qs
        return filtered

    def get_totals(self, rows: QuerySet[Any]) -> dict[str, Any]:
        """Totals by column name over every row of the filter, not only this page."""
        return {}

    def get_empty_kind(self) -> EmptyKind:
        """Why there are no rows. Asked only when there are none."""
        if not capabilities_of(self.request):
            return "not_permitted"
        if self.filterset is not None and any(self.request.GET.get(name) for name in self.filterset.form.fields):
            return "no_match"
        freshness = self.get_freshness()
        return "nothing" if freshness is None or freshness.ever else "never_synced"

    def get_table_kwargs(self) -> dict[str, Any]:
        """Totals, and the reason when there is nothing."""
        rows: Any = self.object_list
        return {"totals": self.get_totals(rows), "empty_kind": "nothing" if rows.exists() else self.get_empty_kind()}

    def get_table_pagination(self, table: Any) -> dict[str, Any]:
        """Pages of a size from the allowed ones; a page that does not exist becomes the nearest one."""
        asked = self.request.GET.get(table.prefixed_per_page_field, "")
        size = int(asked) if asked in {str(size) for size in PAGE_SIZES} else ROWS_PER_PAGE
        return {"per_page": size, "silent": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Table, filter and heading."""
        context = super().get_context_data(**kwargs)
        return {"heading": self.heading, "subtitle": self.subtitle, "filterset": self.filterset, **context}


class ScopedDetailView(ScopedView, DetailView):  # type: ignore[type-arg]
    """One row. Outside the person's scope 404; inside it without `capability` 403."""

    def get_queryset(self) -> QuerySet[Any]:
        """The rows inside the scope, narrowed. Final."""
        return self.narrow(self.model.objects.visible_to(self.request.user))  # type: ignore[attr-defined]

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        """The row, if the person holds the capability over it."""
        row = super().get_object(queryset)
        if self.capability is None or not holds_over(self.request, row, self.capability):
            raise PermissionDenied
        return row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The row's name as the heading."""
        context = super().get_context_data(**kwargs)
        opened.tell(self.request, self.object)
        return {"heading": str(self.object), **context}
