"""Panels: the boxes of a composed page. A room registers panels for a page; the page shows what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.http import HttpRequest

from portal.accounts.roles import Capability
from portal.mirror.resource import registry
from portal.ui.permissions import holds_over, of_office

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Panel:
    """One box.

    `context` gets the request and the page's row and returns what `template` needs. It is not called for somebody
    without `capability` over the row: they see that they have no access. `resources` are the kinds of record whose
    age decides how fresh the panel is, or what tells them once every room has declared its own. `internal`: how the
    office works inside; who does not work at the office of the row does not see that it is there. `by_kind`: each of
    its kinds is shown to those alone who may see that kind. `term`: the word of the glossary that explains the title.
    """

    name: str
    title: "str | _StrPromise"
    template: str
    capability: Capability
    context: Callable[[HttpRequest, Any], dict[str, Any]]
    resources: tuple[str, ...] | Callable[[], tuple[str, ...]] = ()
    order: int = 100
    wide: bool = False
    internal: bool = False
    by_kind: bool = False
    term: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """The kinds of record that it shows something of."""
        return self.resources() if callable(self.resources) else self.resources


@dataclass(frozen=True)
class ShownPanel:
    """A panel on one page for one person. Without permission its context is empty."""

    panel: Panel
    permitted: bool
    context: dict[str, Any]


_pages: dict[str, dict[str, Panel]] = {}


def register(page: str, panel: Panel) -> None:
    """Add `panel` to `page` ("debtor", "company", …); the same name again replaces it."""
    _pages.setdefault(page, {})[panel.name] = panel


def pages() -> list[str]:
    """The pages that have panels."""
    return list(_pages)


def panels_of(page: str) -> list[Panel]:
    """The panels of a page in order."""
    return sorted(_pages.get(page, {}).values(), key=lambda panel: (panel.order, panel.name))


def shown_on(request: HttpRequest, row: Model, panels: Iterable[Panel]) -> list[ShownPanel]:
    """The panels with their contexts, for the person and the row of this page."""
    shown = []
    for panel in panels:
        if panel.internal and not of_office(request, row):
            continue
        permitted = holds_over(request, row, panel.capability)
        shown.append(ShownPanel(panel, permitted, panel.context(request, row) if permitted else {}))
    return shown


def kinds_seen(request: HttpRequest, row: Model, panels: Iterable[Panel]) -> tuple[str, ...]:
    """The kinds of record of which this person sees something in the panels on the page of `row`, each once."""
    shown = (panel for panel in panels if not panel.internal or of_office(request, row))
    seen = (panel for panel in shown if holds_over(request, row, panel.capability))
    return tuple(
        dict.fromkeys(
            kind
            for panel in seen
            for kind in panel.needs
            if not panel.by_kind or holds_over(request, row, registry[kind].capability)
        )
    )
