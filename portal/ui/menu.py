"""The left rail's entries. Higher rooms register theirs in AppConfig.ready; nothing is imported upwards."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.roles import Capability
from portal.ui.permissions import capabilities_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class MenuEntry:
    """One entry of the rail.

    `capability` None: everybody who is signed in sees it. `covers`: URL namespaces (or names) whose pages also
    mark this entry as the current one, for instance the debtor page under Clients.
    """

    label: "str | _StrPromise"
    url_name: str
    icon: str
    capability: Capability | None = None
    order: int = 100
    covers: tuple[str, ...] = ()

    def is_current(self, request: HttpRequest) -> bool:
        """Whether the page asked for lies under this entry."""
        match = request.resolver_match
        if match is None:
            return False
        return match.view_name == self.url_name or bool({match.view_name, match.namespace} & set(self.covers))


@dataclass(frozen=True)
class ShownEntry:
    """An entry as a page shows it."""

    label: "str | _StrPromise"
    icon: str
    url: str
    current: bool


_entries: dict[str, MenuEntry] = {}


def register(entry: MenuEntry) -> None:
    """Add `entry` to the rail; the same URL name again replaces it (AppConfig.ready may run twice in tests)."""
    _entries[entry.url_name] = entry


def shown_to(request: HttpRequest) -> list[ShownEntry]:
    """The entries the signed-in person may use, in order. Nobody signed in: none."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return []
    held = capabilities_of(request)
    entries = sorted(_entries.values(), key=lambda entry: (entry.order, entry.url_name))
    return [
        ShownEntry(entry.label, entry.icon, reverse(entry.url_name), entry.is_current(request))
        for entry in entries
        if entry.capability is None or entry.capability in held
    ]
