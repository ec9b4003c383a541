"""A list as separated values: the first lines say what it is, and no cell calculates."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import IO

from portal.ui import formats, spreadsheet
from portal.ui.exports.cells import Cell
from portal.ui.exports.sheet import Sheet
from portal.ui.values import Missing


def write(sheet: Sheet, file: IO[bytes], tell: Callable[[int], None] | None = None) -> None:
    """Write the file."""
    sheet.take_apart()
    file.write(spreadsheet.BYTE_ORDER_MARK.encode())
    for line in spreadsheet.lines(_rows(sheet, tell)):
        file.write(line.encode())


def _rows(sheet: Sheet, tell: Callable[[int], None] | None) -> Iterator[list[str]]:
    yield from ([label, text] for label, text in sheet.stamp)
    yield []
    yield [heading.text for heading in sheet.headings]
    for row in sheet.rows(tell):
        yield [_text(one) for one in row]


def _text(one: Cell) -> str:
    """A number without grouping and with the decimal sign of the language, so that it is read as one."""
    value = one.value
    if not one.is_number or isinstance(value, str | Missing | date):
        return one.text
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-one.places), rounding=ROUND_HALF_UP)
    plain = f"{rounded:f}"
    return spreadsheet.Figure(plain.replace(".", ",") if formats.language() == "nl" else plain)
