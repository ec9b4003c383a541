"""The demo's door: signing in as a persona by one click."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from portal.accounts.people import somebody
from portal.accounts.signin import second_factor
from portal.demo.door import stands_open
from portal.demo.personas import PERSONAS, persona


@login_not_required
@require_POST
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as the persona `key` and go to the first page, in the language of the page one comes from.

    The session counts as one with a second factor. 404 wherever the door does not stand open.
    """
    chosen = persona(key)
    user = somebody(chosen.email) if chosen else None
    if not stands_open(request) or user is None:
        raise Http404
    user.language = get_language() or user.language
    user.save(update_fields=["language"])
    login(request, user)
    second_factor.mark(request, user)
    return redirect(settings.LOGIN_REDIRECT_URL)


def offer(request: HttpRequest) -> dict[str, Any] | None:
    """What the sign-in page shows of the door; None where it does not stand open."""
    return {"personas": PERSONAS} if stands_open(request) else None
