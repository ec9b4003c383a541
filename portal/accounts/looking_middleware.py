"""Lends the view of another person to whoever looks as them, and keeps all but reading pages away."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.accounts import looking
from portal.accounts.middleware import OWN_ACCOUNT
from portal.accounts.models import User
from portal.accounts.people import managed_by
from portal.accounts.signin.middleware import send_to

#: The one thing that can be done while looking.
END = "accounts:stop_looking"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class LookAsMiddleware:
    """While somebody looks, `request.user` is the other person, `request.looked_by` who really sits there, and
    `request.look` the borrowed view for the banner.

    Stands behind the check of the real person's session, and before everything that asks who is signed in. A look that
    is over is answered with the way back and never carried on with as oneself: a form made in the other's view would
    be carried out with an administrator's rights.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        looker = request.user
        if not looker.is_authenticated or looking.KEY not in request.session:
            return self.get_response(request)
        look = looking.resumed(request.session, looker)
        if look is None:
            return self._sent_back(request, looker)
        request.user, request.looked_by, request.look = look.other, looker, look  # type: ignore[attr-defined]
        response = self.get_response(request)
        if is_file(response):
            response.close()
            raise PermissionDenied
        return response

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Raises PermissionDenied before a view that changes something, hands out a file or is about the account."""
        match = request.resolver_match
        if not hasattr(request, "look") or match is None or match.view_name == END:
            return
        own_account = match.view_name.startswith(OWN_ACCOUNT)
        if request.method not in SAFE or own_account or getattr(view, "never_while_looking", False):
            raise PermissionDenied

    def _sent_back(self, request: HttpRequest, looker: User) -> HttpResponse:
        person = looking.end(request.session)
        with translation.override(looker.language):
            messages.info(
                request, _("You no longer look as somebody else. What you asked for last was not carried out.")
            )
        known = managed_by(looker).filter(pk=person).exists()
        return send_to(request, reverse("administration:person", args=[person]) if known else "/")


def is_file(response: HttpResponse) -> bool:
    """Whether the answer is anything but a page, a redirect or a refusal."""
    if response.streaming or "attachment" in response.headers.get("Content-Disposition", ""):
        return True
    return response.status_code == 200 and not response.headers.get("Content-Type", "").startswith("text/html")
