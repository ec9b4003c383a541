"""Sensitive acts ask for a fresh sign-in: within five minutes of signing in or of confirming who one is.

    @fresh_sign_in_required
    def view(request): ...

    class View(FreshSignInMixin, FormView): ...

Somebody whose sign-in is older is sent to confirm it and comes back to the page; what was posted is not kept.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., Any])


def require_fresh_sign_in(request: HttpRequest) -> None:
    """Send somebody whose sign-in is older to confirm who they are; for a view of which a part is sensitive."""
    raise_if_reauthentication_required(request, app="allauth.account")


def fresh_sign_in_for_changes(view: View) -> View:
    """The view asks for a fresh sign-in unless it is only read."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            require_fresh_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


def fresh_sign_in_required(view: View) -> View:
    """The view asks for a fresh sign-in, whatever the method."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require_fresh_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


class FreshSignInMixin:
    """`fresh_sign_in_required` for a class-based view; name it before the view's base class."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_fresh_sign_in(request)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer
