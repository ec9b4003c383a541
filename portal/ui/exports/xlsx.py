"""A list as an Excel file: typed cells, the heading frozen, and no cell that calculates or opens an address."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter

from portal.clock import AMSTERDAM
from portal.ui import formats
from portal.ui.exports.cells import Cell
from portal.ui.exports.sheet import Sheet

#: What Excel takes in a cell and in the name of a sheet.
LONGEST_CELL, LONGEST_NAME = 32_767, 31
#: Before this year Excel has no days.
FIRST_YEAR = 1900
_WIDEST, _NARROWEST, _FIGURE = 44, 9, 13
_STAMP_HEIGHT = 12
_DAY = {"nl": "dd-mm-yyyy", "en": "d mmm yyyy"}


def write(sheet: Sheet, file: IO[bytes], folder: str, tell: Callable[[int], None] | None = None) -> None:
    """Write the file. What lies aside meanwhile lies in `folder`, which is the caller's to remove."""
    sheet.take_apart()
    options = {
        "constant_memory": True,
        "tmpdir": folder,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": sheet.title, "author": "", "created": _naive(sheet.made_at)})
    page = _Page(book, sheet)
    try:
        page.fill(tell)
    except BaseException:
        page.let_go()
        raise
    book.close()


class _Page:
    def __init__(self, book: Any, sheet: Sheet) -> None:
        self._book, self._sheet = book, sheet
        self._page = book.add_worksheet(_name(sheet.title))
        self._formats: dict[str, Any] = {}
        self._day = _DAY[formats.language()]
        self._small = book.add_format({"font_size": 8, "font_color": "#5a606c"})
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._head_figure = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "align": "right"}
        )

    def fill(self, tell: Callable[[int], None] | None) -> None:
        page, sheet = self._page, self._sheet
        for column, heading in enumerate(sheet.headings):
            page.set_column(column, column, _width(heading.text, first=column == 0, figure=heading.is_figure))
        for number, (label, text) in enumerate(sheet.stamp):
            page.set_row(number, _STAMP_HEIGHT)
            page.write_string(number, 0, f"{label}: {text}"[:LONGEST_CELL], self._small)
        top = len(sheet.stamp) + 1
        for column, heading in enumerate(sheet.headings):
            page.write_string(top, column, heading.text, self._head_figure if heading.is_figure else self._head)
        number = top
        for number, row in enumerate(sheet.rows(tell), start=top + 1):
            self._row(number, row)
        page.freeze_panes(top + 1, 1)
        page.autofilter(top, 0, max(number, top), len(sheet.headings) - 1)
        if (totals := sheet.totals) is not None:
            self._row(number + 1, totals, bold=True)
        page.repeat_rows(top)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)

    def let_go(self) -> None:
        """Close what XlsxWriter closes only with the whole book."""
        aside = getattr(self._page, "row_data_fh", None)
        if aside is not None:
            aside.close()

    def _row(self, number: int, row: list[Cell], *, bold: bool = False) -> None:
        for column, one in enumerate(row):
            self._cell(number, column, one, bold=bold)

    def _cell(self, row: int, column: int, one: Cell, *, bold: bool) -> None:
        value = one.value
        if one.is_number:
            pattern = "#,##0" + ("." + "0" * one.places if one.places else "")
            self._page.write_number(row, column, value, self._format(pattern, bold=bold))
        elif isinstance(value, datetime) and value.year >= FIRST_YEAR:
            self._page.write_datetime(row, column, _naive(value), self._format(f"{self._day} hh:mm", bold=bold))
        elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= FIRST_YEAR:
            self._page.write_datetime(row, column, value, self._format(self._day, bold=bold))
        elif one.text:
            # Never `write`, which guesses: a text stays a text.
            self._page.write_string(row, column, one.text[:LONGEST_CELL], self._format("@", bold=bold))

    def _format(self, pattern: str, *, bold: bool) -> Any:
        key = f"{pattern}{bold}"
        if key not in self._formats:
            own = {"num_format": pattern, "bold": bold, **({"top": 1} if bold else {})}
            self._formats[key] = self._book.add_format(own)
        return self._formats[key]


def _width(heading: str, *, first: bool, figure: bool) -> int:
    if first:
        return 34
    wished = max(_FIGURE if figure else 16, min(len(heading) + 2, 24))
    return max(_NARROWEST, min(_WIDEST, wished))


def _name(title: str) -> str:
    """What Excel takes as the name of a sheet; it refuses some characters, and an apostrophe at either end."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title)
    return " ".join(plain.split())[:LONGEST_NAME].strip("' ") or "1"


def _naive(value: datetime) -> datetime:
    """Amsterdam time without its zone, which Excel does not know."""
    return value.astimezone(AMSTERDAM).replace(tzinfo=None)
