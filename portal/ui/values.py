"""What a figure can be when it is not a number, and what a status looks like.

Kept apart on every page: zero (a number), unknown, not permitted, never fetched, switched off by the office, and not
due, because no period ends in the month.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum, nonmember
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Missing(Enum):
    """Why there is no value. None in a template or table counts as UNKNOWN."""

    UNKNOWN = "unknown"
    NOT_PERMITTED = "not_permitted"
    NEVER_FETCHED = "never_fetched"
    SWITCHED_OFF = "switched_off"
    NO_PERIOD = "no_period"

    # Django's templates would call the class to look for a member.
    do_not_call_in_templates = nonmember(True)

    @property
    def label(self) -> "_StrPromise":
        """The words for it."""
        return MISSING_LABELS[self]


MISSING_LABELS = {
    Missing.UNKNOWN: _("unknown"),
    Missing.NOT_PERMITTED: _("no access"),
    Missing.NEVER_FETCHED: _("not fetched yet"),
    Missing.SWITCHED_OFF: _("switched off"),
    Missing.NO_PERIOD: _("no period ends"),
}


class Level(StrEnum):
    """How much a status asks of the reader. Colour and default icon follow from it; the words are the caller's."""

    LATE = "late"
    SOON = "soon"
    FINE = "fine"
    NEUTRAL = "neutral"


LEVEL_ICONS = {
    Level.LATE: "alert-triangle",
    Level.SOON: "clock-exclamation",
    Level.FINE: "circle-check",
    Level.NEUTRAL: "circle",
}


@dataclass(frozen=True)
class Status:
    """A word with a level; `icon` only where the level's own icon would mislead."""

    level: Level
    label: "str | _StrPromise"
    icon: str = ""

    @property
    def shown_icon(self) -> str:
        """The icon to draw."""
        return self.icon or LEVEL_ICONS[self.level]


@dataclass(frozen=True)
class Crumb:
    """One step of a breadcrumb. The last one, without an address, is the page itself."""

    label: "str | _StrPromise"
    url: str = ""
