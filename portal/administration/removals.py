"""Removing a client: what would go, the typed confirmation, how far it is, and letting it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.fresh import fresh_sign_in_required
from portal.accounts.rights import Refused
from portal.accounts.roles import Capability
from portal.administration.acts import person_of, posted
from portal.administration.privacy_parts import below_privacy, privacy_sections
from portal.debtors.models import Debtor
from portal.privacy import removal
from portal.privacy.labels import table_of
from portal.privacy.models import UNDER_WAY, Removal, RemovalState
from portal.ui import markup
from portal.ui.permissions import holds_over
from portal.ui.tables import LinkColumn, MomentColumn, Table, TextColumn
from portal.ui.values import Crumb, Level, Status
from portal.ui.views import ScopedDetailView, ScopedListView

STATES = {
    RemovalState.WAITING: Status(Level.SOON, RemovalState.WAITING.label),
    RemovalState.RUNNING: Status(Level.SOON, RemovalState.RUNNING.label),
    RemovalState.DONE: Status(Level.FINE, RemovalState.DONE.label),
    RemovalState.REFUSED: Status(Level.LATE, RemovalState.REFUSED.label),
}


class RemovalTable(Table):
    """One removed client a row."""

    caption = gettext_lazy("Removed clients")
    counted = ngettext_lazy("removal", "removals")

    name = LinkColumn("administration:removal", verbose_name=gettext_lazy("Client"))
    number = TextColumn(verbose_name=gettext_lazy("Number"))
    state = TextColumn(verbose_name=gettext_lazy("State"))
    asked_by = TextColumn(verbose_name=gettext_lazy("Asked by"))
    asked_at = MomentColumn(verbose_name=gettext_lazy("Asked"))
    finished = MomentColumn(verbose_name=gettext_lazy("Ended"))
    lifted_at = MomentColumn(verbose_name=gettext_lazy("Let back"))

    class Meta:
        model = Removal
        fields: tuple[str, ...] = ()
        sequence = ("name", "number", "state", "asked_by", "asked_at", "finished", "lifted_at")

    def render_state(self, record: Removal) -> Any:
        """How far it is."""
        return markup.status(STATES[RemovalState(record.state)])


class RemovalsView(ScopedListView):
    """Every removal of a client."""

    model = Removal
    capability = Capability.REMOVE_CLIENT
    table_class = RemovalTable
    template_name = "administration/agreements.html"
    heading = gettext_lazy("Removed clients")
    subtitle = gettext_lazy("No sync brings them back, until an administrator lets it")

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With who asked."""
        return queryset.select_related("asked_by")

    def get_table_kwargs(self) -> dict[str, Any]:
        """Words for no removal yet."""
        kwargs = super().get_table_kwargs()
        if kwargs["empty_kind"] == "nothing":
            kwargs["empty_title"] = _("No client was removed")
            kwargs["empty_text"] = _("A client is removed from its page under Clients and agreements.")
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The other parts."""
        return {**super().get_context_data(**kwargs), "privacy_sections": privacy_sections(self.request)}


class RemovalView(ScopedDetailView):
    """One removal: how far it is and what went. Printed, it is the statement of deletion."""

    model = Removal
    capability = Capability.REMOVE_CLIENT
    template_name = "administration/removal.html"

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With who asked."""
        return queryset.select_related("asked_by", "lifted_by", "environment__firm")

    def get_breadcrumb(self) -> list[Crumb]:
        """Below the list."""
        return below_privacy(Crumb(_("Removed clients")), Crumb(str(self.object)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What went, by kind."""
        row: Removal = self.object
        return {
            **super().get_context_data(**kwargs),
            "state": STATES[RemovalState(row.state)],
            "under_way": row.state in UNDER_WAY,
            "counts": by_table(row.counts),
            "may_lift": row.state not in UNDER_WAY and row.lifted_at is None,
        }


class ConfirmForm(forms.Form):
    """The name of the client, typed."""

    typed = forms.CharField(
        label=gettext_lazy("Type the name of the client"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        self._name = name
        super().__init__(*args, **kwargs)

    def clean_typed(self) -> str:
        """It must be this client's, letter for letter; blanks around it do not count."""
        typed: str = self.cleaned_data["typed"].strip()
        if typed != self._name.strip():
            raise forms.ValidationError(_("This is not the name of this client. Nothing was removed."))
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def remove_client(request: HttpRequest, pk: int) -> HttpResponse:
    """GET counts what would go and changes nothing; POST with the client's name begins the removal."""
    debtor = get_object_or_404(Debtor.objects.visible_to(request.user).select_related("environment"), pk=pk)
    if not holds_over(request, debtor, Capability.REMOVE_CLIENT):
        raise PermissionDenied
    form = ConfirmForm(posted(request), name=str(debtor))
    if request.method == "POST" and form.is_valid():
        try:
            made = removal.ask(person_of(request), debtor)
        except Refused as refused:
            form.add_error(None, str(refused.text))
        else:
            messages.success(request, _("The removal has begun. Nobody sees the client any more."))
            return redirect("administration:removal", made.pk)
    counts = removal.what_goes(debtor)
    context = {
        "heading": _("Remove this client"),
        "breadcrumb": below_privacy(Crumb(str(debtor)), Crumb(_("Remove this client"))),
        "debtor": debtor,
        "form": form,
        "counts": by_table(counts),
        "total": sum(counts.values()),
    }
    return render(request, "administration/remove_client.html", context, status=422 if form.errors else 200)


@require_POST
@fresh_sign_in_required
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the next sync bring the client back."""
    row = get_object_or_404(Removal.objects.visible_to(request.user, Capability.REMOVE_CLIENT), pk=pk)
    removal.lift(person_of(request), row)
    messages.success(
        request, _("The next sync brings the client back, if Nmbrs still has it. Access has to be given anew.")
    )
    return redirect("administration:removal", pk)


def by_table(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Counts by the name of the table, the largest first."""
    named: dict[str, int] = {}
    for label, number in counts.items():
        name = table_of(label)
        named[name] = named.get(name, 0) + number
    return sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))
