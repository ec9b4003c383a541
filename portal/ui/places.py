"""The places of somebody who belongs to a client: on every page when there are several, to go between them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from portal.ui.permissions import of_client


@dataclass(frozen=True)
class Place:
    """An organisation or company of one's own, with the address of its page."""

    name: str
    url: str
    current: bool


Finder = Callable[[HttpRequest], list[Place]]

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Let a higher room, which knows clients and companies, find the places."""
    if finder not in _finders:
        _finders.append(finder)


def mark(request: HttpRequest, debtor: int, company: int | None = None) -> None:
    """Say what this page is about (primary keys); its address does not always tell."""
    request._page_place = (debtor, company)  # type: ignore[attr-defined]


def marked(request: HttpRequest) -> tuple[int | None, int | None]:
    """What this page is about: client and company."""
    found: tuple[int | None, int | None] = getattr(request, "_page_place", (None, None))
    return found


def shown_to(request: HttpRequest) -> list[Place]:
    """The places to choose from; none for people of an office, who have lists, and for who has a single one."""
    if not of_client(request):
        return []
    found = [place for finder in _finders for place in finder(request)]
    return found if len(found) > 1 else []
