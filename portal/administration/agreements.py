"""Clients by what the office is for them under the GDPR, and the agreement behind it (privacy.md 8)."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.accounts.roles import Capability
from portal.administration.acts import person_of, posted
from portal.administration.privacy_parts import below_privacy, privacy_sections
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.debtors.models import Debtor
from portal.privacy.models import Agreement
from portal.ui import markup
from portal.ui.overtaken import OvertakenMixin
from portal.ui.permissions import holds_over
from portal.ui.tables import DayColumn, LinkColumn, Table, TextColumn
from portal.ui.values import Crumb, Level, Status
from portal.ui.views import ScopedListView

#: After so long without an agreement the warning becomes urgent.
PATIENCE = timedelta(days=30)
RECORDED = Status(Level.FINE, gettext_lazy("recorded"))
MISSING = Status(Level.SOON, gettext_lazy("not recorded yet"))
LATE = Status(Level.LATE, gettext_lazy("not recorded, for more than 30 days"))


def standing(debtor: Debtor) -> Status:
    """Whether role and agreement of a client are recorded, and how long they are not."""
    agreement: Agreement | None = getattr(debtor, "agreement", None)
    if agreement is not None and agreement.is_complete:
        return RECORDED
    return LATE if clock.now() - debtor.first_seen > PATIENCE else MISSING


class AgreementTable(Table):
    """One client a row."""

    caption = gettext_lazy("Clients and agreements")
    counted = ngettext_lazy("client", "clients")

    name = LinkColumn("administration:agreement", verbose_name=gettext_lazy("Client"))
    number = TextColumn(verbose_name=gettext_lazy("Number"))
    role = TextColumn(
        verbose_name=gettext_lazy("Role of the office"), accessor="agreement__get_role_display", orderable=False
    )
    reference = TextColumn(verbose_name=gettext_lazy("Agreement"), accessor="agreement__reference", orderable=False)
    agreed_on = DayColumn(verbose_name=gettext_lazy("Agreed on"), accessor="agreement__agreed_on")
    state = TextColumn(verbose_name=gettext_lazy("State"), accessor="pk", orderable=False)

    class Meta:
        model = Debtor
        fields: tuple[str, ...] = ()
        sequence = ("name", "number", "role", "reference", "agreed_on", "state")

    def render_state(self, record: Debtor) -> Any:
        """Recorded, missing, or missing for long."""
        return markup.status(standing(record))


class AgreementsView(ScopedListView):
    """Every client with the office's role and the agreement."""

    model = Debtor
    capability = Capability.MANAGE_SETTINGS
    table_class = AgreementTable
    template_name = "administration/agreements.html"
    heading = gettext_lazy("Personal data")
    subtitle = gettext_lazy("What the office is for each client, how long data is kept, and what was removed")

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With their agreements."""
        return queryset.select_related("agreement")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The other parts."""
        return {**super().get_context_data(**kwargs), "privacy_sections": privacy_sections(self.request)}


class AgreementForm(OvertakenMixin, forms.ModelForm):  # type: ignore[type-arg]
    """The role and the agreement of one client."""

    class Meta:
        model = Agreement
        fields = ("role", "reference", "version", "agreed_on", "contact")
        widgets = {
            "role": forms.Select(attrs={"class": "form-select"}),
            "reference": forms.TextInput(attrs={"class": "form-control"}),
            "version": forms.TextInput(attrs={"class": "form-control"}),
            "agreed_on": forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
            "contact": forms.TextInput(attrs={"class": "form-control"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [(value, label if value else _("Choose")) for value, label in role.choices]


@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """One client: role and agreement; and the way to its removal."""
    debtor = get_object_or_404(
        Debtor.objects.visible_to(request.user).select_related("environment", "agreement"), pk=pk
    )
    if not holds_over(request, debtor, Capability.MANAGE_SETTINGS):
        raise PermissionDenied
    known: Agreement | None = getattr(debtor, "agreement", None)
    form = AgreementForm(posted(request), instance=known or Agreement(debtor=debtor))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            kept: Agreement = form.save(commit=False)
            kept.recorded_by, kept.recorded_at = person_of(request), clock.now()
            kept.save()
            record(Kind.AGREEMENT_CHANGED, debtor, detail={"fields": sorted(form.changed_data)})
        messages.success(request, _("The role and the agreement were recorded."))
        return redirect("administration:agreement", pk)
    context = {
        "heading": str(debtor),
        "breadcrumb": below_privacy(Crumb(str(debtor))),
        "debtor": debtor,
        "form": form,
        "state": standing(debtor),
        "agreement": known,
        "may_remove": holds_over(request, debtor, Capability.REMOVE_CLIENT),
    }
    return render(request, "administration/agreement.html", context, status=422 if form.errors else 200)
