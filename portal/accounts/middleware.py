"""What holds for every request: signed in, in the person's language, and never kept by a cache."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils import translation

from portal.accounts import unsent
from portal.accounts.grants import roles_of
from portal.accounts.roles import READ_ONLY

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Namespaces, and beginnings of names, of the views about one's own account.
OWN_ACCOUNT = ("accounts:", "account_", "mfa_", "usersessions_", "openid_connect_")


class PrivateAnswersMiddleware:
    """Keeps every answer of a view out of caches and out of other sites' pages.

    It does not ask who is signed in, so no view and no kind of sign-in can be forgotten. Static files are
    answered before it and stay cacheable.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every view needs a signed-in, active person unless it is marked with `login_not_required`.

    A fragment asked for by htmx is answered with an order to load the sign-in page: a redirect would end up
    inside the page. Whoever sent a form comes back to the page with the form, and is told that nothing was done.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is None:
            return None
        if request.headers.get("HX-Request") == "true":
            try:
                page = urlsplit(request.headers.get("HX-Current-URL", ""))
            except ValueError:
                page = urlsplit("/")
            shown = urlunsplit(("", "", page.path or "/", page.query, ""))
            refusal = HttpResponse(status=401, headers={"HX-Redirect": self._sign_in(view_func, shown)})
        elif request.method not in unsent.SAFE:
            refusal = redirect(self._sign_in(view_func, unsent.page_to_send_from(request)))
        if request.method not in unsent.SAFE:
            unsent.remember(refusal)
        return refusal

    def _sign_in(self, view: Callable[..., Any], page: str) -> str:
        query = QueryDict(mutable=True)
        query[REDIRECT_FIELD_NAME] = page
        return f"{resolve_url(self.get_login_url(view))}?{query.urlencode(safe='/')}"


class ReadOnlyMiddleware:
    """Refuses whatever changes something to people who only read (READ_ONLY roles): nobody has to remember it per view.

    Their own account stays theirs: signing in and out, password, second factor, sessions and language.
    """

    #: What else is nobody's data: the language, and the demo's door.
    OPEN = ("ui:language", "demo:")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Raises PermissionDenied before the view runs."""
        if request.method in unsent.SAFE or not request.user.is_authenticated:
            return
        match = request.resolver_match
        if match is not None and match.view_name.startswith((*OWN_ACCOUNT, *self.OPEN)):
            return
        roles = roles_of(request.user)
        if roles and roles <= READ_ONLY:
            raise PermissionDenied


class PersonalLanguageMiddleware:
    """Answers somebody who is signed in in the language of their account, whatever the browser asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
