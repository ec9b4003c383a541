"""Figures on top of a page, each with the line of its last points and what must be known about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.ui import formats
from portal.ui.charts import Figure
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Tile:
    """One figure. `resources`: the kinds of record that it is made of; none where its reader may not see it."""

    label: "str | _StrPromise"
    value: int | Decimal | Missing
    note: str
    points: Sequence[Figure] = ()
    unit: str = "number"
    #: Sentences about what the figure lacks.
    cautions: Sequence[str] = ()
    #: The word of the glossary that explains the label.
    term: str = ""
    resources: Sequence[str] = ()

    @property
    def points_label(self) -> str:
        """The line in words, for those who do not see it."""
        return _("%(label)s, %(count)s figures in a row") % {"label": self.label, "count": len(self.points)}


def kinds_of(tiles: Sequence[Tile]) -> tuple[str, ...]:
    """The kinds of record that these figures are made of, each once: what the page's freshness is about, too."""
    return tuple(dict.fromkeys(kind for tile in tiles for kind in tile.resources))


def cautions(tiles: Sequence[Tile]) -> list[tuple[str, str]]:
    """What the figures lack: each sentence once, with the labels of the figures it is about."""
    labels: dict[str, list[str]] = {}
    for tile in tiles:
        for sentence in tile.cautions:
            labels.setdefault(sentence, []).append(str(tile.label))
    return [(", ".join(names), sentence) for sentence, names in labels.items()]


def on(day: date) -> str:
    """The day a figure is of, as the note below it says it."""
    return _("On %(day)s.") % {"day": formats.day(day)}


def left_out_words(count: int) -> str:
    """Whose wage a sum lacks (architecture.md section 4)."""
    text = ngettext(
        "%(count)s person is not in this figure: the salary is net or of an unknown kind.",
        "%(count)s people are not in this figure: their salary is net or of an unknown kind.",
        count,
    )
    return text % {"count": count}


def no_access(label: "str | _StrPromise", term: str = "") -> Tile:
    """The place of a figure that the person may not see."""
    return Tile(label, Missing.NOT_PERMITTED, _("You may not see wages."), term=term)
