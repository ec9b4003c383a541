"""The four reasons why a page has nothing to show. They are never mixed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from portal.connections.wording import by_side

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

EmptyKind = Literal["never_synced", "nothing", "no_match", "not_permitted"]


@dataclass(frozen=True)
class EmptyState:
    """What is so (title), and what it means or what to do (text)."""

    icon: str
    title: "_StrPromise"
    text: "_StrPromise"


#: Whom people of a client turn to.
ASK = _("Ask your accountant about it.")
#: What is to be done about what Nmbrs refuses.
REFUSED = by_side(_("The API user in Nmbrs may not read this. Ask its owner to allow it in Nmbrs."), ASK)

EMPTY_STATES: dict[str, EmptyState] = {
    "never_synced": EmptyState(
        "circle-dashed",
        _("Not fetched from Nmbrs yet"),
        by_side(
            _("Nothing is known here until the first sync has run. That is not the same as zero."),
            _("Nothing of this is known here yet. That is not the same as zero."),
        ),
    ),
    "nothing": EmptyState("inbox", _("Nothing here"), _("Nmbrs was asked and has nothing to show here.")),
    "no_match": EmptyState(
        "search-off", _("Nothing matches this filter"), _("There are rows, but none fits. Clear or widen the filter.")
    ),
    "not_permitted": EmptyState(
        "lock",
        _("You have no access to this"),
        by_side(_("Ask an administrator of your office if you need it for your work."), ASK),
    ),
}
