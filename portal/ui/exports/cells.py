"""What a cell of a table shows, as a value: a number, a day, a text, or why there is none."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from django.utils.safestring import SafeString

from portal.ui import formats
from portal.ui.markup import Shown
from portal.ui.values import Missing

Value = str | int | float | Decimal | date | datetime | Missing

#: Elements that a reader does not read, or works with.
_SILENT = frozenset({"svg", "form", "button", "select", "textarea", "script", "style", "template"})
_EMPTY = frozenset({"input", "br", "img", "hr", "wbr"})
#: Elements that stand on a line of their own.
_BLOCKS = frozenset({"div", "p", "li", "ul", "dl", "dt", "dd", "table", "tr"})
#: Class of what stands below the value of a cell.
_BELOW = "ui-below"
_SEPARATOR = " · "


@dataclass(frozen=True)
class Cell:
    """A value, the decimals of a number, and what must be known beside it."""

    value: Value
    places: int = 0
    note: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is a figure."""
        return isinstance(self.value, int | float | Decimal) and not isinstance(self.value, bool)

    @property
    def text(self) -> str:
        """As people read it, in the active language."""
        if isinstance(self.value, Missing):
            return str(self.value.label)
        if isinstance(self.value, datetime):
            return formats.moment(self.value)
        if isinstance(self.value, date):
            return formats.day(self.value)
        if isinstance(self.value, int | float | Decimal):
            return formats.number(self.value, self.places)
        return self.value


def cell(drawn: Any) -> Cell:
    """The cell that a column drew. Unknown, not permitted, never fetched and zero stay four different things."""
    if isinstance(drawn, Shown):
        return Cell(drawn.value, drawn.places, drawn.note)
    if isinstance(drawn, SafeString):
        return Cell(text_of(drawn))
    return Cell(Missing.UNKNOWN) if drawn is None else Cell(_tidy(str(drawn)))


def text_of(markup: str) -> str:
    """The words of a piece of markup on one line, without what only the eye or the mouse uses."""
    if "<" not in markup and "&" not in markup:
        return _tidy(markup)
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.text


def _tidy(text: str) -> str:
    return " ".join(text.split())


class _Reader(HTMLParser):
    """Collects text; of a time that shows its age, the moment itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[list[str]] = [[]]
        #: Elements that are open, with whether their text counts and whether they began a line.
        self._open: list[tuple[str, bool, bool]] = []

    @property
    def text(self) -> str:
        lines = (_tidy("".join(line)) for line in self._lines)
        return _SEPARATOR.join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _EMPTY:
            if tag == "br":
                self._lines.append([])
            return
        own = dict(attrs)
        heard = self._heard and tag not in _SILENT and own.get("aria-hidden") != "true"
        line = tag in _BLOCKS or _BELOW in (own.get("class") or "").split()
        if heard and line:
            self._lines.append([])
        if heard and tag == "time" and own.get("title"):
            self._lines[-1].append(own["title"] or "")
            heard = False
        self._open.append((tag, heard, line))

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY or all(name != tag for name, _heard, _line in self._open):
            return
        while self._open:
            name, heard, line = self._open.pop()
            if heard and line:
                self._lines.append([])
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._heard:
            self._lines[-1].append(data)

    @property
    def _heard(self) -> bool:
        return not self._open or self._open[-1][1]
