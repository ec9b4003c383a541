"""Which tables can be read, and which of their columns: an allow-list, without people of clients and without secrets.

Payroll data is not here. It has pages of its own with masked fields and rights of its own, and a table would show
what those hide.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import (
    Deputy,
    Invitation,
    SingleSignOn,
    TagRule,
    Team,
    TeamDebtor,
    TeamMember,
)
from portal.accounts.roles import Capability
from portal.audit.about import About
from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once
from portal.connections.models import Connection, Environment
from portal.mirror.models import Freshness, OptInChoice
from portal.privacy.models import Agreement, Removal
from portal.sync.models import SyncPlan, SyncRun

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    _Base = admin.ModelAdmin[Any]
else:
    _Base = admin.ModelAdmin


class ReadOnlyTable(_Base):
    """Rows of one model that the person sees by the tenancy rule; each page is in the trail before it is answered."""

    capability: ClassVar[Capability]
    label: ClassVar["_StrPromise"]
    columns: ClassVar[tuple[str, ...]]

    actions = None
    list_per_page = 50
    # No page with everything, and no count of what lies outside a filter.
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    preserve_filters = False
    #: Nothing: a sort or filter chosen by the address could ask for what is not shown.
    sortable_by = ()

    # --- who and what ------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """The rows inside the person's scope, by the capability that the portal's own pages ask."""
        rows: QuerySet[Any] = self.model.objects.visible_to(request.user, self.capability)
        links = [name for name in self.columns if self.model._meta.get_field(name).many_to_one]
        return rows.select_related(*links).order_by("-pk") if links else rows.order_by("-pk")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who came in may read; which rows is said above."""
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As for reading."""
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Never: `?token__startswith=` would tell a secret letter by letter. The answer is 400."""
        return False

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Never; rows are found by their number."""
        return False

    @property
    def url_name(self) -> str:
        """The name of the table's address."""
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"

    # --- the pages ---------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """The table and one row of it; Django has pages to add, delete and look back as well."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("<int:object_id>/", view(self.change_view), name=f"{name}_change"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The table."""
        record_at_once(Kind.ADMIN_READ, About(object_type=str(self.opts.model_name)))
        return super().changelist_view(request, {"title": self.label, **self._words()})

    def change_view(
        self, request: HttpRequest, object_id: Any, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One row. Raises Http404 outside the person's scope."""
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404
        record_at_once(Kind.ADMIN_READ, row)
        title = {"title": str(row), "subtitle": None}
        return super().change_view(request, str(object_id), form_url, {**title, **self._words()})

    def _words(self) -> dict[str, Any]:
        return {"table": self.label, "table_url": self.url_name}


def _table(capability: Capability, label: "_StrPromise", *columns: str) -> type[ReadOnlyTable]:
    shown = dict.fromkeys(("columns", "list_display", "fields", "readonly_fields"), columns)
    return type("Table", (ReadOnlyTable,), {"capability": capability, "label": label, **shown, "__module__": __name__})


_TERM = ("starts", "ends", "given_by", "created")

#: A test refuses encrypted columns and hashes here.
TABLES: dict[type[Model], type[ReadOnlyTable]] = {
    Team: _table(Capability.MANAGE_USERS, _("Teams"), "name", "firm", "created"),
    TeamMember: _table(Capability.MANAGE_USERS, _("Members of teams"), "user", "team", "role", *_TERM),
    TeamDebtor: _table(Capability.MANAGE_USERS, _("Clients of teams"), "debtor", "team", "given_by", "created"),
    TagRule: _table(Capability.MANAGE_USERS, _("Tags of teams"), "tag", "team", "given_by", "created"),
    Deputy: _table(Capability.MANAGE_USERS, _("Deputies"), "absent", "substitute", "firm", *_TERM),
    Invitation: _table(
        Capability.MANAGE_USERS,
        _("Invitations"),
        "name",
        "firm",
        "role",
        "debtor",
        "company",
        "team",
        "created",
        "created_by",
        "expires",
        "accepted_at",
        "withdrawn_at",
    ),
    SingleSignOn: _table(
        Capability.MANAGE_SETTINGS, _("Single sign-on"), "firm", "issuer", "client_id", "domains", "created"
    ),
    Environment: _table(
        Capability.MANAGE_CONNECTIONS, _("Environments"), "domain", "firm", "kind", "nightly_hour", "created"
    ),
    Connection: _table(
        Capability.MANAGE_CONNECTIONS,
        _("Connections to Nmbrs"),
        "environment",
        "protocol",
        "host",
        "ceiling",
        "health",
        "health_since",
        "created",
    ),
    OptInChoice: _table(
        Capability.MANAGE_CONNECTIONS, _("Sensitive kinds"), "kind", "environment", "on", "decided_by", "decided_at"
    ),
    SyncPlan: _table(
        Capability.VIEW_SYNC,
        _("Syncs"),
        "trigger",
        "environment",
        "debtor",
        "company",
        "requested_by",
        "created",
        "finished",
    ),
    SyncRun: _table(
        Capability.VIEW_SYNC,
        _("Sync runs"),
        "resource",
        "environment",
        "debtor",
        "company",
        "status",
        "trigger",
        "attempts",
        "calls",
        "read",
        "added",
        "changed",
        "missing",
        "quarantined",
        "error_kind",
        "error_code",
        "created",
        "started",
        "finished",
    ),
    Freshness: _table(
        Capability.VIEW_SYNC,
        _("When each kind was read"),
        "resource",
        "environment",
        "debtor",
        "company",
        "state",
        "last_success",
        "last_attempt",
        "error_kind",
        "error_code",
        "quarantined",
        "held_at",
    ),
    Agreement: _table(
        Capability.MANAGE_SETTINGS,
        _("Agreements"),
        "debtor",
        "role",
        "reference",
        "version",
        "agreed_on",
        "recorded_by",
        "recorded_at",
    ),
    Removal: _table(
        Capability.REMOVE_CLIENT,
        _("Removed clients"),
        "name",
        "number",
        "environment",
        "state",
        "asked_by",
        "asked_at",
        "finished",
        "lifted_at",
    ),
}
