"""Files of separated values that a spreadsheet opens as they are meant: right accents, and no cell that calculates."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

#: What makes a spreadsheet calculate, in its ordinary and its full-width form; also after blanks.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
#: Without this mark a spreadsheet on Windows reads accents wrongly. It is the first thing in the file.
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")


class Figure(str):
    """A number that the portal wrote out itself: it may begin with a minus and still be a number."""

    __slots__ = ()


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Each row as a line of the file."""
    writer = csv.writer(_Echo(), delimiter=";")
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def safe(cell: str) -> str:
    """The cell as text: line breaks become blanks, and what a spreadsheet would calculate gets an apostrophe."""
    if isinstance(cell, Figure) and _NUMBER.fullmatch(cell):
        return cell
    plain = "".join(" " if character in "\r\n\t" else character for character in cell)
    return f"'{plain}" if plain.lstrip().startswith(FORMULA) else plain
