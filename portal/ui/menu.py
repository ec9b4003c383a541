"""The left rail's entries. Higher rooms register theirs in AppConfig.ready; nothing is imported upwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.roles import Capability
from portal.connections.models import EnvironmentKind
from portal.ui.moment import carried
from portal.ui.permissions import capabilities_of, of_client, tops

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class MenuEntry:
    """One entry of the rail.

    `capability` None: everybody who is signed in sees it. `covers`: URL namespaces (or names) whose pages also
    mark this entry as the current one, for instance the debtor page under Clients. `kind`: only for people whose pages
    begin as those of this kind of environment do. `label_for_clients`: what people of a client read in its place.
    `number_url`: the name of an address that answers with a number to show beside it, asked when the page is there.
    `wanted`: whether it is there at this moment, asked last and of those alone who could open its page.
    """

    label: "str | _StrPromise"
    url_name: str
    icon: str
    capability: Capability | None = None
    order: int = 100
    covers: tuple[str, ...] = ()
    kind: EnvironmentKind | None = None
    label_for_clients: "str | _StrPromise" = ""
    number_url: str = ""
    wanted: Callable[[HttpRequest], bool] | None = None

    def is_current(self, request: HttpRequest) -> bool:
        """Whether the page asked for lies under this entry."""
        match = request.resolver_match
        if match is None:
            return False
        kind = getattr(request, "_page_kind", None)
        if self.kind is not None and kind is not None and kind != self.kind and len(tops(request)) > 1:
            return False
        return match.view_name == self.url_name or bool({match.view_name, match.namespace} & set(self.covers))


@dataclass(frozen=True)
class ShownEntry:
    """An entry as a page shows it."""

    label: "str | _StrPromise"
    icon: str
    url: str
    current: bool
    number_url: str = ""


_entries: dict[str, MenuEntry] = {}


def mark_kind(request: HttpRequest, kind: EnvironmentKind) -> None:
    """Say of which kind the environment is that this page is about; its address does not tell."""
    request._page_kind = kind  # type: ignore[attr-defined]


def register(entry: MenuEntry) -> None:
    """Add `entry` to the rail; the same URL name again replaces it (AppConfig.ready may run twice in tests)."""
    _entries[entry.url_name] = entry


def shown_to(request: HttpRequest) -> list[ShownEntry]:
    """The entries the signed-in person may use, in order. Nobody signed in: none."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return []
    held, kinds, client = capabilities_of(request), tops(request), of_client(request)
    entries = sorted(_entries.values(), key=lambda entry: (entry.order, entry.url_name))
    return [
        ShownEntry(
            (client and entry.label_for_clients) or entry.label,
            entry.icon,
            carried(request, reverse(entry.url_name)),
            entry.is_current(request),
            reverse(entry.number_url) if entry.number_url else "",
        )
        for entry in entries
        if (entry.capability is None or entry.capability in held)
        and (entry.kind is None or entry.kind in kinds)
        and (entry.wanted is None or entry.wanted(request))
    ]
