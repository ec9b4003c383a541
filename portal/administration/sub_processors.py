"""What only the office knows for its records of processing: sub-processors (privacy.md 8, point 5) and contact."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.models import Firm, User
from portal.accounts.roles import Capability
from portal.administration.acts import found, person_of, posted, require
from portal.administration.forms import of_these_times
from portal.administration.privacy_parts import below_privacy, privacy_sections
from portal.administration.whole_firms import choices, chosen, whole_firms
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.privacy.models import PrivacyContact, SubProcessor
from portal.ui.overtaken import OvertakenMixin
from portal.ui.values import Crumb

_CONTROL = {"class": "form-control", "autocomplete": "off"}
SET = Capability.MANAGE_SETTINGS


class SubProcessorForm(OvertakenMixin, forms.ModelForm):  # type: ignore[type-arg]
    """One sub-processor."""

    agreed_on = forms.DateField(
        label=gettext_lazy("Agreement of"),
        required=False,
        validators=[of_these_times],
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
    )

    class Meta:
        model = SubProcessor
        fields = ("name", "purpose", "country", "in_eea", "safeguard", "agreed_on")
        labels = {
            "name": gettext_lazy("Name"),
            "purpose": gettext_lazy("What for"),
            "country": gettext_lazy("Country"),
            "in_eea": gettext_lazy("Within the European Economic Area"),
            "safeguard": gettext_lazy("Why data may go there"),
        }
        widgets = {
            "name": forms.TextInput(attrs=_CONTROL),
            "purpose": forms.TextInput(attrs=_CONTROL),
            "country": forms.TextInput(attrs=_CONTROL),
            "in_eea": forms.CheckboxInput(attrs={"class": "form-check-input"}),
            "safeguard": forms.TextInput(attrs=_CONTROL),
        }
        help_texts = {
            "purpose": gettext_lazy("For instance: hosting of the portal, sending mail, keeping backups."),
            "country": gettext_lazy("Where the data lies."),
            "safeguard": gettext_lazy(
                "Only outside the European Economic Area: for instance a decision of the European Commission about the "
                "country, or its standard clauses."
            ),
        }

    def clean(self) -> dict[str, Any]:
        """Data stays in the European Economic Area unless the office writes down why not (privacy.md 8, point 9)."""
        given = super().clean()
        if not given.get("in_eea") and not given.get("safeguard") and "safeguard" not in self.errors:
            self.add_error(
                "safeguard",
                _("Say why data may go to a country outside the European Economic Area, or tick that it stays within."),
            )
        return given


class ContactForm(OvertakenMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Whom to ask about personal data at the office."""

    class Meta:
        model = PrivacyContact
        fields = ("contact",)
        labels = {"contact": gettext_lazy("Contact for privacy")}
        widgets = {"contact": forms.TextInput(attrs=_CONTROL)}
        help_texts = {
            "contact": gettext_lazy("Name and how to reach them; with a data protection officer, that one too.")
        }


@require_http_methods(["GET", "HEAD", "POST"])
def sub_processors(request: HttpRequest) -> HttpResponse:
    """The list of a firm; posted: one more."""
    firm, firms = _managed(request)
    form = SubProcessorForm(posted(request), instance=SubProcessor(firm=firm))
    if request.method == "POST" and form.is_valid():
        _keep(form)
        messages.success(request, _("The sub-processor is on the list."))
        return redirect(_list_of(firm, firms))
    return _page(request, firm, firms, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def sub_processor(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them; posted: changed."""
    require(request, SET)
    row = _own(request, pk)
    form = SubProcessorForm(posted(request), instance=row)
    back = _list_of(row.firm, whole_firms(person_of(request), SET))
    if request.method == "POST" and form.is_valid():
        _keep(form)
        messages.success(request, _("Kept."))
        return redirect(back)
    context = {
        "heading": _("Change a sub-processor"),
        "breadcrumb": below_privacy(Crumb(_("Sub-processors"), back), Crumb(_("Change"))),
        "form": form,
        "verb": _("Keep this"),
        "back": back,
    }
    return render(request, "administration/form.html", context, status=422 if form.errors else 200)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one off the list. That it was there stays in the audit trail, by its number."""
    require(request, SET)
    row = _own(request, pk)
    with transaction.atomic():
        record(Kind.SETTINGS_CHANGED, row, detail={"what": "sub_processor", "removed": True})
        row.delete()
    messages.success(request, _("The sub-processor is off the list."))
    return redirect(_list_of(row.firm, whole_firms(person_of(request), SET)))


@require_POST
def contact(request: HttpRequest) -> HttpResponse:
    """Whom to ask at the office."""
    firm, firms = _managed(request)
    form = ContactForm(request.POST, instance=contact_of(person_of(request), firm) or PrivacyContact(firm=firm))
    if not form.is_valid():
        return _page(request, firm, firms, contact_form=form)
    with transaction.atomic():
        kept = form.save()
        record(Kind.SETTINGS_CHANGED, kept, detail={"what": "privacy_contact", "fields": sorted(form.changed_data)})
    messages.success(request, _("Kept."))
    return redirect(_list_of(firm, firms))


def listed(by: User, firm: Firm) -> "QuerySet[SubProcessor]":
    """The sub-processors of a firm, for who may change them."""
    return SubProcessor.objects.visible_to(by, SET).filter(firm=firm)


def contact_of(by: User, firm: Firm) -> PrivacyContact | None:
    """The contact of a firm, for who may change it."""
    return PrivacyContact.objects.visible_to(by, SET).filter(firm=firm).first()


def _page(
    request: HttpRequest,
    firm: Firm,
    firms: list[Firm],
    *,
    form: SubProcessorForm | None = None,
    contact_form: ContactForm | None = None,
) -> HttpResponse:
    by = person_of(request)
    form, contact_form = form or SubProcessorForm(), contact_form or ContactForm(instance=contact_of(by, firm))
    context = {
        "heading": _("Sub-processors"),
        "subtitle": _("Who processes personal data for your office through the portal, and whom to ask about it"),
        "breadcrumb": below_privacy(Crumb(_("Sub-processors"))),
        "privacy_sections": privacy_sections(request),
        "firm": firm,
        "firms": choices(request, firms, firm),
        "rows": listed(by, firm),
        "form": form,
        "contact_form": contact_form,
        "here": _list_of(firm, firms),
    }
    status = 422 if form.errors or contact_form.errors else 200
    return render(request, "administration/sub_processors.html", context, status=status)


def _keep(form: SubProcessorForm) -> None:
    with transaction.atomic():
        kept = form.save()
        record(Kind.SETTINGS_CHANGED, kept, detail={"what": "sub_processor", "fields": sorted(form.changed_data)})


def _managed(request: HttpRequest) -> tuple[Firm, list[Firm]]:
    """The firm that the page is about, and those that there are. Raises PermissionDenied and Http404."""
    firms = whole_firms(person_of(request), SET)
    return chosen(request, firms), firms


def _own(request: HttpRequest, pk: int) -> SubProcessor:
    row: SubProcessor = found(SubProcessor.objects.visible_to(person_of(request), SET).select_related("firm"), pk)
    return row


def _list_of(firm: Firm, firms: list[Firm]) -> str:
    page = reverse("administration:sub_processors")
    return f"{page}?firm={firm.pk}" if len(firms) > 1 else page
