"""The pages of changes: all clients, and one of them."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from portal.companies import freshness
from portal.companies.models import Company
from portal.dashboards.changes import unseen
from portal.dashboards.changes.filters import ChangeFilter, ClientChangeFilter
from portal.dashboards.changes.marking import box, check
from portal.dashboards.changes.rows import Group, all_of, groups, of_client
from portal.dashboards.changes.tables import ChangeTable, GroupTable
from portal.deadlines.views import user_of
from portal.debtors.models import Debtor
from portal.debtors.place import way_to
from portal.mirror.models import Change
from portal.ui.empty import EmptyKind
from portal.ui.freshness import FreshnessSummary
from portal.ui.paging import Asked
from portal.ui.permissions import capabilities_of
from portal.ui.reading import filters_of
from portal.ui.values import Crumb
from portal.ui.views import ScopedListView

if TYPE_CHECKING:
    from portal.companies.freshness import Person
    from portal.ui.empty import EmptyKind

GROUPS_PER_PAGE = 15


class ChangesView(ScopedListView):
    """Every client with changes that the reader has not seen, or that were learned in a time."""

    model = Change
    capability = unseen.CAPABILITY
    table_class = GroupTable
    filterset_class = ChangeFilter
    template_name = "dashboards/changes/list.html"
    heading = _("Changes")

    @cached_property
    def counts(self) -> unseen.Counts:
        """How many changes fit the filter."""
        return unseen.count(self.request.user, self.filterset.condition, self.filterset.since)

    @cached_property
    def groups(self) -> list[Group]:
        """The clients that have some."""
        return groups(self.request.user, self.counts) if self.counts.total else []

    def get_table_data(self) -> list[Group]:
        """Clients in place of single rows."""
        return self.groups

    def get_table_pagination(self, table: Any) -> dict[str, Any]:
        """So many clients that a page can be read."""
        return {"per_page": GROUPS_PER_PAGE, "silent": True}

    def get_table_kwargs(self) -> dict[str, Any]:
        """What the boxes are made of, and words for nothing new."""
        log = Change.objects.visible_to(self.request.user, self.capability)
        return {
            **empty_words("nothing" if self.groups else self.get_empty_kind(), self.filterset, log),
            "user": self.request.user,
            "condition": self.filterset.condition,
            "since": self.filterset.since,
            "filters": filters_of(self),
            "box": {
                **box(self.request),
                "query": self.filtered_query,
                "new": self.filterset.since is None,
                # A mark is about all that is new of a client: under a filter nobody saw all of it.
                "all_shown": not self.filterset.asked,
            },
        }

    @property
    def filtered_query(self) -> str:
        """The filter as the page of one client takes it."""
        query = self.request.GET.copy()
        for name in ("client", "page", "sort"):
            query.pop(name, None)
        return query.urlencode()

    @cached_property
    def badge(self) -> FreshnessSummary:
        """How old every kind is whose changes are watched."""
        return freshness.of_office(self.request.user, unseen.watched_kinds(self.request.user))

    def get_freshness(self) -> FreshnessSummary:
        """How old what was compared is."""
        return self.badge

    def get_file_table(self) -> Any:
        """A file has every change, where the page has the newest of each client."""
        rows, user = self.object_list, user_of(self.request)
        table = ChangeTable(
            all_of(rows, user, self.counts, self.filterset.condition, self.filterset.since),  # type: ignore[arg-type]
            user=user,
        )
        return Asked(self.request, paginate=False).configure(table)

    def get_breadcrumb(self) -> list[Crumb]:
        """At the top."""
        return [Crumb(str(self.heading))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """How much there is, and the way to mark it; only where the page shows all that is new."""
        return {
            **super().get_context_data(**kwargs),
            **box(self.request),
            "total": self.counts.total,
            "clients": len(self.groups),
            "new": self.filterset.since is None,
            "all_shown": bool(self.groups) and not self.filterset.asked,
            "first_look": unseen.FIRST_LOOK.days,
            "looks_back": unseen.LOOKS_BACK.days,
        }


class ClientChangesView(ScopedListView):
    """The changes of one client, newest first."""

    model = Change
    capability = unseen.CAPABILITY
    table_class = ChangeTable
    filterset_class = ClientChangeFilter
    template_name = "dashboards/changes/client.html"
    heading = _("Changes")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Outside the scope there is no such client; inside it the log is for the office."""
        held = capabilities_of(request)
        if request.method in {"GET", "HEAD"} and (not held or self.capability in held):
            check(request, self.pk)
        return super().dispatch(request, *args, **kwargs)

    @property
    def pk(self) -> int:
        """The client in the address."""
        return int(self.kwargs["pk"])

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Those of the client, as the filter asks."""
        asked = ClientChangeFilter(self.request.GET, queryset=queryset, request=self.request)
        return of_client(queryset, self.request.user, self.pk, asked.condition, asked.since)

    @cached_property
    def debtor(self) -> Debtor | None:
        """The client; None where the reader sees only companies of it."""
        rows = Debtor.everything.visible_to(self.request.user).select_related("environment")
        return rows.filter(pk=self.pk).first()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Whose words the cells are in, and words for nothing new."""
        kwargs, user = super().get_table_kwargs(), self.request.user
        log = Change.objects.visible_to(user, self.capability).filter(debtor=self.pk)
        words = empty_words(kwargs["empty_kind"], self.filterset, log)
        return {**kwargs, **words, "user": user, "filters": filters_of(self)}

    def get_freshness(self) -> FreshnessSummary:
        """How old what was compared is."""
        user = self.request.user
        debtors = Debtor.objects.visible_to(user).filter(pk=self.pk)
        companies = Company.objects.visible_to(user).filter(debtor=self.pk)
        return freshness.of_scope(user, debtors, companies, unseen.watched_kinds(user))

    def get_breadcrumb(self) -> list[Crumb]:
        """Client › changes."""
        above = way_to(self.request, self.debtor) if self.debtor else []
        return [*above, Crumb(str(self.heading))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The way to mark it."""
        return {
            **super().get_context_data(**kwargs),
            **box(self.request),
            "debtor": self.debtor,
            "pk": self.pk,
            "new": self.filterset.since is None,
            "all_shown": not self.filterset.asked and bool(self.object_list),
            "first_look": unseen.FIRST_LOOK.days,
            "looks_back": unseen.LOOKS_BACK.days,
        }


def empty_words(kind: "EmptyKind", asked: ChangeFilter, log: "QuerySet[Change]") -> dict[str, Any]:
    """Why a table of changes is empty: nothing being new is good news. `log`: the changes in the reader's scope."""
    words: dict[str, Any] = {"empty_kind": kind}
    if kind != "nothing" or asked.since is not None:
        return words
    # As of a kind that one may not see, nobody learns that it ever changed.
    if not log.filter(unseen.readable(asked.request.user)).exists():
        words["empty_title"] = str(_("Nothing has changed since the first sync"))
        text = _("What a later sync finds otherwise than before stands here, with both values.")
    else:
        words["empty_title"] = str(_("Nothing new"))
        text = _("The syncs found no change that you have not seen.")
    words["empty_text"] = f"{text} {not_followed(asked.request.user)}"
    return words


def not_followed(user: "Person") -> str:
    """What the log does not tell of: what payroll works out itself, and what says how the copy is kept."""
    kinds = ", ".join(sorted(unseen.unwatched_labels(user)))
    return str(_("Changes of these are not followed here: %(kinds)s.") % {"kinds": kinds})
