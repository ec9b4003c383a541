"""Charts and sparklines: what they show, worked out on the server. Drawing is static/portal/charts.js."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from portal.ui import formats
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Figure = int | float | Decimal | None
Kind = Literal["bar", "line"]
Unit = Literal["money", "number"]


@dataclass(frozen=True)
class Series:
    """One row of figures, as many as the chart has labels. None is a gap, never zero. `muted`: grey, behind.

    `lacks`: by place why there is none, where that is known.
    """

    name: "str | _StrPromise"
    values: Sequence[Figure]
    kind: Kind = "bar"
    muted: bool = False
    lacks: Mapping[int, Missing] = field(default_factory=dict)


@dataclass(frozen=True)
class Chart:
    """A chart with the table of its values. `title` says measure and unit; `key` is unique on the page."""

    key: str
    title: "str | _StrPromise"
    labels: "Sequence[str | _StrPromise]"
    series: Sequence[Series]
    unit: Unit = "number"
    places: int = 0
    label_heading: "str | _StrPromise" = ""
    stacked: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.series) <= 4:
            raise ValueError(f"A chart shows one to four series, not {len(self.series)}.")
        if any(len(series.values) != len(self.labels) for series in self.series):
            raise ValueError("Every series of a chart has one value (or None) per label.")

    @property
    def data(self) -> dict[str, Any]:
        """What the script draws; passed through json_script."""
        return {
            "labels": [str(label) for label in self.labels],
            "unit": self.unit,
            "places": self.places,
            "stacked": self.stacked,
            "series": [
                {
                    "name": str(series.name),
                    "kind": series.kind,
                    "muted": series.muted,
                    "values": [None if value is None else float(value) for value in series.values],
                    "texts": [None if value is None else self.text(value) for value in series.values],
                }
                for series in self.series
            ],
        }

    @property
    def rows(self) -> list[tuple[str, list[str | Missing | None]]]:
        """The table behind the chart: label and one text per series, or why there is no value; None: not known."""
        return [
            (str(label), [self._told(series, place) for series in self.series])
            for place, label in enumerate(self.labels)
        ]

    def _told(self, series: Series, place: int) -> str | Missing | None:
        value = series.values[place]
        return series.lacks.get(place) if value is None else self.text(value)

    @property
    def empty(self) -> bool:
        """Whether there is no value at all."""
        return all(value is None for series in self.series for value in series.values)

    def text(self, value: int | float | Decimal) -> str:
        """A value as people read it."""
        return formats.money(value, self.places) if self.unit == "money" else formats.number(value, self.places)


@dataclass(frozen=True)
class Sparkline:
    """The geometry of a small line: one `points` text per unbroken stretch and the place of the last value."""

    width: int
    height: int
    lines: tuple[str, ...]
    dots: tuple[tuple[str, str], ...]
    last: tuple[str, str]


def sparkline(values: Sequence[Figure], width: int = 112, height: int = 28) -> Sparkline | None:
    """The line through `values`; a None breaks it. Without any value: None."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    margin = 3.0
    step = (width - 2 * margin) / max(len(values) - 1, 1)

    def place(position: int, value: float) -> tuple[str, str]:
        share = (value - low) / (high - low) if high > low else 0.5
        return f"{margin + position * step:.1f}", f"{height - margin - share * (height - 2 * margin):.1f}"

    stretches: list[list[tuple[str, str]]] = [[]]
    for position, value in enumerate(values):
        if value is None:
            stretches.append([])
        else:
            stretches[-1].append(place(position, float(value)))
    filled = [stretch for stretch in stretches if stretch]
    return Sparkline(
        width=width,
        height=height,
        lines=tuple(" ".join(f"{x},{y}" for x, y in stretch) for stretch in filled if len(stretch) > 1),
        dots=tuple(stretch[0] for stretch in filled if len(stretch) == 1),
        last=filled[-1][-1],
    )
