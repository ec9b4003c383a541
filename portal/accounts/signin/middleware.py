"""What holds for every request of somebody who signed in: the session still lasts, and a second factor was shown."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portal.accounts.signin import second_factor, sessions
from portal.accounts.unsent import page_behind

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Where the sign-in page finds why the last session ended.
ENDED = "session_ended"


def send_to(request: HttpRequest, address: str, *, status: int = 401) -> HttpResponse:
    """A redirect; for a fragment asked for by htmx an order to load the page, which would else land inside another."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=status, headers={"HX-Redirect": address})
    return redirect(address)


class SessionMiddleware:
    """Ends a session that was idle or lasted too long, or whose person belongs nowhere any more."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            reason = sessions.over(request.session, request.user)
            if reason:
                logout(request)
                request.session[ENDED] = reason
            else:
                sessions.touch(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Nobody passes without a second factor: until then only enrolment, sign-out and open pages can be reached."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if not request.user.is_authenticated or second_factor.shown(request):
            return None
        page = second_factor.way_out(request, view)
        return send_to(request, reverse(page)) if page else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Ask who somebody is when a page needs a fresh sign-in.

        allauth would keep what was posted in the session and repeat it afterwards; a token or password would lie in
        the database until then. Here the person comes back to the page and posts again.
        """
        if not isinstance(exception, ReauthenticationRequired):
            return None
        methods = get_adapter().get_reauthentication_methods(request.user)
        address = methods[0]["url"] if methods else resolve_url(settings.LOGIN_URL)
        if not methods:
            # Single sign-on alone: the provider has to say again who this is.
            sessions.strike_off(request)
            logout(request)
            request.session[ENDED] = "again"
        elif request.method not in ("GET", "HEAD"):
            messages.info(request, _("Confirm who you are first; then do it again. Nothing was changed yet."))
        return send_to(request, f"{address}?{urlencode({REDIRECT_FIELD_NAME: _page(request)})}")


def _page(request: HttpRequest) -> str:
    """The page to come back to: this one, or for a post the page it came from."""
    if request.method in ("GET", "HEAD") and request.headers.get("HX-Request") != "true":
        return request.get_full_path()
    return page_behind(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
