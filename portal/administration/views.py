"""The audit trail: a page and a file. Nothing here changes anything."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.grants import Grants
from portal.accounts.roles import Capability
from portal.accounts.trail import TrailEntry
from portal.administration import export
from portal.administration.acts import person_of
from portal.administration.filters import TrailFilter
from portal.administration.tables import TrailTable
from portal.audit.about import About
from portal.audit.chain import in_order
from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once
from portal.ui.permissions import capabilities_of
from portal.ui.views import ScopedListView


class TrailView(ScopedListView):
    """Who did and read what, of the firm or of the clients over which the person holds the right."""

    model = TrailEntry
    capability = Capability.VIEW_AUDIT
    table_class = TrailTable
    exportable = False
    filterset_class = TrailFilter
    template_name = "administration/trail.html"
    heading = gettext_lazy("Audit trail")
    subtitle = gettext_lazy("Who did and read what, when and from where. The portal lets nobody change it.")

    def get_table_kwargs(self) -> dict[str, Any]:
        """The reader, and words for a trail without entries."""
        kwargs = {**super().get_table_kwargs(), "user": self.request.user}
        if kwargs["empty_kind"] == "nothing":
            kwargs["empty_title"] = _("No entries yet")
            kwargs["empty_text"] = _("Signing in, reading pages of employees and changing things appear here.")
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The filter as part of the address of the file, and whether the reader reads a whole firm."""
        whole = Grants(person_of(self.request), Capability.VIEW_AUDIT).firms() is not None
        more = {"query": self.request.GET.urlencode(), "reads_access": whole}
        return {**super().get_context_data(**kwargs), **more}


class TrailExportView(ScopedListView):
    """The same entries as a file. That it was made is an entry too, written before the first line leaves."""

    model = TrailEntry
    capability = Capability.VIEW_AUDIT
    filterset_class = TrailFilter
    exportable = False
    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Stream the file."""
        if self.capability not in capabilities_of(request):
            raise PermissionDenied
        entries = self.get_queryset()
        newest = entries.order_by("-number").values_list("number", flat=True).first()
        # What is entered from here on, this export included, is not part of it.
        fixed = entries.filter(number__lte=newest or 0)
        detail = {"filters": self.filterset.used if self.filterset is not None else [], "rows": fixed.count()}
        record_at_once(Kind.EXPORTED, About(object_type="trail"), detail=detail)
        lines = export.rows(in_order(fixed), request.user, get_language() or "nl")
        name = f"{slugify(_('Audit trail'))}-{clock.today().isoformat()}.csv"
        return StreamingHttpResponse(
            lines,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
        )
