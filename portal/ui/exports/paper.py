"""A list as a PDF, to print and to keep: the heading of the table on every page, with the number of the page."""

from collections.abc import Callable, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from fpdf.enums import MethodReturnValue

from portal.ui import formats
from portal.ui.exports.sheet import Row, Sheet
from portal.ui.paper import Paper

_SOFT, _INK, _LINE = (90, 96, 108), (24, 28, 36), (208, 212, 220)
#: Points of the table's letters, and millimetres of one line of them.
_SIZE, _HEIGHT = 7, 3.4
_PADDING = 1.2
#: Rows that the widths of the columns are taken from, and characters that a cell may have.
_SAMPLE, _LONGEST = 200, 300
#: Characters below and above which no column goes.
_NARROWEST, _WIDEST = 5, 34
#: Characters up to which a cell is a date, a period or a number, which reads badly on two lines.
_SHORT = 12


def write(sheet: Sheet, file: IO[bytes], tell: Callable[[int], None] | None = None) -> None:
    """Write the file."""
    with _Paper(sheet) as paper:
        paper.fill(tell)
        file.write(bytes(paper.output()))


def shared(whole: float, wished: Sequence[float], least: Sequence[float]) -> list[float]:
    """`whole` divided as `wished`, each part at least `least`; where those do not fit together, as wished alone."""
    if sum(least) > whole:
        return [whole * size / sum(wished) for size in wished]
    widths = [0.0] * len(wished)
    while True:
        # Who would get too little gets the least; the others divide what is left.
        others = [place for place, width in enumerate(widths) if not width]
        left, sizes = whole - sum(widths), sum(wished[place] for place in others)
        short = [place for place in others if left * wished[place] / sizes < least[place]]
        for place in short or others:
            widths[place] = least[place] if short else left * wished[place] / sizes
        if not short:
            return widths


def cut(text: str) -> str:
    """As much of the text of a cell as there is room for, with a mark where something is left out."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


class _Paper(Paper):
    def __init__(self, sheet: Sheet) -> None:
        super().__init__(orientation="landscape", format="A4")
        self._sheet = sheet
        self._widths: list[float] = []
        self._lacks = False
        self.set_lang(formats.language())
        self.set_title(sheet.title)
        self.set_creation_date(sheet.made_at)
        self.set_margins(12, 12)
        self.set_auto_page_break(False)

    def footer(self) -> None:
        """The list, when it was made, and the page."""
        self.set_y(-10)
        self._ink(7, _SOFT)
        said = f"{self._sheet.title} · {formats.moment(self._sheet.made_at)} · {self.page_no()} / {{nb}}"
        self.cell(0, 4, self._clean(said), align="R")

    def fill(self, tell: Callable[[int], None] | None) -> None:
        """All of it."""
        self.add_page()
        self._ink(14, _INK)
        self.cell(0, 8, self._clean(self._sheet.title), new_x="LMARGIN", new_y="NEXT")
        self._ink(8, _SOFT)
        for label, text in self._sheet.stamp:
            self.multi_cell(0, 4, self._clean(f"{label}: {text}"), new_x="LMARGIN", new_y="NEXT", align="L")
        self.ln(3)
        waiting: list[Row] = []
        for row in self._sheet.rows(tell):
            if self._widths:
                self._row(row)
                continue
            waiting.append(row)
            if len(waiting) == _SAMPLE:
                self._begin(waiting)
        if not self._widths:
            self._begin(waiting)
        if (totals := self._sheet.totals) is not None:
            self._row(totals)
        if self._lacks:
            self.ln(3)
            self._ink(7, _SOFT)
            self.cell(0, 4, _("Characters shown as ? cannot be drawn here. The other kinds of file have them."))

    def _begin(self, rows: Sequence[Row]) -> None:
        longest = [len(heading.text) for heading in self._sheet.headings]
        for row in rows:
            longest = [max(size, len(one.text)) for size, one in zip(longest, row, strict=True)]
        wished = [min(_WIDEST, max(_NARROWEST, size)) for size in longest]
        self._ink(_SIZE, _SOFT)
        words = [heading.text.split() for heading in self._sheet.headings]
        short = [[row[place].text for row in rows if len(row[place].text) <= _SHORT] for place in range(len(words))]
        least = [self._widest(one) for one in words]
        whole = [max(pair) for pair in zip(least, map(self._widest, short), strict=True)]
        self._widths = shared(self.epw, wished, whole if sum(whole) <= self.epw else least)
        self._head()
        for row in rows:
            self._row(row)

    def _head(self) -> None:
        self._ink(_SIZE, _SOFT)
        self._line([heading.text for heading in self._sheet.headings])
        self._ink(_SIZE, _INK)

    def _row(self, row: Row) -> None:
        self._line([cut(one.text) for one in row])

    def _line(self, texts: list[str]) -> None:
        """One row of the table, as high as its highest cell; on the next page with the heading if it does not fit."""
        parts = [self._wrapped(text, width) for text, width in zip(texts, self._widths, strict=True)]
        height = _HEIGHT * max(map(len, parts)) + 2 * _PADDING / 2
        if self.get_y() + height > self.h - 14:
            self.add_page()
            if texts != [heading.text for heading in self._sheet.headings]:
                self._head()
        top, left = self.get_y(), self.l_margin
        for lines, width, heading in zip(parts, self._widths, self._sheet.headings, strict=True):
            for number, line in enumerate(lines):
                self.set_xy(left, top + _PADDING / 2 + number * _HEIGHT)
                self.cell(width, _HEIGHT, line, align="R" if heading.is_figure else "L")
            left += width
        self.set_draw_color(*_LINE)
        self.line(self.l_margin, top + height, left, top + height)
        self.set_xy(self.l_margin, top + height)

    def _widest(self, texts: Sequence[str]) -> float:
        """The width of a column in which each of these stays on one line: a hair more than they take."""
        widths = (self.get_string_width(self._clean(text)) for text in texts)
        return max(widths, default=0) + 2 * self.c_margin + 0.1

    def _wrapped(self, text: str, width: float) -> list[str]:
        clean = self._clean(text)
        if not clean or self.get_string_width(clean) <= width - 2 * self.c_margin:
            return [clean]
        lines: Any = self.multi_cell(width, _HEIGHT, clean, dry_run=True, output=MethodReturnValue.LINES, align="L")
        return list(lines) or [clean]

    def _ink(self, size: int, colour: Sequence[int]) -> None:
        self.set_font("Inter", size=size)
        self.set_text_color(*colour)

    def _clean(self, text: str) -> str:
        made = "".join(letter if ord(letter) in self.known or letter == " " else "?" for letter in text)
        self._lacks = self._lacks or made != text
        return made
