"""The records of processing (GDPR art. 30; privacy.md 8, point 6): for who reads the trail of a whole firm."""

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from portal.accounts.models import Firm
from portal.accounts.roles import Capability
from portal.administration.acts import person_of
from portal.administration.privacy_parts import below_privacy, privacy_sections
from portal.administration.processing_rows import Records, Row
from portal.administration.whole_firms import choices, chosen, whole_firms
from portal.debtors.models import Debtor
from portal.privacy.measures import MEASURES
from portal.privacy.models import SubProcessor
from portal.privacy.recipients import Recipient, recipients_of
from portal.privacy.role_counts import RoleCounts, counted_by_role
from portal.privacy.staying import general_stays
from portal.ui import formats
from portal.ui.exports import asking
from portal.ui.exports.parts import Part
from portal.ui.permissions import capabilities_of
from portal.ui.tables import Table, TextColumn
from portal.ui.values import Crumb
from portal.ui.views import ScopedListView


class ProcessingTable(Table):
    """One activity a row. Rows are `processing_rows.Row`; Excel and CSV also have the fields of each kind."""

    caption = gettext_lazy("Records of processing")
    counted = ngettext_lazy("processing activity", "processing activities")
    choosable = False
    apart = {
        "data": (
            Part(gettext_lazy("Kinds of data"), lambda _table, row: row.data),
            Part(
                gettext_lazy("Fields and term of each kind"),
                lambda _table, row: "; ".join(f"{kind}: {fields} ({term})" for kind, fields, term in row.fields),
            ),
        )
    }

    name = TextColumn(verbose_name=gettext_lazy("Processing activity"))
    people = TextColumn(verbose_name=gettext_lazy("Data subjects"))
    data = TextColumn(verbose_name=gettext_lazy("Kinds of data"))
    special = TextColumn(verbose_name=gettext_lazy("Sensitive data"))
    read = TextColumn(verbose_name=gettext_lazy("Source"))
    purpose = TextColumn(verbose_name=gettext_lazy("Purpose"))
    ground = TextColumn(verbose_name=gettext_lazy("Legal ground"))
    kept = TextColumn(verbose_name=gettext_lazy("Retention term"))
    seen_with = TextColumn(verbose_name=gettext_lazy("Right needed to see it"))
    roles = TextColumn(verbose_name=gettext_lazy("Roles with such a right"))
    receivers = TextColumn(verbose_name=gettext_lazy("Other recipients"))

    class Meta:
        template_name = "administration/processing_items.html"
        orderable = False


class ProcessingView(ScopedListView):
    """Every activity with its purpose, ground, term and recipients; above it what the office adds for one firm.

    Its rows are the portal's own table. `model` says whose clients are counted: those of the chosen firm.
    """

    model = Debtor
    capability = Capability.VIEW_AUDIT
    table_class = ProcessingTable
    template_name = "administration/processing.html"
    heading = gettext_lazy("Records of processing")
    subtitle = gettext_lazy("What is done with personal data, why, on which ground, for how long, and who gets it")
    rows_of_model = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse who reads the trail of single clients only. Somebody without any place finds an empty page."""
        if capabilities_of(request) and self.firm is None:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def firms(self) -> list[Firm]:
        """Those whose whole trail the person reads; for a file those of which they may also take data out."""
        by = person_of(self.request)
        firms = whole_firms(by, Capability.VIEW_AUDIT)
        if asking.for_file(self.request):
            out = whole_firms(by, Capability.EXPORT)
            firms = [firm for firm in firms if firm in out]
        return firms

    @cached_property
    def firm(self) -> Firm | None:
        """The firm of the address, or the first; None for who reads none as a whole."""
        return chosen(self.request, self.firms) if self.firms else None

    @property
    def owner(self) -> Firm | None:
        """Whose records the audit trail says were taken out."""
        return self.firm

    @cached_property
    def records(self) -> Records | None:
        """What the rows are made of."""
        return Records(self.firm, person_of(self.request)) if self.firm else None

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """The clients of the firm, which are counted."""
        return queryset.filter(environment__firm=self.firm)

    def get_table_data(self) -> list[Row]:
        """The activities."""
        return self.records.rows if self.records else []

    def get_table_pagination(self, table: Any) -> dict[str, Any]:
        """All of them on one page."""
        return {"per_page": max(1, len(table.rows)), "silent": True}

    def get_breadcrumb(self) -> list[Crumb]:
        """Below the pages about personal data, for who may open them."""
        here = Crumb(_("Records of processing"))
        return below_privacy(here) if Capability.MANAGE_SETTINGS in capabilities_of(self.request) else [here]

    @cached_property
    def roles(self) -> RoleCounts:
        """The clients by the role of the office."""
        rows: Any = self.object_list
        return counted_by_role(rows)

    @cached_property
    def recipients(self) -> list[Recipient]:
        """Who gets data, as the settings tell."""
        return recipients_of(self.firm, person_of(self.request)) if self.firm else []

    def get_facts(self) -> list[tuple[str, str]]:
        """What the page says beside the rows, for a file."""
        if self.firm is None or self.records is None:
            return []
        records, roles, nobody = self.records, self.roles, _("none recorded yet")
        clients, recipient, listed = _("Clients"), _("Recipient"), _("Sub-processor")
        return [
            (_("Records of"), self.firm.name),
            (_("Contact for privacy"), records.contact or _("not recorded yet")),
            *((f"{clients}, {label}", formats.number(number)) for label, number in roles.lines),
            (_("Clients without a dated agreement"), formats.number(roles.without_agreement)),
            (_("Clients under a legal hold"), formats.number(records.held)),
            *((f"{recipient}, {one.label}", one.standing) for one in self.recipients),
            *([(listed, told(one)) for one in records.sub_processors] or [(_("Sub-processors"), nobody)]),
            *general_stays(),
            (_("Measures"), "; ".join(map(str, MEASURES))),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the office adds, and the other parts."""
        context = super().get_context_data(**kwargs)
        if self.firm is None or self.records is None:
            return context
        manages = Capability.MANAGE_SETTINGS in capabilities_of(self.request)
        return {
            **context,
            "firm": self.firm,
            "firms": choices(self.request, self.firms, self.firm),
            "privacy_sections": privacy_sections(self.request) if manages else [],
            "may_set": self.firm in whole_firms(person_of(self.request), Capability.MANAGE_SETTINGS),
            "contact": self.records.contact,
            "roles": self.roles,
            "held": self.records.held,
            "recipients": self.recipients,
            "sub_processors": [(one, where(one)) for one in self.records.sub_processors],
            "general": list(general_stays()),
            "measures": MEASURES,
            "activities": self.records.rows,
        }


def where(one: SubProcessor) -> str:
    """A sub-processor on one line: name, what for, where, and the day of the agreement if there is one."""
    country = one.country if one.in_eea else _("%(country)s, outside the EEA") % {"country": one.country}
    agreed = [_("agreement of %(day)s") % {"day": formats.day(one.agreed_on)}] if one.agreed_on else []
    return " · ".join([one.name, one.purpose, country, *([one.safeguard] if one.safeguard else []), *agreed])


def told(one: SubProcessor) -> str:
    """The same for a file, which has no mark for an agreement that is missing."""
    return where(one) if one.agreed_on else " · ".join([where(one), _("no agreement recorded yet")])
