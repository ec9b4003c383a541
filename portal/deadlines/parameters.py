"""The terms that due dates are computed with: dated data, each with where it comes from.

A row holds one value from one day on. Sources L… are those of the rules of payroll (their list of sources): L1 Handboek
Loonheffingen 2026 as a third-party study gives it, L4 a table of due dates of 2014, L5 an adviser's page. A row that is
not `verified` was not read in the text of a public body: a date that follows from it is unsure, and carries the mark
"check" wherever it stands (portal.deadlines.certainty). "own": no law stands behind it.
"""

import zlib
from datetime import date
from typing import NamedTuple


class Parameter(NamedTuple):
    """A value in force from a day on. The end of its name tells the unit: days or months."""

    name: str
    value: int
    valid_from: date
    source: str
    verified: bool = False


#: By name, oldest first. A new row with the same value says that nothing changed.
PARAMETERS = (
    # File and pay within so many months after the return period.
    Parameter("return.due_months", 1, date(2026, 1, 1), "L5; L4; L1 ch. 13 (third party)"),
    # Wages are due at the end of the pay period (BW 7:623); an agreed pay day of a company comes in its place.
    Parameter("payment.due_days", 0, date(2026, 1, 1), "BW 7:623 (third party)"),
    # Funds set their own terms, and this portal does not know them: a place to begin, to be set for each company.
    Parameter("pension.due_days", 14, date(2026, 1, 1), "own"),
)

#: One more whenever rows hold something that they did not hold before, so that all are worked out again.
EDITION = 4
#: Tells dates that were computed with another table.
VERSION = zlib.crc32(repr((EDITION, PARAMETERS)).encode()) & 0x7FFFFFFF


def in_force(name: str, day: date) -> Parameter:
    """The row of `name` in force on `day`. Earlier beginnings were not looked up: the first row holds before it too.

    Raises LookupError for a name without any row.
    """
    rows = [row for row in PARAMETERS if row.name == name]
    if not rows:
        raise LookupError(f"There is no parameter {name!r}.")
    return max((row for row in rows if row.valid_from <= day), key=lambda row: row.valid_from, default=rows[0])
