"""The first step: credentials of Nmbrs, what they open, and keeping them. The token goes in and never comes out.

The one page that waits for Nmbrs. A worker could try in its place only with a token that was stored before anybody
knew that it works, and nobody knows at this step that a worker runs. The page says beforehand how long it may take.
"""

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
from portal.administration.acts import posted
from portal.administration.first_start.reading import probes, shown
from portal.administration.first_start.steps import LISTS, Standing, standing
from portal.connections import first_start
from portal.connections.models import EnvironmentKind
from portal.connections.setup import Credentials, try_credentials, try_kinds
from portal.source import SourceError
from portal.sync.actions import begin
from portal.ui.faults import explain

_CONTROL = {"class": "form-control", "autocomplete": "off"}
_SELECT = {"class": "form-select"}

#: What went wrong when credentials were tried and what to do, per SourceError.kind; others read as they do elsewhere.
WORDS = {
    "credentials": gettext_lazy(
        "Nmbrs does not accept this user, token and domain together. Check all three; the token is under My account › "
        "API in Nmbrs."
    ),
    "disabled": gettext_lazy("Nmbrs has disabled this environment, or its subscription has ended. Ask its owner."),
    "unavailable": gettext_lazy("Nmbrs could not be reached. Check the address, and try again in a few minutes."),
    "host": gettext_lazy("This address sends callers elsewhere, so nothing was sent to it. Choose another address."),
    "not_permitted": gettext_lazy(
        "Nmbrs knows this user, but does not let it use the API. Ask the owner of the user to allow it."
    ),
}


class CredentialsForm(forms.Form):
    """An API user of Nmbrs. The address is one of the allow-list in the settings; the token is never shown again."""

    host = forms.ChoiceField(label=gettext_lazy("Address of Nmbrs"), widget=forms.Select(attrs=_SELECT))
    user = forms.CharField(
        label=gettext_lazy("API user"),
        max_length=254,
        help_text=gettext_lazy("Its e-mail address in Nmbrs. Give it no more rights there than to read."),
        widget=forms.TextInput(attrs=_CONTROL),
    )
    token = forms.CharField(
        label=gettext_lazy("API token"),
        max_length=1000,
        help_text=gettext_lazy("Stored encrypted and never shown again."),
        widget=forms.PasswordInput(attrs={**_CONTROL, "autocomplete": "new-password"}),
    )
    domain = forms.CharField(
        label=gettext_lazy("Domain"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("The first part of the address of your Nmbrs; empty: the one that Nmbrs names."),
        widget=forms.TextInput(attrs=_CONTROL),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of environment"),
        choices=EnvironmentKind.choices,
        initial=EnvironmentKind.ACCOUNTANT.value,
        help_text=gettext_lazy("Accountant: an office with clients. Business: the own companies of an employer."),
        widget=forms.Select(attrs=_SELECT),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hosts: list[str] = settings.NMBRS_HOSTS
        host: Any = self.fields["host"]
        host.choices = [(one, one.partition("://")[2] or one) for one in hosts]
        host.error_messages["invalid_choice"] = _(
            "This address is not one of NMBRS_HOSTS in the settings, so nothing was sent to it."
        )

    def credentials(self) -> Credentials:
        """What was typed."""
        given = self.cleaned_data
        return Credentials(given["host"].rstrip("/"), given["user"], given["token"], given["domain"])

    def explain(self, error: SourceError) -> None:
        """Say what Nmbrs answered, and what is still there."""
        said = str(WORDS.get(error.kind) or explain(error.kind).happened)
        code = _("Nmbrs' code: %(code)s.") % {"code": error.code} if error.code else ""
        kept = _("Nothing was stored. What you typed is still here, except the token: type it again.")
        self.add_error(None, " ".join(filter(None, (said, code, kept))))


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def connection(request: HttpRequest) -> HttpResponse:
    """The form; posted, the credentials are tried. What works is held on to until somebody keeps it."""
    here = standing(request, "connection")
    form = CredentialsForm(posted(request))
    if request.method == "POST" and form.is_valid():
        credentials = form.credentials()
        try:
            tried = try_credentials(credentials, at_a_page=True)
            kinds = try_kinds(credentials, tried, probes(here, tried.domain))
        except SourceError as error:
            form.explain(error)
        else:
            kind = EnvironmentKind(form.cleaned_data["kind"])
            first_start.remember_tried(here.firm, credentials, kind, tried, kinds)
            return redirect(here.address("connection"))
    fresh = first_start.is_fresh(here.start)
    found = dict(here.start.found) if here.start else {}
    tested = {"found": found, "reading": shown(found.get("kinds", {}))}
    sign = first_start.sign_of(here.start) if fresh and here.start else ""
    context = {**here.context(), "form": form, "tried": here.start if fresh else None, "sign": sign, **tested}
    return render(request, "administration/first_start/connection.html", context, status=422 if form.errors else 200)


@require_POST
@fresh_sign_in_required
def keep(request: HttpRequest) -> HttpResponse:
    """Store what was tried, and have the lists of clients and companies read."""
    here = standing(request, "connection")
    try:
        kept = first_start.keep_tried(here.firm, request.POST.get("sign", ""))
    except first_start.Overtaken:
        return _overtaken(request, here)
    if kept is None:
        messages.warning(request, _("What was tried is not kept for longer than half an hour. Try it again."))
        return redirect(here.address("connection"))
    begin(request, kept.environment, LISTS)
    messages.success(
        request, _("Connected to %(domain)s. The token is stored encrypted.") % {"domain": kept.environment.domain}
    )
    here = standing(request)
    return redirect(here.address(here.next.name if here.next else "overview"))


@require_POST
@fresh_sign_in_required
def forget(request: HttpRequest) -> HttpResponse:
    """Try others instead."""
    here = standing(request, "connection")
    try:
        first_start.forget_tried(here.firm, request.POST.get("sign", ""))
    except first_start.Overtaken:
        return _overtaken(request, here)
    return redirect(here.address("connection"))


def _overtaken(request: HttpRequest, here: Standing) -> HttpResponse:
    """Back to the page, which shows the newer try by now."""
    told = _(
        "Other credentials were tried while you had this page open. Nothing is stored yet. What they open stands "
        "below: look at it, then decide."
    )
    messages.warning(request, told)
    return redirect(here.address("connection"))
