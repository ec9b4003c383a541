"""The calendar month a page across companies is about, and the months around it.

Companies with different period types are compared by calendar month (architecture.md section 4).
"""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal import clock
from portal.debtors import asked
from portal.employees.snapshots import MONTHS_KEPT
from portal.periods import Period, PeriodType, bounds, containing, following, preceding
from portal.ui import formats, moment

#: Months of a trend, the last one included.
TREND = 13
#: A current period may lie ahead of the calendar, and with it the snapshots.
AHEAD = 12


@dataclass(frozen=True)
class MonthPicker:
    """What templates/dashboards/month_picker.html shows."""

    month: Period
    label: str
    value: str
    previous: str
    next: str
    current: str


def asked_month(request: HttpRequest) -> Period:
    """The month in the address if figures can be kept of it, else the current one with a message."""
    month = asked.month(request)
    current = this_month()
    if -MONTHS_KEPT < _index(month) - _index(current) <= AHEAD:
        return month
    moment.stand(request, None)
    if not getattr(request, "_month_refused", False):
        request._month_refused = True  # type: ignore[attr-defined]
        text = _("There are no figures of %(asked)s: they are kept for %(count)s months. This page shows %(month)s.")
        messages.warning(request, text % {"asked": name(month), "count": MONTHS_KEPT, "month": name(current)})
    return current


def this_month() -> Period:
    """The month of today."""
    return containing(PeriodType.MONTH, clock.today())


def picker(request: HttpRequest, month: Period) -> MonthPicker:
    """The month with the addresses of its neighbours, and of the current month when it is another one."""
    current = this_month()
    return MonthPicker(
        month=month,
        label=name(month),
        value=text(month),
        previous=asked.address(request, month=text(preceding(PeriodType.MONTH, month))),
        next=asked.address(request, month=text(following(PeriodType.MONTH, month))),
        current="" if month == current else asked.address(request, month=text(current)),
    )


def trend(month: Period, years_back: int = 0) -> list[Period]:
    """The months of the trend that ends with `month`, or the same months some years earlier."""
    last = _index(month) - 12 * years_back
    return [Period(*_split(index)) for index in range(last - TREND + 1, last + 1)]


def text(month: Period) -> str:
    """As in the address: 2026-11."""
    return f"{month.year:04d}-{month.number:02d}"


def label(month: Period) -> str:
    """As short as the axis of a chart needs it: nov 2026."""
    return formats.month(first_day(month))


def name(month: Period) -> str:
    """As it stands in a sentence: november 2026."""
    return formats.full_month(first_day(month))


def first_day(month: Period) -> date:
    """The first day of the month."""
    return bounds(PeriodType.MONTH, month).first


def last_day(month: Period) -> date:
    """The last day of the month: the day its head count and wage are of."""
    return bounds(PeriodType.MONTH, month).last


def _index(month: Period) -> int:
    return month.year * 12 + month.number - 1


def _split(index: int) -> tuple[int, int]:
    return index // 12, index % 12 + 1
