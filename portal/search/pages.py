"""Pages of the portal by their name, in the reader's language: the entries of the menu, and pages below them."""

from collections.abc import Iterator, Sequence

from django.http import HttpRequest
from django.urls import reverse

from portal.search.index.folding import errors_in, words
from portal.ui.menu import MenuEntry, shown_to
from portal.ui.permissions import capabilities_of

_below: dict[str, MenuEntry] = {}


def register(*entries: MenuEntry) -> None:
    """Let pages be found that are not in the menu; of an entry only label, address, icon and capability count."""
    _below.update({entry.url_name: entry for entry in entries})


def offered(request: HttpRequest) -> Iterator[tuple[str, str, str]]:
    """Label, address and icon of every page that the reader may open, those of the menu first."""
    for shown in shown_to(request):
        yield str(shown.label), shown.url, shown.icon
    held = capabilities_of(request)
    for entry in _below.values():
        if entry.capability is None or entry.capability in held:
            yield str(entry.label), reverse(entry.url_name), entry.icon


def named(request: HttpRequest, asked: Sequence[str], most: int) -> list[tuple[str, str, str]]:
    """The pages whose name has all these words, or their beginnings; with a typing error after those without."""
    if not asked or not any(len(word) > 1 for word in asked):
        return []
    found: dict[str, tuple[int, tuple[str, str, str]]] = {}
    for page in offered(request):
        errors = errors_in(asked, " ".join(words(page[0])))
        if errors is not None:
            found.setdefault(page[1], (errors, page))
    return [page for _, page in sorted(found.values(), key=lambda pair: pair[0])][:most]
