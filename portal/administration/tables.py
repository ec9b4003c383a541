"""The table of the audit trail."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from portal.accounts.trail import TrailEntry
from portal.administration.details import told
from portal.administration.names import Names, actor_label
from portal.audit.kinds import Outcome, words
from portal.ui import markup
from portal.ui.tables import StatusColumn, Table, TextColumn
from portal.ui.values import Level, Status

OUTCOMES = {
    Outcome.DONE.value: Status(Level.NEUTRAL, Outcome.DONE.label, icon="check"),
    Outcome.REFUSED.value: Status(Level.SOON, Outcome.REFUSED.label, icon="ban"),
}
ONE_LINE = {"td": {"class": "text-nowrap"}}
#: Addresses of 39 characters may break anywhere.
BREAKING = {"td": {"class": "text-break"}}


class TrailTable(Table):
    """One entry a row, the last one first. Names come from one query a kind over the rows of the page."""

    caption = gettext_lazy("Audit trail")
    counted = ngettext_lazy("entry", "entries")

    kind = TextColumn(verbose_name=gettext_lazy("What"), orderable=False)
    at = TextColumn(verbose_name=gettext_lazy("Time"), order_by=("number",), attrs=ONE_LINE)
    who = TextColumn(verbose_name=gettext_lazy("Who"), accessor="actor_label", orderable=False)
    client = TextColumn(verbose_name=gettext_lazy("Client"), accessor="number", orderable=False)
    subject = TextColumn(verbose_name=gettext_lazy("About"), accessor="number", orderable=False)
    outcome = StatusColumn(verbose_name=gettext_lazy("Outcome"), statuses=OUTCOMES, orderable=False, attrs=ONE_LINE)
    detail = TextColumn(verbose_name=gettext_lazy("Details"), accessor="number", orderable=False)
    address = TextColumn(verbose_name=gettext_lazy("From address"), orderable=False, attrs=BREAKING)

    class Meta:
        model = TrailEntry
        fields: tuple[str, ...] = ()
        order_by_field = "sort"
        sequence = ("kind", "at", "who", "client", "subject", "outcome", "detail", "address")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def before_render(self, request: HttpRequest) -> None:
        """Look up the names that the rows of this page need."""
        self.names = Names(self.user, [row.record for row in self.paginated_rows])

    def render_kind(self, value: str) -> str:
        """The act in words."""
        return words(value)

    def render_at(self, record: TrailEntry) -> SafeString:
        """The moment, and the number by which `audit_verify` names the entry."""
        number = _("no. %(number)s") % {"number": record.number}
        return format_html('{}<br><span class="ui-soft">{}</span>', markup.moment(record.at), number)

    def render_who(self, record: TrailEntry) -> SafeString:
        """The person with their roles at the time."""
        if record.actor_id is None:
            return markup.words(self.names.actor(record))
        return format_html(
            '{}<br><span class="ui-soft">{}</span>', self.names.actor(record), actor_label(record.actor_label)
        )

    def render_client(self, record: TrailEntry) -> SafeString:
        """The client, with a link where the reader may see it, and the company."""
        name = self.names.debtor(record)
        if not name:
            return markup.missing()
        client = format_html("{}", name)
        if record.debtor_id in self.names.debtors:
            client = format_html('<a href="{}">{}</a>', reverse("dashboards:debtor", args=[record.debtor_id]), name)
        company = self.names.company(record)
        return format_html('{}<br><span class="ui-soft">{}</span>', client, company) if company else client

    def render_subject(self, record: TrailEntry) -> SafeString:
        """The employee, the person, or what else it was about."""
        return markup.words(subject(record, self.names) or None)

    def render_detail(self, record: TrailEntry) -> SafeString:
        """Names of filters and fields, and counts."""
        return markup.words("; ".join(told(record.detail)) or None)


def subject(entry: TrailEntry, names: Names) -> str:
    """What an entry is about below the company, in one line."""
    if entry.employee_id is not None:
        return names.employee(entry)
    if entry.object_type == "user":
        return names.person(entry.object_id)
    if entry.object_type in {"debtor", "company"}:
        return ""
    return " ".join(str(part) for part in (entry.object_type, entry.object_id) if part not in ("", None))
