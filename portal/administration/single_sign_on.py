"""The single sign-on of a firm: which provider, for which addresses. The client secret goes in and never comes out."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.fresh import fresh_sign_in_required
from portal.accounts.models import Firm, SingleSignOn
from portal.accounts.roles import Capability
from portal.accounts.sign_on_setup import domains_in, keep, require_people_there, take_away
from portal.accounts.signin.adapter import at_portal_url
from portal.accounts.single_sign_on import callback_path
from portal.administration.acts import address, below_people, managed_firm, managed_firms, person_of, posted, sections
from portal.ui.values import Crumb

_CONTROL = {"class": "form-control", "autocomplete": "off"}


class SingleSignOnForm(forms.ModelForm):  # type: ignore[type-arg]
    """Provider, client and domains. The secret can be replaced, not read."""

    issuer = forms.URLField(
        label=gettext_lazy("Issuer"), max_length=300, assume_scheme="https", widget=forms.URLInput(attrs=_CONTROL)
    )
    secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={**_CONTROL, "autocomplete": "new-password"}),
    )
    addresses = forms.CharField(
        label=gettext_lazy("E-mail domains"),
        max_length=1000,
        help_text=gettext_lazy("Of the people who sign in this way, with commas between: office.example, office.nl"),
        widget=forms.TextInput(attrs=_CONTROL),
    )

    field_order = ("issuer", "client_id", "secret", "addresses")

    class Meta:
        model = SingleSignOn
        fields = ("issuer", "client_id")
        widgets = {"client_id": forms.TextInput(attrs=_CONTROL)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._before = (self.instance.issuer, self.instance.client_id)
        self.fields["addresses"].initial = ", ".join(self.instance.domains)
        allowed = {"issuers": ", ".join(settings.SIGN_ON_ISSUERS)}
        self.fields["issuer"].help_text = (
            _("It begins with one of these: %(issuers)s") % allowed
            if settings.SIGN_ON_ISSUERS
            else _("This portal allows no issuer yet. Whoever runs it names those that may be used.")
        )
        if self.instance.pk:
            self.fields["secret"].help_text = _("Leave this empty to keep the one that is stored.")

    def clean_issuer(self) -> str:
        """Without a slash at its end, as providers name themselves."""
        issuer: str = self.cleaned_data["issuer"]
        return issuer.rstrip("/")

    def clean_addresses(self) -> list[str]:
        """Domains at which somebody of the firm has an address."""
        domains = domains_in(self.cleaned_data["addresses"])
        require_people_there(self.instance.firm, domains)
        self.instance.domains = domains
        return domains

    def clean(self) -> dict[str, Any]:
        """A secret belongs to one client of one provider: with another one a new secret is needed."""
        given = super().clean() or {}
        secret = (given.get("secret") or "").strip()
        same = self.instance.pk and self._before == (given.get("issuer"), given.get("client_id"))
        if secret:
            self.instance.client_secret = secret
        elif not same:
            self.add_error("secret", _("Fill in the client secret that belongs to this provider and client."))
        return given

    def add_error(self, field: str | None, error: Any) -> None:
        """What the model says of its domains belongs to the field they were typed into."""
        if field is None and hasattr(error, "error_dict") and "domains" in error.error_dict:
            error.error_dict["addresses"] = error.error_dict.pop("domains")
        super().add_error(field, error)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def single_sign_on(request: HttpRequest) -> HttpResponse:
    """What is set up for a firm, and setting it up."""
    firm = managed_firm(request)
    known = _of(request, firm)
    form = SingleSignOnForm(posted(request), instance=known or SingleSignOn(firm=firm))
    if request.method == "POST" and form.is_valid():
        keep(form.instance)
        messages.success(request, _("The single sign-on was stored. Try it in another browser before you tell others."))
        return redirect(address("single_sign_on", firm, managed_firms(request)))
    context = {
        "heading": _("Single sign-on"),
        "subtitle": _("People sign in at the office's own provider; the second step stays here"),
        "breadcrumb": below_people(Crumb(_("Single sign-on"))),
        "sections": sections(request),
        "form": form,
        "firm": firm,
        "known": _of(request, firm),
        "callback": at_portal_url(callback_path(SingleSignOn(firm=firm))),
    }
    return render(request, "administration/single_sign_on.html", context, status=422 if form.errors else 200)


@require_POST
@fresh_sign_in_required
def remove(request: HttpRequest) -> HttpResponse:
    """Passwords only again."""
    firm = managed_firm(request)
    if take_away(firm):
        messages.success(request, _("The single sign-on is gone. People sign in with their password."))
    return redirect(address("single_sign_on", firm, managed_firms(request)))


def _of(request: HttpRequest, firm: Firm) -> SingleSignOn | None:
    rows = SingleSignOn.objects.visible_to(person_of(request), Capability.MANAGE_USERS)
    found: SingleSignOn | None = rows.filter(firm=firm).first()
    return found
