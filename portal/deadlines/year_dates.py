"""The wage-tax returns of a year with their computed dates, and a list of dates that somebody pastes.

Every November the tax office writes to each employer which dates hold in the next year. Reads and writes nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.companies import words
from portal.deadlines.parameters import in_force
from portal.deadlines.rules import return_due
from portal.periods import Bounds, Period, PeriodType, bounds, count
from portal.ui import formats

#: A number of periods that no year has more of, where declarations are concerned.
MOST = 13
#: In this month and after it the dates of the next year are asked for first.
LETTER_COMES = 11
#: So much of a line is repeated where it is not understood.
_REPEATED = 40
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "maa mrt mar", "apr", "mei may", "jun", "jul", "aug", "sep", "okt oct", "nov", "dec"), start=1
    )
    for name in names.split()
}
_DAY = re.compile(
    r"(?<!\d)(?:(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"|(?P<day_nl>\d{1,2})[-/.](?P<month_nl>\d{1,2})[-/.](?P<year_nl>\d{4})"
    r"|(?P<day_in_words>\d{1,2})\s+(?P<word>[a-z]{3,9})\.?\s+(?P<year_in_words>\d{4}))(?!\d)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Declared:
    """One return period of the year, and when its return is due by the rule."""

    length: PeriodType
    period: Period
    days: Bounds
    computed: date

    @property
    def number(self) -> int:
        """Its number in the year."""
        return self.period.number

    def __str__(self) -> str:
        return words.period(self.length, self.period)


@dataclass
class Pasted:
    """What a pasted text says: its days in order, and what of it could not be read."""

    days: list[date] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def of_year(length: PeriodType, year: int) -> list[Declared]:
    """Every return period of the year."""
    found = []
    for number in range(1, count(length, year) + 1):
        period = Period(year, number)
        days = bounds(length, period)
        months = in_force("return.due_months", days.last).value
        found.append(Declared(length, period, days, return_due(length, days.last, months)))
    return found


def years(today: date) -> list[int]:
    """The years whose dates can be entered: last year's last returns are due in this one."""
    return [today.year - 1, today.year, today.year + 1]


def first_year(today: date) -> int:
    """The year that is asked for first."""
    return today.year + (today.month >= LETTER_COMES)


def pasted(text: str, wanted: Sequence[Declared]) -> Pasted:
    """The dates in a text, one for each of the return periods in their order.

    Of a line with several dates the last one counts: the letter names the period before the date. A text of one line
    may hold them all.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    found = Pasted()
    for number, line in lines:
        try:
            days = list(_days(line))
        except ValueError as problem:
            found.problems.append(_("Line %(number)s: %(text)s is no day.") % {"number": number, "text": problem})
            continue
        if not days:
            said = {"number": number, "text": line.strip()[:_REPEATED]}
            found.problems.append(_("Line %(number)s has no date: “%(text)s”.") % said)
        found.days += days if len(lines) == 1 else days[-1:]
    if not found.problems and len(found.days) != len(wanted):
        found.problems.append(_differs(len(found.days), len(wanted)))
    return found


def _differs(given: int, wanted: int) -> str:
    said = ngettext("The list has %(given)s date", "The list has %(given)s dates", given)
    needed = ngettext(
        "%(said)s, and the year has %(wanted)s return period. Paste one for each of them, in their order.",
        "%(said)s, and the year has %(wanted)s return periods. Paste one for each of them, in their order.",
        wanted,
    )
    given_words = said % {"given": formats.number(given)}
    return needed % {"said": given_words, "wanted": formats.number(wanted)}


def _days(line: str) -> Iterator[date]:
    """The dates of a line. Raises ValueError with the text of one that does not exist."""
    for match in _DAY.finditer(line):
        parts = match.groupdict()
        year = parts["year"] or parts["year_nl"] or parts["year_in_words"]
        day = parts["day"] or parts["day_nl"] or parts["day_in_words"]
        word = parts["word"]
        month = _MONTHS.get(word[:3].lower(), 0) if word else int(parts["month"] or parts["month_nl"])
        try:
            yield date(int(year), month, int(day))
        except ValueError:
            raise ValueError(match.group()) from None
