"""The pages behind the link of an invitation. They are open to anybody who holds a link; looking uses nothing up."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from portal.accounts import invitations
from portal.accounts.models import Invitation, User
from portal.accounts.rights import Refused
from portal.accounts.signin import second_factor
from portal.accounts.signin.kept_in_session import keep, kept

#: Where the session keeps the token, sealed, so that no address but the first holds it: not in a Referer, not in a log.
KEPT = "invitation"


class WelcomeForm(forms.Form):
    """What a new person says of themselves. Address, role and scope are the invitation's and cannot be posted."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=128,
        strip=False,
        help_text=gettext_lazy(
            "At least 12 characters. Any characters will do, also spaces; a sentence is easy to remember."
        ),
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The same password again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Twice the same."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        return cleaned


@require_safe
@login_not_required
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the mail: remembers the token and goes on to a page without it."""
    keep(request.session, KEPT, token)
    return redirect("accounts:invitation")


@method_decorator(login_not_required, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class InvitationView(View):
    """Shows what is offered, and accepts it: as a new person with a password, or as somebody who is signed in."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, or that the link does not work."""
        invitation = self._invitation()
        if invitation is None:
            return self._gone()
        return self._page(invitation, WelcomeForm(initial={"name": invitation.name}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Accept."""
        invitation = self._invitation()
        if invitation is None:
            return self._gone()
        try:
            if invitations.owner_of(invitation) is None:
                return self._as_new(invitation)
            return self._as_owner(invitation)
        except Refused as refused:
            messages.error(request, refused.text)
            return redirect("accounts:invitation")

    def _as_new(self, invitation: Invitation) -> HttpResponse:
        form = WelcomeForm(self.request.POST)
        if self.request.user.is_authenticated:
            return self._page(invitation, form)
        if not form.is_valid():
            return self._page(invitation, form, status=422)
        try:
            user = invitations.accept_as_new(
                self._token(), name=form.cleaned_data["name"], password=form.cleaned_data["password"]
            )
        except ValidationError as error:
            form.add_error("password", error)
            return self._page(invitation, form, status=422)
        del self.request.session[KEPT]
        login(self.request, user)
        return redirect(settings.LOGIN_REDIRECT_URL)

    def _as_owner(self, invitation: Invitation) -> HttpResponse:
        user = self._signed_in()
        if user is None:
            return self._page(invitation, None)
        invitations.accept_as(self._token(), user)
        del self.request.session[KEPT]
        messages.success(self.request, _("You now have access to %(firm)s.") % {"firm": invitation.firm.name})
        return redirect(settings.LOGIN_REDIRECT_URL)

    def _invitation(self) -> Invitation | None:
        return invitations.found(self._token())

    def _token(self) -> str:
        """What the link held; empty for somebody who came without one."""
        return kept(self.request.session, KEPT) or ""

    def _signed_in(self) -> User | None:
        """Who is signed in with both steps."""
        user = self.request.user
        return user if isinstance(user, User) and second_factor.shown(self.request) else None

    def _page(self, invitation: Invitation, form: WelcomeForm | None, status: int = 200) -> HttpResponse:
        owner, user = invitations.owner_of(invitation), self._signed_in()
        stranger = self.request.user.is_authenticated and self.request.user != owner
        context = {
            "invitation": invitation,
            "form": None if owner else form,
            "is_owner": owner is not None and user == owner,
            "stranger": stranger,
            "hours": int(invitations.VALID_FOR.total_seconds() // 3600),
        }
        return render(self.request, "accounts/invitation.html", context, status=status)

    def _gone(self) -> HttpResponse:
        return render(self.request, "accounts/invitation_gone.html", status=410)
