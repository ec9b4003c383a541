"""Revealing one masked value: by POST, with a reason, by somebody who just proved who they are, written down first.

The address names the kind and the row, never the value. The value is in one answer only: no answer after sign-in is
kept by a browser, and nothing of it goes into session, message, log or trail.
"""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from portal.accounts.fresh import FreshSignInMixin
from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once
from portal.mirror.resource import Resource, registry
from portal.ui import formats
from portal.ui.fields import Sight, maskable, sight
from portal.ui.permissions import capabilities_over
from portal.ui.values import Crumb

#: Fixed, because the trail keeps no free text. The codes stand in the trail.
REASONS = (
    ("check_payment", gettext_lazy("To check a payment")),
    ("check_with_person", gettext_lazy("To check the number with the person or the client")),
    ("correct_in_nmbrs", gettext_lazy("To correct it in Nmbrs")),
    ("asked_by_owner", gettext_lazy("The owner of the account asks for it")),
    ("investigation", gettext_lazy("To look into a mistake or fraud")),
)
#: Four by four, as it stands on a bank card.
GROUP = 4


class ReasonForm(forms.Form):
    """Why the whole value is needed."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why do you need the whole number?"),
        choices=(("", gettext_lazy("Choose a reason")), *REASONS),
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class RevealView(FreshSignInMixin, View):
    """GET asks for the reason, POST shows the value once."""

    http_method_names = ["get", "head", "post", "options"]

    @cached_property
    def resource(self) -> Resource:
        """The kind; one without a masked field does not exist here."""
        kind = self.kwargs["kind"]
        if kind not in registry or not any(maskable(kind)):
            raise Http404
        return registry[kind]

    @cached_property
    def field(self) -> str:
        """The masked field."""
        return next(iter(maskable(self.resource.name)))

    @cached_property
    def row(self) -> Model:
        """The record. Outside the scope 404, inside it without the right 403."""
        rows = self.resource.model.objects.visible_to(self.request.user)
        row: Any = get_object_or_404(rows, pk=self.kwargs["pk"])
        owner, _address = _owner(row)
        # Whose it is is not here any more, or is about to be removed.
        if not type(owner).objects.visible_to(self.request.user).filter(pk=owner.pk).exists():
            raise Http404
        if sight(self.resource, self.field, capabilities_over(self.request, row)) is not Sight.FULL:
            raise PermissionDenied
        return row  # type: ignore[no-any-return]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """The question."""
        return self._page(ReasonForm())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """The answer; without a reason the question again. When it cannot be written down, nothing is shown."""
        row, form = self.row, ReasonForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        detail = {"kind": self.resource.name, "field": self.field, "reason": form.cleaned_data["reason"]}
        record_at_once(Kind.REVEALED, row, detail=detail)
        return self._page(None, value=grouped(getattr(row, self.field)))

    def _page(self, form: ReasonForm | None, value: str = "", status: int = 200) -> HttpResponse:
        row = self.row
        owner, address = _owner(row)
        context = {
            "heading": _("Whole account number"),
            "breadcrumb": [Crumb(str(owner), address), Crumb(_("Whole account number"))],
            "owner": owner,
            "back": address,
            "masked": formats.masked_iban(getattr(row, self.field)),
            "form": form,
            "value": value,
        }
        return render(self.request, "ui/reveal.html", context, status=status)


def grouped(number: str) -> str:
    """NL91 ABNA 0417 1643 00."""
    plain = "".join(number.split())
    return " ".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def address_of(row: Any, kind: str) -> str:
    """Where the masked value of this row is revealed; empty when there is none."""
    field = next(iter(maskable(kind)), "")
    return reverse("ui:reveal", args=[kind, row.pk]) if field and getattr(row, field) else ""


def _owner(row: Any) -> tuple[Any, str]:
    """Whose account it is, and the page about them."""
    for level, page in (("employee", "employees:person"), ("company", "companies:company")):
        if getattr(row, f"{level}_id", None) is not None:
            return getattr(row, level), reverse(page, args=[getattr(row, f"{level}_id")])
    return row.debtor, reverse("dashboards:debtor", args=[row.debtor_id])
