"""Where in time a page stands, and its links with it: who steps back to August stays there on the next page.

A page that reads a month, a period or a day from its address stands there (`stand`, called by portal.debtors.asked),
and so does the board by how many periods it looks back or by which day. A view says what its own address asks for
(`asks`). `carried` brings the two together for one address: a page that stands at another time than now gives it what
that address asks for; from a page of now addresses stay as they are. Nobody needs to think of it at a link: the tag
`url` (portal.ui.templatetags.carrying), the first column of a table, the breadcrumb and the menu go through `carried`.
Only an address that Python makes beside those has to.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Model
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from portal import clock
from portal.periods import Period, PeriodType, bounds, containing, periods_touching, preceding

#: A page that shows each company so many periods back looks back no further, and by day not before so many months.
FURTHEST_BACK = 12


class Asks(StrEnum):
    """What the address of a page may ask for; the value is the name of its parameter."""

    MONTH = "month"
    PERIOD = "period"
    DAY = "on"
    #: Each company by its own: so many periods before its current one, or (then it is DAY's) its period of a day.
    BACK = "back"


@dataclass(frozen=True)
class Moment:
    """A day, a calendar month or a period of a company: first and last day, and of a month or period which one.

    `back`: it is of each company its own period so many before its current one, and only where there is no company the
    month so many back. Of everything else it is 0.
    """

    first: date
    last: date
    kind: PeriodType | None = None
    period: Period | None = None
    back: int = 0


def of_day(day: date) -> Moment | None:
    """The moment of a page as of `day`; None for today."""
    return None if day == clock.today() else Moment(day, day)


def of_month(month: Period) -> Moment | None:
    """The moment of a page about a calendar month; None for that of today."""
    if month == containing(PeriodType.MONTH, clock.today()):
        return None
    days = bounds(PeriodType.MONTH, month)
    return Moment(*days, PeriodType.MONTH, month)


def of_period(kind: PeriodType, period: Period, current: Period) -> Moment | None:
    """The moment of a page about a company's period; None for the one it works on, if today lies in it."""
    if _is_now(kind, period, current):
        return None
    return Moment(*bounds(kind, period), kind, period)


def of_back(back: int) -> Moment | None:
    """The moment of a page that shows each company so many periods back; None for their current ones."""
    month = _before(PeriodType.MONTH, containing(PeriodType.MONTH, clock.today()), back)
    return Moment(*bounds(PeriodType.MONTH, month), back=back) if back else None


def earliest() -> date:
    """The first day that a page which shows each company at its period of a day looks back to."""
    month = _before(PeriodType.MONTH, containing(PeriodType.MONTH, clock.today()), FURTHEST_BACK)
    return bounds(PeriodType.MONTH, month).first


def stand(request: HttpRequest, moment: Moment | None) -> None:
    """Say where the page stands that is being made; None: at now."""
    request.__dict__["_moment"] = moment


def stands_at(request: HttpRequest) -> Moment | None:
    """Where the page stands; None: at now, or it is not about any time."""
    found: Moment | None = request.__dict__.get("_moment")
    return found


def know(request: HttpRequest, *companies: Any) -> None:
    """Companies that the page may link to, read with `current`: a moment is translated into their periods.

    Whatever is something else, or was read without it, is passed over; nothing is asked for it here.
    """
    known = _known(request)
    for company in companies:
        read = company._state.fields_cache if isinstance(company, Model) else {}
        current = read.get("current")
        if current is not None:
            known[company.pk] = (PeriodType(current.period_type), current.period)


def carried(request: HttpRequest, address: str) -> str:
    """The address with what it asks for, where the page stands at another time than now.

    It stays as it is when it asks for nothing, has parameters already, or belongs to a company that is not `know`n.
    """
    moment = stands_at(request)
    if moment is None or not address or urlsplit(address).query:
        return address
    try:
        found = resolve(address)
    except Resolver404:
        return address
    asks = _asks_of(found.func)
    if asks is Asks.BACK and not moment.back:
        # Periods of one company are not those of another: what they have in common is the day.
        asks, value = Asks.DAY, _past(moment.last)
    else:
        value = _translated(moment, asks, _known(request).get(found.kwargs.get("pk", 0))) if asks else ""
    return f"{address}?{asks}={value}" if value else address


def _known(request: HttpRequest) -> dict[int, tuple[PeriodType, Period]]:
    known: dict[int, tuple[PeriodType, Period]] = request.__dict__.setdefault("_known_companies", {})
    return known


def _asks_of(view: Any) -> Asks | None:
    """What the view says that it asks for; some addresses lead to a class method that makes the view."""
    made = getattr(view, "view_class", None) or getattr(view, "__self__", None)
    found: Asks | None = getattr(made, "asks", None)
    return found


def _translated(moment: Moment, asks: Asks, company: tuple[PeriodType, Period] | None) -> str:
    """The moment as this parameter has it; empty where that would be now, or cannot be told."""
    today = clock.today()
    if asks is Asks.BACK:
        return str(moment.back) if 0 < moment.back <= FURTHEST_BACK else ""
    if asks is Asks.DAY:
        return "" if moment.first <= today <= moment.last else moment.last.isoformat()
    if asks is Asks.MONTH:
        # What belongs to a period counts in the month that its last day lies in.
        month = containing(PeriodType.MONTH, moment.last)
        return "" if month == containing(PeriodType.MONTH, today) else _text(month)
    if company is None:
        return ""
    kind, current = company
    period = _before(kind, current, moment.back) if moment.back else _period_at(moment, kind)
    return "" if _is_now(kind, period, current) else _text(period)


def _period_at(moment: Moment, kind: PeriodType) -> Period:
    """The period of a company: of a month the last one that counts in it, otherwise the one of the last day."""
    if moment.kind is kind and moment.period is not None:
        return moment.period
    if moment.kind is PeriodType.MONTH:
        touching = periods_touching(kind, moment.first, moment.last)
        ending = [period for period in touching if moment.first <= bounds(kind, period).last <= moment.last]
        if ending:
            return ending[-1]
    return containing(kind, moment.last)


def _is_now(kind: PeriodType, period: Period, current: Period) -> bool:
    days = bounds(kind, period)
    return period == current and days.first <= clock.today() <= days.last


def _before(kind: PeriodType, period: Period, back: int) -> Period:
    for _ in range(back):
        period = preceding(kind, period)
    return period


def _past(day: date) -> str:
    """The day as the board takes it; empty where it does not look that far back, or ahead."""
    return day.isoformat() if earliest() <= day < clock.today() else ""


def _text(period: Period) -> str:
    return f"{period.year:04d}-{period.number:02d}"
