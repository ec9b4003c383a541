"""What somebody sent after the session had ended: nothing of it is carried out or kept, and they are told.

On the sign-in page, and once more on the first page after it, where the form waits empty. In between only a cookie
knows of it: nobody is signed in, so nothing is written to the database for it.
"""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

COOKIE = "portal-unsent"
#: Seconds within which somebody signs in who wants to go on.
KEPT = 1800
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def page_behind(request: HttpRequest) -> str:
    """The page of this portal from which something was sent, as its browser says; else nothing."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    own = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if own else ""


def page_to_send_from(request: HttpRequest) -> str:
    """Path and query of that page: the address that was posted to often is no page. Unknown: the first page."""
    parts = urlsplit(page_behind(request))
    page = urlunsplit(("", "", parts.path, parts.query, ""))
    # What begins with two slashes would be another host.
    return page if page and url_has_allowed_host_and_scheme(page, None) else resolve_url(settings.LOGIN_REDIRECT_URL)


def remember(answer: HttpResponseBase) -> None:
    """Let the browser know that something was sent and not carried out."""
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(COOKIE, "1", max_age=KEPT, secure=secure, httponly=True, samesite="Lax")


def waits(request: HttpRequest) -> bool:
    """Whether that is still to be told."""
    return request.COOKIES.get(COOKIE) == "1"


class UnsentMiddleware(MiddlewareMixin):
    """Tells somebody who is signed in again what became of what they sent."""

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """On the page that is made now, or where that leads elsewhere on the next one."""
        is_page = request.method == "GET" and request.headers.get("HX-Request") != "true"
        if is_page and waits(request) and request.user.is_authenticated:
            told = _(
                "You had been signed out, so what you sent last was not carried out. Do it again if it is still needed."
            )
            messages.warning(request, told)
            request.unsent_told = True  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Once is enough."""
        if getattr(request, "unsent_told", False):
            response.delete_cookie(COOKIE, samesite="Lax")
        return response
