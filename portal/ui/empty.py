"""The four reasons why a page has nothing to show. They are never mixed."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.connections.wording import by_side
from portal.ui import formats
from portal.ui.values import Missing

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
#: What Nmbrs refuses, and what is to be done about it.
NOT_GIVEN = _("Nmbrs does not give this")
REFUSED = by_side(_("The API user in Nmbrs may not read this. Ask its owner to allow it in Nmbrs."), ASK)
#: Title and text of a period that Nmbrs is not asked for, of a kind that came in.
NOT_ASKED = (
    _("Not fetched from Nmbrs"),
    by_side(
        _("Nmbrs was not asked for this period, so nothing is known of it. That is not the same as none."),
        _("Nothing is known here of this period. That is not the same as none."),
    ),
)

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


def lacking(reason: Missing | None) -> dict[str, Any]:
    """What a panel shows in place of figures or rows that are not known: `empty`, and words where the usual ones would
    mislead. Nothing where `reason` is None, or says that there are none (UNKNOWN).
    """
    if reason is Missing.NOT_PERMITTED:
        return _worded("not_permitted", NOT_GIVEN, REFUSED)
    return {} if reason in {None, Missing.UNKNOWN} else {"empty": "never_synced"}


def not_asked() -> dict[str, Any]:
    """The same for a period that Nmbrs was not asked for."""
    return _worded("never_synced", *NOT_ASKED)


def not_known_then(since: date | None) -> tuple[str, str]:
    """Title and text of a day on which nothing of a kind was known, of which Nmbrs tells the present alone. `since`:
    when something of it was first seen; None: never.
    """
    if since is None:
        text = gettext("Nmbrs gives only the present state of this. It is not known of this period.")
    else:
        text = gettext("Nmbrs gives only the present state of this. It is known here since %(day)s.")
        text = text % {"day": formats.day(since)}
    return gettext("Not known on this day"), text


def _worded(kind: EmptyKind, title: Any, text: Any) -> dict[str, Any]:
    return {"empty": kind, "empty_title": title, "empty_text": text}
