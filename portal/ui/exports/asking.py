"""Asking a list page for its rows in place of its page.

A file is made by the page's own view, with the address that the reader had: the same guards, the same queryset, the
same columns, whether it is made at once or by a worker much later. Nothing of what somebody may see is decided twice.
"""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve

from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.ui.permissions import capabilities_of

#: Longest path and query of a list that is kept.
LONGEST_PATH, LONGEST_QUERY = 300, 4000


class _Notices:
    """What the page would say above itself: a file says it too."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, level: int, message: object, extra_tags: str = "") -> None:
        self.texts.append(str(message))


@dataclass
class Answer:
    """The rows of a list. `notices`: what the page says of its address."""

    view: Any
    notices: list[str] = field(default_factory=list)


def for_file(request: HttpRequest) -> bool:
    """Whether the rows are asked for a file; only `rows_of` does so, no address can."""
    return getattr(request, "_rows_for_file", False) is True


class Refused(Exception):
    """The list is not there for this person, or they may not take data out of it."""


@dataclass(frozen=True)
class Place:
    """A list by its address."""

    path: str
    query: str
    match: ResolverMatch

    @property
    def view_class(self) -> Any:
        """The class of its page; a list that is chosen by its kind has one of many."""
        return _class_of(self.match)


def place_of(address: str) -> Place | None:
    """The list at an address of the portal ("/clients/?q=a"); None where there is none."""
    path, _, query = address.partition("?")
    if len(path) > LONGEST_PATH or len(query) > LONGEST_QUERY or not path.startswith("/") or "\0" in address:
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return Place(path, query, match) if _class_of(match) is not None else None


def _class_of(match: ResolverMatch) -> Any:
    from portal.ui.views import ScopedListView  # which knows this module

    found: Any = getattr(match.func, "view_class", None) or getattr(match.func, "__self__", None)
    return found if isinstance(found, type) and issubclass(found, ScopedListView) else None


def rows_of(place: Place, user: User) -> Answer:
    """Ask the list as this person. Raises Refused when they may not see it, or take nothing out of it, now."""
    notices = _Notices()
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = place.path
    request.META = {"QUERY_STRING": place.query, "SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request.GET = QueryDict(place.query)
    request.user = user
    request.resolver_match = place.match
    request._messages = notices  # type: ignore[attr-defined]
    request._rows_for_file = True  # type: ignore[attr-defined]
    if not user.is_active or not place.view_class.exportable or Capability.EXPORT not in capabilities_of(request):
        raise Refused
    try:
        answer = place.match.func(request, *place.match.args, **place.match.kwargs)
    except (Http404, PermissionDenied):
        raise Refused from None
    # A page that sends people elsewhere gives no rows.
    if not isinstance(answer, RowsResponse):
        raise Refused
    return Answer(answer.view, notices.texts)


class RowsResponse(HttpResponse):
    """What a list's view answers to `rows_of`; it never leaves the portal."""

    def __init__(self, view: Any) -> None:
        super().__init__(status=204)
        self.view = view
