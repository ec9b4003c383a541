"""A firm's one colour: the shades that pages use of it in both looks, and whether each can be read.

Contrast is that of WCAG 2.2 (1.4.3 and 1.4.11): (lighter + 0.05) / (darker + 0.05) of relative luminances. In the light
look the colour is used as it is. Nothing is readable on white and on near-black alike, so the dark look uses lighter
shades of it: one for text, and one for buttons that still carries white text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: What text and what controls need against what is behind them.
TEXT, CONTROL = 4.5, 3.0
#: The dark look's text shade aims higher than it must.
COMFORTABLE = 6.0
WHITE = "#ffffff"
#: The portal's own colour, used where a firm chose none.
OWN = "#0b5cad"
#: What lies behind the colour, as static/portal/portal.css has it: (light, dark) by name.
SURFACES = {
    "paper": ("#ffffff", "#171e29"),
    "ground": ("#f6f7f9", "#10161f"),
    "raised": ("#f2f4f7", "#1f2836"),
    "hover": ("#f3f7fb", "#1c2634"),
}
#: The colours of status words, as static/portal/portal.css has them: (light, dark) by name. They stand on the wash too.
STATUSES = {
    "late": ("#b42318", "#fda29b"),
    "soon": ("#b54708", "#fec84b"),
    "fine": ("#067647", "#6ce9a6"),
    "neutral": ("#475467", "#a6b1c2"),
}
#: Hundredths of the colour that are in its own wash; in the light look fewer where status words need it.
WASH = (9, 10)

LOOKS = (_("light look"), _("dark look"))
PLACES = {
    "paper": _("text on a panel"),
    "ground": _("text on the page"),
    "raised": _("text on a raised part"),
    "hover": _("text on a marked row"),
    "wash": _("text on its own tint"),
}


@dataclass(frozen=True)
class Shades:
    """What pages use of a colour in one look, each as #rrggbb."""

    text: str
    fill: str
    wash: str


@dataclass(frozen=True)
class Measure:
    """One place where a shade is used: its contrast as N of "N : 1", and what it must be at least."""

    place: "_StrPromise"
    look: "_StrPromise"
    front: str
    behind: str
    ratio: float
    least: float

    @property
    def passes(self) -> bool:
        """Whether it can be read."""
        return self.ratio >= self.least

    @property
    def shown(self) -> float:
        """The contrast in hundredths, cut off: 4.498 is not 4.5."""
        return int(self.ratio * 100) / 100


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 for black to 1 for white."""
    parts = [value / 255 for value in _rgb(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How well the one can be read on the other: 1 for the same, 21 for black on white."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, into: str, share: float) -> str:
    """`share` (0 to 1) of `colour` in the rest of `into`."""
    pairs = zip(_rgb(colour), _rgb(into), strict=True)
    return "#" + "".join(f"{round(share * front + (1 - share) * back):02x}" for front, back in pairs)


def light(colour: str) -> Shades:
    """The colour as it is. The wash of a very dark one is paler than of others, so that status words are read on it."""
    washes = (mixed(colour, WHITE, share / 100) for share in range(WASH[0], -1, -1))
    return Shades(colour, colour, next(wash for wash in washes if _faintest(wash, 0)[0] >= TEXT))


def dark(colour: str) -> Shades:
    """Lighter shades of it, as little as is needed."""
    paper, raised = SURFACES["paper"][1], SURFACES["raised"][1]
    text = _lighter(colour, lambda shade: contrast(shade, raised) >= COMFORTABLE)
    fill = _lighter(colour, lambda shade: contrast(shade, paper) >= CONTROL)
    return Shades(text, fill, mixed(text, paper, WASH[1] / 100))


def measures(colour: str) -> list[Measure]:
    """Every place where pages use the colour, with its contrast there."""
    return [one for place, shades in enumerate((light(colour), dark(colour))) for one in _measured(shades, place)]


def stylesheet(colour: str) -> str:
    """The variables of static/portal/portal.css in this colour."""
    one, other = light(colour), dark(colour)
    names = {"accent": "text", "accent-fill": "fill", "accent-wash": "wash"}
    lines = [
        f"  --ui-{name}: light-dark({getattr(one, shade)}, {getattr(other, shade)});" for name, shade in names.items()
    ]
    return "\n".join([':root,\n[data-bs-theme="light"],\n[data-bs-theme="dark"] {', *lines, "}", ""])


def _measured(shades: Shades, look: int) -> Iterator[Measure]:
    behind = {name: pair[look] for name, pair in SURFACES.items()} | {"wash": shades.wash}
    for name, colour in behind.items():
        yield Measure(PLACES[name], LOOKS[look], shades.text, colour, contrast(shades.text, colour), TEXT)
    ratio, faintest = _faintest(shades.wash, look)
    yield Measure(_("a status word on its tint"), LOOKS[look], faintest, shades.wash, ratio, TEXT)
    yield Measure(_("white text on a button"), LOOKS[look], WHITE, shades.fill, contrast(WHITE, shades.fill), TEXT)
    for name in ("paper", "ground"):
        ratio = contrast(shades.fill, behind[name])
        yield Measure(_("a button or bar"), LOOKS[look], shades.fill, behind[name], ratio, CONTROL)


def _faintest(wash: str, look: int) -> tuple[float, str]:
    """The status word that is read worst on it: its contrast and its colour."""
    return min((contrast(pair[look], wash), pair[look]) for pair in STATUSES.values())


def _lighter(colour: str, enough: Callable[[str], bool]) -> str:
    """The first shade on the way to white that is enough."""
    shades = (mixed(WHITE, colour, share / 100) for share in range(101))
    return next((shade for shade in shades if enough(shade)), WHITE)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
