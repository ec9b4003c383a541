"""How long the data of one client is kept: its own terms within their bounds, and a legal hold."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.accounts.fresh import fresh_sign_in_for_changes, fresh_sign_in_required
from portal.accounts.rights import Refused
from portal.accounts.roles import Capability
from portal.administration.acts import person_of, posted
from portal.administration.forms import UntilField
from portal.administration.privacy_parts import below_privacy
from portal.debtors.models import Debtor
from portal.privacy import keeping
from portal.privacy.models import LegalHold, RetentionTerm
from portal.privacy.terms import Bounds, Category
from portal.ui.overtaken import OvertakenMixin
from portal.ui.permissions import holds_over
from portal.ui.values import Crumb

_CONTROL = {"class": "form-control"}
#: So many holds of before are listed.
EARLIER = 20


def in_words(bounds: Bounds, number: int) -> str:
    """A number of months or years."""
    if bounds.unit == "years":
        return ngettext("%(number)d year", "%(number)d years", number) % {"number": number}
    return ngettext("%(number)d month", "%(number)d months", number) % {"number": number}


def labelled(category: Category) -> str:
    """A category and what its number counts."""
    words = {"category": capfirst(str(category.label))}
    unit = category.bounds.unit if category.bounds else "months"
    return (_("%(category)s, in years") if unit == "years" else _("%(category)s, in months")) % words


class TermsForm(OvertakenMixin, forms.Form):
    """A number for each category that may have one; empty is the usual term."""

    def __init__(self, *args: Any, debtor: Debtor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {term.category: term for term in debtor.retention_terms.all()}
        for category in keeping.ADJUSTABLE:
            bounds = category.bounds
            assert bounds is not None  # noqa: S101 - that makes it adjustable
            self.fields[category.name] = forms.IntegerField(
                label=labelled(category),
                required=False,
                min_value=bounds.shortest,
                max_value=bounds.longest,
                initial=known[category.name].number if category.name in known else None,
                help_text=_("Usually %(term)s. Here from %(shortest)s to %(longest)s.")
                % {
                    "term": category.term,
                    "shortest": in_words(bounds, bounds.shortest),
                    "longest": in_words(bounds, bounds.longest),
                },
                widget=forms.NumberInput(attrs=_CONTROL),
            )
        self.fields["reason"] = forms.CharField(
            label=_("Reason"),
            required=False,
            max_length=255,
            initial=next((term.reason for term in known.values() if term.reason), ""),
            help_text=_("Needed where a term is longer than usual. No names of employees."),
            widget=forms.TextInput(attrs=_CONTROL),
        )

    def clean(self) -> dict[str, Any]:
        """A longer term says why."""
        given = super().clean() or {}
        longer = [
            category
            for category in keeping.ADJUSTABLE
            if category.bounds and (given.get(category.name) or 0) > category.bounds.usual
        ]
        if longer and not (given.get("reason") or "").strip():
            self.add_error("reason", _("A term that is longer than usual needs a reason."))
        return given

    def numbers(self) -> dict[str, int | None]:
        """The terms by category; None for the usual one."""
        return {category.name: self.cleaned_data[category.name] for category in keeping.ADJUSTABLE}


class HoldForm(forms.Form):
    """Why, and until when."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=255,
        help_text=gettext_lazy("A dispute, an investigation. No names of employees."),
        widget=forms.TextInput(attrs=_CONTROL),
    )
    until = UntilField(required=True)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_for_changes
def client_terms(request: HttpRequest, pk: int) -> HttpResponse:
    """The terms of one client, and its hold."""
    debtor = _debtor(request, pk)
    form = TermsForm(posted(request), debtor=debtor)
    if request.method == "POST" and form.is_valid():
        changed = keeping.set_terms(person_of(request), debtor, form.numbers(), form.cleaned_data["reason"])
        messages.success(request, _("The terms were kept.") if changed else _("Nothing was changed."))
        return redirect("administration:client_terms", pk)
    return _page(request, debtor, form, HoldForm())


@require_POST
@fresh_sign_in_required
def place_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep everything of the client until a day."""
    debtor = _debtor(request, pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _page(request, debtor, TermsForm(debtor=debtor), form)
    until: date = form.cleaned_data["until"]
    try:
        keeping.place_hold(person_of(request), debtor, form.cleaned_data["reason"], until)
    except Refused as refused:
        form.add_error(None, str(refused.text))
        return _page(request, debtor, TermsForm(debtor=debtor), form)
    messages.success(request, _("Nothing of this client is removed until the hold ends."))
    return redirect("administration:client_terms", pk)


@require_POST
@fresh_sign_in_required
def lift_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """The terms hold again."""
    if keeping.lift_hold(person_of(request), _debtor(request, pk)):
        messages.success(request, _("The hold was lifted. What is older than its term goes tonight."))
    return redirect("administration:client_terms", pk)


def _debtor(request: HttpRequest, pk: int) -> Debtor:
    debtor = get_object_or_404(Debtor.objects.visible_to(request.user).select_related("environment"), pk=pk)
    if not holds_over(request, debtor, Capability.MANAGE_SETTINGS):
        raise PermissionDenied
    return debtor


def _page(request: HttpRequest, debtor: Debtor, form: TermsForm, hold_form: HoldForm) -> HttpResponse:
    holds = LegalHold.objects.visible_to(request.user, Capability.MANAGE_SETTINGS).filter(debtor=debtor)
    terms = RetentionTerm.objects.visible_to(request.user, Capability.MANAGE_SETTINGS).filter(debtor=debtor)
    hold = keeping.hold_on(debtor.pk, clock.today())
    context = {
        "heading": _("How long data of this client is kept"),
        "breadcrumb": below_privacy(
            Crumb(str(debtor), reverse("administration:agreement", args=[debtor.pk])), Crumb(_("Terms and hold"))
        ),
        "debtor": debtor,
        "form": form,
        "hold_form": hold_form,
        "hold": hold,
        "earlier": (holds.exclude(pk=hold.pk) if hold else holds).select_related("placed_by", "lifted_by")[:EARLIER],
        "last": terms.select_related("decided_by").order_by("-decided_at").first(),
    }
    wrong = bool(form.errors or hold_form.errors)
    return render(request, "administration/client_terms.html", context, status=422 if wrong else 200)
