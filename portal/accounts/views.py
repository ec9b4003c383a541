"""Signing in and out."""

from typing import Any

from django.contrib.auth import views as auth_views

from portal.accounts import doors
from portal.accounts.forms import SignInForm


class SignInView(auth_views.LoginView):
    """The one page that everybody can reach."""

    authentication_form = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "doors": doors.open_to(self.request)}


class SignOutView(auth_views.LogoutView):
    """Ends the session; by POST only, so that no link and no picture can do it."""

    http_method_names = ["post", "options"]
