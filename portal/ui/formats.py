"""Figures and dates as people read them, in the active language.

Dutch: 1.234,56, € −1.234,56, 22-11-2026. English: 1,234.56, −€1,234.56, 22 Nov 2026.
A minus is U+2212, never a hyphen. Times are shown in Amsterdam time, whatever zone they carry.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.lists import format_list
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.clock import AMSTERDAM, now

MINUS = "−"
NO_BREAK = "\N{NO-BREAK SPACE}"

#: Stands for the part of an account number that is not shown.
HIDDEN = "••••"
#: Norway's have 15 characters, no country fewer.
SHORTEST_IBAN = 15

#: Comma and point change places.
_DUTCH = str.maketrans(",.", ".,")

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def language() -> str:
    """`nl` or `en`: the language figures are written in now. Where nothing is translated, texts are English."""
    return "nl" if (translation.get_language() or "").startswith("nl") else "en"


def any_of(words: Sequence[str]) -> str:
    """Words of which one is enough: 4 or WPer."""
    return format_list(list(words), style="or", locale=language())


def number(value: int | float | Decimal, places: int = 0) -> str:
    """`value` rounded half up to `places` decimals, with grouping: 1.234,50."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    # Python's own format: a page has hundreds of figures, and a pattern of Babel's costs ten times as much.
    text = f"{abs(rounded):,f}"
    if language() == "nl":
        text = text.translate(_DUTCH)
    return MINUS + text if rounded < 0 else text


def money(value: int | float | Decimal, places: int = 2) -> str:
    """An amount in euro with its sign: € 1.234,56 in Dutch, €1,234.56 in English."""
    text = number(value, places)
    if language() == "nl":
        return f"€{NO_BREAK}{text}"
    return f"{MINUS}€{text[1:]}" if text.startswith(MINUS) else f"€{text}"


def day(value: date) -> str:
    """A calendar day; of a moment, its day in Amsterdam."""
    if isinstance(value, datetime):
        value = value.astimezone(AMSTERDAM).date()
    return _day(value, language())


@lru_cache(maxsize=4096)
def _day(value: date, written_in: str) -> str:
    """The days of a page are few, and each of them stands on it many times."""
    return format_date(value, "dd-MM-yyyy" if written_in == "nl" else "d MMM yyyy", locale=written_in)


def short_day(value: date) -> str:
    """A day near today, where room is scarce: 31 dec; of another year than this one with its year."""
    if isinstance(value, datetime):
        value = value.astimezone(AMSTERDAM).date()
    if value.year != now().astimezone(AMSTERDAM).year:
        return day(value)
    return format_date(value, "d MMM", locale=language()).replace(".", "").replace(" ", NO_BREAK)


def month(value: date) -> str:
    """Month and year, short enough for the axis of a chart: nov 2026."""
    return format_date(value, "MMM yyyy", locale=language()).replace(".", "")


def full_month(value: date) -> str:
    """Month and year in a sentence: november 2026."""
    return format_date(value, "MMMM yyyy", locale=language())


def clock_time(value: datetime) -> str:
    """Hours and minutes in Amsterdam: 07:12."""
    return value.astimezone(AMSTERDAM).strftime("%H:%M")


def moment(value: datetime) -> str:
    """Day and time: 22-11-2026 07:12."""
    return f"{day(value)} {clock_time(value)}"


def since(value: datetime, at: datetime | None = None) -> str:
    """The age of a moment in its largest unit: 12 min. A moment in the future counts as just now."""
    return duration((at or now()) - value)


def duration(length: timedelta) -> str:
    """A length of time in its largest unit, rounded down."""
    seconds = int(length.total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return _("%(count)s min") % {"count": seconds // MINUTE}
    if seconds < 2 * DAY:
        return ngettext("%(count)s hour", "%(count)s hours", seconds // HOUR) % {"count": seconds // HOUR}
    days = seconds // DAY
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def masked_iban(iban: str) -> str:
    """Country and last four characters: NL •••• 4567. Of what is too short for an IBAN nothing; empty stays empty."""
    if not iban:
        return ""
    if len(iban) < SHORTEST_IBAN:
        return HIDDEN
    country = iban[:2] if iban[:2].isalpha() else ""
    return f"{country} {HIDDEN} {iban[-4:]}".lstrip()
