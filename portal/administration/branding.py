"""The page on which an administrator sets how the firm looks: its name, its logo and its one colour."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.accounts.branding import change
from portal.accounts.models import Firm
from portal.accounts.roles import Capability
from portal.administration.acts import address, managed_firm, managed_firms, require
from portal.administration.logo import drawn_anew
from portal.ui.colours import OWN, Measure, measures
from portal.ui.formats import number
from portal.ui.values import Crumb

_CONTROL = {"class": "form-control", "autocomplete": "off"}
_COLOUR = re.compile(r"#?([0-9a-f]{6})", re.IGNORECASE)


class BrandingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, logo and colour. Says nothing about rights."""

    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("A PNG or JPEG of at most 1 MB; it is made small. Empty: the logo stays as it is."),
        widget=forms.FileInput(attrs={"class": "form-control", "accept": "image/png,image/jpeg"}),
    )
    without_logo = forms.BooleanField(
        label=gettext_lazy("Take the logo away"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    field_order = ("name", "accent", "logo", "without_logo")

    class Meta:
        model = Firm
        fields = ("name", "accent")
        widgets = {
            "name": forms.TextInput(attrs=_CONTROL),
            "accent": forms.TextInput(attrs={**_CONTROL, "placeholder": OWN}),
        }
        help_texts = {
            "accent": gettext_lazy("As #rrggbb; empty: the portal's own blue. Only a colour that can be read is kept.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.logo_mark:
            del self.fields["without_logo"]
        # What is typed with one sign too few or too many is judged by clean_accent.
        self.fields["accent"] = forms.CharField(
            label=self.fields["accent"].label,
            help_text=self.fields["accent"].help_text,
            required=False,
            max_length=20,
            widget=self.fields["accent"].widget,
        )

    def clean_accent(self) -> str:
        """A colour that can be read wherever pages use it; each place where it cannot is named with its figure."""
        typed: str = self.cleaned_data["accent"].strip()
        if not typed:
            return ""
        found = _COLOUR.fullmatch(typed)
        if found is None:
            raise ValidationError(_("Write the colour as # with six digits or letters a to f, for instance #0b5cad."))
        colour = f"#{found[1].lower()}"
        failing = [one for one in measures(colour) if not one.passes]
        if failing:
            raise ValidationError([told(one) for one in failing])
        return colour

    def clean_logo(self) -> bytes | None:
        """The logo as it will be kept."""
        upload = self.cleaned_data["logo"]
        return drawn_anew(upload) if upload else None


def told(one: Measure) -> str:
    """A contrast that is too low, with its figures."""
    return _("Too faint: %(place)s (%(look)s) has a contrast of %(ratio)s : 1; at least %(least)s : 1 is needed.") % {
        "place": one.place,
        "look": one.look,
        "ratio": number(one.shown, 2),
        "least": number(one.least, 1),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def branding(request: HttpRequest) -> HttpResponse:
    """How the firm looks, with the contrast of its colour everywhere; posted, what is new is kept."""
    require(request, Capability.MANAGE_SETTINGS)
    firm, firms = managed_firm(request), managed_firms(request)
    here = address("branding", firm, firms)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = BrandingForm(*sent, instance=Firm.objects.get(pk=firm.pk))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        changed = change(
            firm,
            name=given["name"],
            accent=given["accent"],
            logo=given["logo"],
            without_logo=bool(given.get("without_logo")),
        )
        done = _("Kept. People of the firm see it from the next page on.") if changed else _("Nothing was changed.")
        messages.success(request, done)
        return redirect(here)
    context = {
        "heading": _("Name, logo and colour"),
        "subtitle": _("How the portal looks to everybody with a place in your firm"),
        "breadcrumb": [Crumb(_("Name, logo and colour"))],
        "form": form,
        "firm": firm,
        "firms": [(one.name, address("branding", one, firms), one == firm) for one in firms] if len(firms) > 1 else [],
        "colour": firm.accent or OWN,
        "measures": measures(firm.accent or OWN),
    }
    return render(request, "administration/branding.html", context, status=422 if form.errors else 200)
