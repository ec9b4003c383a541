"""Tabler's outline icons, drawn into the page: no icon font and no request per icon."""

import re
from functools import cache
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

FOLDER = Path(__file__).parent
_STROKES = re.compile(r'<path d="([^"]+)" />')


@cache
def strokes(name: str) -> tuple[str, ...]:
    """The drawn lines of an icon. Raises LookupError for a name without a file."""
    path = FOLDER / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        raise LookupError(f"There is no icon {name!r} in {FOLDER.name}; docs/components.md says how to add one.")
    return tuple(_STROKES.findall(path.read_text(encoding="utf-8")))


def draw(name: str, label: str = "") -> SafeString:
    """The icon as inline SVG. Without `label` it is hidden from screen readers: a word stands beside it."""
    if not label:
        return _beside_a_word(name)
    return format_html('<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, _lines(name))


# A page of fifty rows has hundreds of icons of a dozen kinds; how lines are drawn is the style sheet's.
@cache
def _beside_a_word(name: str) -> SafeString:
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', _lines(name))


def _lines(name: str) -> SafeString:
    return format_html_join("", '<path d="{}"></path>', ((line,) for line in strokes(name)))
