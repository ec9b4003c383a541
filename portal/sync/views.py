"""The pages of syncs: what is going on everywhere, and one sync."""

from functools import cached_property
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tables2.data import TableListData

from portal.accounts.roles import Capability
from portal.debtors.place import clients_seen
from portal.employees import absence_types
from portal.jobs.health import worker_alive
from portal.jobs.hindrance import hindrance
from portal.mirror.models import Freshness
from portal.mirror.resource import registry
from portal.sync import environments, figures, live, messages, problems
from portal.sync.filters import ProblemFilter
from portal.sync.models import Status, SyncPlan, SyncRun
from portal.sync.tables import PlanTable, ProblemTable, ResourceTable, RunTable
from portal.sync.targets import capability_for
from portal.ui.empty import EmptyKind
from portal.ui.paging import Asked
from portal.ui.permissions import capabilities_of, holds_over
from portal.ui.values import Crumb
from portal.ui.views import ScopedDetailView, ScopedListView

#: Plans under way that show their progress at the top; more are in the table of recent syncs.
UNDER_WAY = 5
PLANS_PER_PAGE = 10
RUNS_PER_PAGE = 25


class OverviewView(ScopedListView):
    """Per environment whether Nmbrs answers, what runs, what waits for a decision and what is not up to date."""

    model = Freshness
    capability = Capability.VIEW_SYNC
    filterset_class = ProblemFilter
    table_class = ProblemTable
    exportable = False
    template_name = "sync/overview.html"
    heading = _("Sync")
    subtitle = _("How the portal's copy of Nmbrs is kept up to date")

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """What needs attention."""
        return problems.with_problem(queryset)

    @cached_property
    def groups(self) -> problems.Groups:
        """The rows by client, kind and problem."""
        rows: Any = self.object_list
        return problems.Groups(rows, clients_seen(self.request))

    def get_table_data(self) -> TableListData:
        """Groups in place of single rows. In these words, because django-tables2 would make a list of them."""
        return TableListData(self.groups)

    def get_table_kwargs(self) -> dict[str, Any]:
        """Words for the good case: nothing needs attention."""
        kind = "nothing" if self.groups else self.get_empty_kind()
        kwargs: dict[str, Any] = {"user": self.request.user, "empty_kind": kind}
        if kind == "nothing":
            kwargs["empty_title"] = str(_("Everything is up to date"))
            kwargs["empty_text"] = str(_("The last sync of every kind of record succeeded."))
        return kwargs

    def get_empty_kind(self) -> EmptyKind:
        """Nothing to see, nothing fetched yet, nothing that fits the filter, or nothing wrong."""
        kind = super().get_empty_kind()
        if kind == "nothing" and not Freshness.objects.visible_to(self.request.user).exists():
            return "never_synced"
        return kind

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Environments, plans under way, holds and recent plans."""
        user = self.request.user
        plans = _plans(user)
        under_way = list(plans.filter(finished__isnull=True)[:UNDER_WAY])
        counted = figures.of_plans(user, [plan.pk for plan in under_way]) if under_way else {}
        # The sign of life comes once a minute; work that goes on is one too.
        alive = any(one.running for one in counted.values()) or worker_alive()
        holds = problems.holds(user)
        recent = PlanTable(plans, user=user, prefix="plan-")
        Asked(self.request, paginate={"per_page": PLANS_PER_PAGE, "silent": True}).configure(recent)
        cards = environments.cards(user)
        may_resync_all = Capability.RESYNC_FIRM in capabilities_of(self.request)
        return {
            **super().get_context_data(**kwargs),
            "cards": cards,
            "several": may_resync_all and sum(card.whole and card.connected for card in cards) > 1,
            "worker_alive": alive,
            "hindrance": hindrance(),
            "may_see_health": may_resync_all,
            "under_way": [
                live.progress(plan, counted.get(plan.pk, figures.NONE_YET), workers=alive) for plan in under_way
            ],
            "holds": holds[: problems.HOLDS],
            "more_holds": len(holds) > problems.HOLDS,
            "recent": recent,
            "unmapped": absence_types.unmapped(user),
        }


class PlanView(ScopedDetailView):
    """One sync: how far it is, what it changed, what did not go as it should."""

    model = SyncPlan
    capability = Capability.VIEW_SYNC
    template_name = "sync/plan.html"

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With what it is called by."""
        return queryset.select_related("environment", "debtor", "company", "requested_by")

    def get_breadcrumb(self) -> list[Crumb]:
        """Sync › this one."""
        return [Crumb(_("Sync"), reverse("sync:overview")), Crumb(live.title(self.object))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Progress, figures and tables."""
        plan, user = self.object, self.request.user
        counted = figures.of_plans(user, [plan.pk]).get(plan.pk, figures.NONE_YET)
        attention = RunTable(
            _attention(user, plan),
            clients=clients_seen(self.request),
            prefix="run-",
            empty_title=str(_("Nothing needs attention")),
        )
        attention.empty_detail = str(_("Every part that ended so far was brought up to date."))
        Asked(self.request, paginate={"per_page": RUNS_PER_PAGE, "silent": True}).configure(attention)
        return {
            **super().get_context_data(**kwargs),
            "heading": live.title(plan),
            "plan": plan,
            "started": messages.started(plan.trigger, str(plan.requested_by or "")),
            "figures": counted,
            "length": figures.length_words(figures.length(plan, counted)),
            "standing": figures.standing(plan, counted),
            "progress": live.progress(plan, counted, workers=worker_alive()),
            "may_cancel": plan.finished is None and holds_over(self.request, plan, capability_for(plan)),
            "kinds": ResourceTable(_by_kind(figures.of_resources(user, plan)), prefix="kind-"),
            "attention": attention,
        }


class ProgressView(ScopedDetailView):
    """The bar of one sync as a fragment. The answer that finds it finished says so to the page around it."""

    model = SyncPlan
    capability = Capability.VIEW_SYNC
    template_name = "sync/progress.html"

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With what it is called by."""
        return queryset.select_related("environment", "debtor", "company", "employee__company")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The bar and, in the end, the way to the new figures."""
        return {**super().get_context_data(**kwargs), **fragment_context(self.request, self.object)}

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """The fragment; when the work is over the page is told."""
        response: HttpResponse = super().render_to_response(context, **kwargs)
        if self.object.finished is not None:
            response["HX-Trigger"] = "syncFinished"
        return response


def fragment_context(request: HttpRequest, plan: SyncPlan) -> dict[str, Any]:
    """What `sync/progress.html` needs. `page` is the address of the page around it, of this site only."""
    try:
        page = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    except ValueError:
        # No address at all: the header is whatever the visitor sends.
        page = ""
    own = reverse("sync:plan", args=[plan.pk])
    return {
        "plan": plan,
        "progress": live.progress_for(request.user, plan),
        "page": "" if page.split("?")[0] == own else page,
    }


def _plans(user: Any) -> "QuerySet[SyncPlan]":
    return SyncPlan.objects.visible_to(user, Capability.VIEW_SYNC).select_related(
        "environment", "debtor", "company", "requested_by"
    )


def _attention(user: Any, plan: SyncPlan) -> "QuerySet[SyncRun]":
    """The plan's runs that failed, were held or refused, or left something out; with the age of the data shown."""
    success = Freshness.objects.filter(scope_key=OuterRef("scope_key"), resource=OuterRef("resource"))
    return (
        SyncRun.objects.visible_to(user)
        .filter(plans=plan)
        .filter(
            Q(status__in=figures.NOT_RENEWED)
            | Q(status=Status.SUCCEEDED) & (Q(quarantined__gt=0) | Q(unknown_values__gt=0) | Q(unknown_elements__gt=0))
        )
        .annotate(
            last_success=Subquery(success.values("last_success")[:1]),
            worst_last=Case(When(status=Status.SUCCEEDED, then=Value(1)), default=Value(0)),
        )
        .select_related("environment", "debtor", "company", "employee__company")
        .order_by("worst_last", "stage", "resource", "pk")
    )


def _by_kind(counted: dict[str, figures.Figures]) -> list[dict[str, Any]]:
    """Rows of the table by kind, in the order in which kinds are read."""
    order = {resource.name: place for place, resource in enumerate(registry)}
    return [
        {
            "kind": messages.sentence(messages.kind_of(name)),
            "parts": f"{row.done} / {row.total}",
            "added": row.added,
            "changed": row.changed,
            "missing": row.missing,
            "quarantined": row.quarantined,
            "held": row.held,
            "failed": row.not_renewed - row.held + row.tolerated,
            "calls": row.calls,
        }
        for name, row in sorted(counted.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
    ]
