"""The four reasons why a page has nothing to show. They are never mixed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

EmptyKind = Literal["never_synced", "nothing", "no_match", "not_permitted"]


@dataclass(frozen=True)
class EmptyState:
    """What is so (title), and what it means or what to do (text)."""

    icon: str
    title: "_StrPromise"
    text: "_StrPromise"


EMPTY_STATES: dict[str, EmptyState] = {
    "never_synced": EmptyState(
        "circle-dashed",
        _("Not fetched from Nmbrs yet"),
        _("Nothing is known here until the first sync has run. That is not the same as zero."),
    ),
    "nothing": EmptyState("inbox", _("Nothing here"), _("Nmbrs was asked and has nothing to show here.")),
    "no_match": EmptyState(
        "search-off", _("Nothing matches this filter"), _("There are rows, but none fits. Clear or widen the filter.")
    ),
    "not_permitted": EmptyState(
        "lock", _("You have no access to this"), _("Ask an administrator of your office if you need it for your work.")
    ),
}
