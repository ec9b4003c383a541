"""What the address of a page asks for: a day, a month or a period of a company.

Anything that makes no sense gives the default and a message that says so; never an error page. What makes sense is also
where the page stands, so that its links go along (portal.ui.moment).
"""

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal import clock
from portal.periods import Period, PeriodType, bounds, containing
from portal.ui import formats, moment, pieces
from portal.ui.moment import Asks

#: Days before or after these are typing errors, and calendar arithmetic stays far from its ends.
FIRST_YEAR, LAST_YEAR = 1900, 2199

T = TypeVar("T")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PERIOD = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)


def day(request: HttpRequest, name: str = "on") -> date:
    """The day in `?on=2026-11-22`; today when none is asked for."""

    def read(asked: str) -> date:
        today = clock.today()
        wanted = _read_day(asked) if asked else today
        if wanted is None:
            text = _("“%(asked)s” is not a day. This page shows today, %(day)s.")
            messages.warning(request, text % {"asked": _short(asked), "day": formats.day(today)})
        if wanted is not None and name == Asks.DAY:
            moment.stand(request, moment.of_day(wanted))
        return wanted or today

    return _once(request, name, read)


def month(request: HttpRequest, name: str = "month") -> Period:
    """The calendar month in `?month=2026-11`; the current one when none is asked for."""

    def read(asked: str) -> Period:
        current = containing(PeriodType.MONTH, clock.today())
        wanted = _read_period(asked, PeriodType.MONTH) if asked else current
        if wanted is None:
            text = _("“%(asked)s” is not a month. This page shows %(month)s.")
            shown = formats.full_month(bounds(PeriodType.MONTH, current).first)
            messages.warning(request, text % {"asked": _short(asked), "month": shown})
        if wanted is not None and name == Asks.MONTH:
            moment.stand(request, moment.of_month(wanted))
        return wanted or current

    return _once(request, name, read)


def period(request: HttpRequest, kind: PeriodType, current: Period, name: str = "period") -> Period:
    """The period in `?period=2026-11` of a company whose periods are of `kind`; its current one when none is asked."""

    def read(asked: str) -> Period:
        wanted = _read_period(asked, kind) if asked else current
        if wanted is None:
            text = _("“%(asked)s” is not a period of this company. This page shows its current period, %(period)s.")
            messages.warning(request, text % {"asked": _short(asked), "period": f"{current.year}-{current.number}"})
        if asked and wanted is not None and name == Asks.PERIOD:
            # Without it in the address the page is about what the company works on now, whatever today is.
            moment.stand(request, moment.of_period(kind, wanted, current))
        return wanted or current

    return _once(request, name, read)


def address(request: HttpRequest, **changed: str) -> str:
    """This page's address with other parameters; the rest of the filter stays, numbers of pages and pieces go."""
    query = request.GET.copy()
    for number in ("page", *pieces.NAMES):
        query.pop(number, None)
    for name, value in changed.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"


def _once(request: HttpRequest, name: str, read: Callable[[str], T]) -> T:
    """The answer for this parameter, worked out (and complained about) once for each request."""
    known: dict[str, T] = request.__dict__.setdefault("_asked", {})
    if name not in known:
        known[name] = read(request.GET.get(name, "").strip())
    return known[name]


def _read_day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        wanted = date.fromisoformat(text)
    except ValueError:
        return None
    return wanted if FIRST_YEAR <= wanted.year <= LAST_YEAR else None


def _read_period(text: str, kind: PeriodType) -> Period | None:
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    wanted = Period(int(match[1]), int(match[2]))
    if not FIRST_YEAR <= wanted.year <= LAST_YEAR:
        return None
    try:
        bounds(kind, wanted)
    except ValueError:
        return None
    return wanted


def _short(text: str) -> str:
    """As much of what somebody typed as a message should repeat."""
    return text if len(text) <= 20 else f"{text[:20]}…"
