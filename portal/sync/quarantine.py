"""The page of records that were left out because they could not be read, and the button that tries again."""

from collections.abc import Container
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from portal.accounts.roles import Capability
from portal.connections.wording import by_reader
from portal.debtors.place import clients_seen
from portal.mirror.models import Freshness, Quarantine, Reason
from portal.sync.actions import begin
from portal.sync.messages import column_label, kind_of, sentence
from portal.sync.targets import Target, capability_for
from portal.sync.whose import whose
from portal.ui import markup
from portal.ui.permissions import holds_over
from portal.ui.tables import MomentColumn, Table, TextColumn
from portal.ui.values import Crumb
from portal.ui.views import ScopedListView


class QuarantineTable(Table):
    """One record a row: whose, which kind, which value could not be read, and since when. Never the value itself."""

    caption = gettext_lazy("Records left out")
    counted = ngettext_lazy("record", "records")

    whose = TextColumn(
        verbose_name=by_reader(gettext_lazy("Client"), gettext_lazy("Organisation")), accessor="pk", orderable=False
    )
    kind = TextColumn(verbose_name=gettext_lazy("Kind of record"), accessor="resource", orderable=False)
    record = TextColumn(verbose_name=gettext_lazy("Number in Nmbrs"), accessor="row_key", orderable=False)
    field = TextColumn(verbose_name=gettext_lazy("What could not be read"), orderable=False)
    first_seen = MomentColumn(verbose_name=gettext_lazy("First seen"))
    last_seen = MomentColumn(verbose_name=gettext_lazy("Last seen"))
    again = TextColumn(verbose_name=gettext_lazy("Try again"), accessor="pk", orderable=False)

    class Meta:
        model = Quarantine
        fields: tuple[str, ...] = ()
        order_by_field = "sort"
        sequence = ("whose", "kind", "record", "field", "first_seen", "last_seen", "again")

    def __init__(self, *args: Any, csrf_token: str, clients: Container[int] | None, **kwargs: Any) -> None:
        self.csrf_token, self.clients = csrf_token, clients
        super().__init__(*args, **kwargs)

    def render_whose(self, record: Quarantine) -> SafeString:
        """The client with a link to its page, and the company."""
        return whose(record, self.clients)

    def render_kind(self, value: str) -> str:
        """The kind of record."""
        return sentence(kind_of(value))

    def render_record(self, record: Quarantine) -> SafeString:
        """The number; of a record without a readable key what tells it from others."""
        if not record.mark or record.reason == Reason.KILLED:
            return markup.words(record.row_key)
        return markup.words(_("the key cannot be read (%(mark)s)") % {"mark": bytes(record.mark).hex()[:8]})

    def render_field(self, record: Quarantine) -> str:
        """The column in the reader's words, or what reading the record did."""
        if record.reason != Reason.UNREADABLE:
            return record.get_reason_display()
        return column_label(record.resource, record.field)

    def render_again(self, record: Quarantine) -> SafeString:
        """A button that reads the kind anew."""
        return format_html(
            '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<button type="submit" class="btn btn-sm">{}</button></form>',
            reverse("sync:again", args=[record.pk]),
            self.csrf_token,
            _("Try again"),
        )


class QuarantineView(ScopedListView):
    """Every record that waits, of the clients of the person."""

    model = Quarantine
    capability = Capability.VIEW_SYNC
    table_class = QuarantineTable
    exportable = False
    heading = gettext_lazy("Records left out")
    subtitle = gettext_lazy("Nmbrs gave values that fit nowhere. The old data of these records stays.")

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With whose they are."""
        return queryset.select_related("environment", "debtor", "company")

    def get_table_kwargs(self) -> dict[str, Any]:
        """The token that the buttons post, and words for the good case."""
        kwargs = {**super().get_table_kwargs(), "csrf_token": get_token(self.request)}
        kwargs["clients"] = clients_seen(self.request)
        if kwargs["empty_kind"] == "nothing":
            kwargs["empty_title"] = str(_("No record is left out"))
            kwargs["empty_text"] = str(_("Everything that Nmbrs gave could be read."))
        return kwargs

    def get_breadcrumb(self) -> list[Crumb]:
        """Below Sync."""
        return [Crumb(str(_("Sync")), reverse("sync:overview")), Crumb(str(self.heading))]


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the kind of this record anew, also when Nmbrs gives the same answer.

    What killed a worker is otherwise left alone until Nmbrs gives it differently.
    """
    rows = Quarantine.objects.visible_to(request.user).filter(pk=pk)
    row = rows.select_related("environment", "debtor", "company").first()
    if row is None:
        raise Http404
    target: Target = row.company or row.debtor or row.environment
    if not holds_over(request, row, capability_for(target)):
        raise PermissionDenied
    if row.reason == Reason.KILLED:
        rows.update(retry=True)
    Freshness.objects.visible_to(request.user, capability_for(target)).filter(
        scope_key=row.scope_key, resource=row.resource
    ).update(digest=b"")
    plan = begin(request, target, row.resource)
    if plan is None:
        messages.error(request, _("There is no connection to Nmbrs yet: an administrator has to make one."))
        return redirect("sync:quarantine")
    return redirect("sync:plan", plan.pk)
