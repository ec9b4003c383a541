"""A month of deadlines as a grid of weeks: what is due on each day, counted over all of the filter."""

from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import get_day_names
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal import clock
from portal.deadlines.due import OVERDUE, TODAY, act_words, word_for
from portal.deadlines.models import Deadline, Kind, Progress
from portal.deadlines.rules import act_by, is_working_day
from portal.debtors import asked
from portal.periods import Bounds, Period, PeriodType, bounds, following, preceding
from portal.ui import formats
from portal.ui.values import Level, Missing, Status

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class MonthPicker:
    """What templates/ui/month_picker.html shows."""

    label: str
    value: str
    previous: str
    next: str
    current: str


@dataclass(frozen=True)
class DayEntry:
    """What is due of one kind on one day."""

    label: str
    count: int
    open: int
    status: Status
    url: str
    #: One of them has a date that is to be checked.
    unsure: bool
    #: The day to act, where that is another one and something waits for it.
    act_by: str


@dataclass
class Day:
    """One cell."""

    day: date
    inside: bool
    working: bool
    today: bool
    chosen: bool
    url: str
    entries: list[DayEntry] = field(default_factory=list)


@dataclass(frozen=True)
class Week:
    """One row, with its number in the ISO year."""

    number: int
    days: list[Day]


def picker(request: HttpRequest, month: Period) -> MonthPicker:
    """The month with the addresses of its neighbours, and of the current one when it is another."""
    today = clock.today()
    current = Period(today.year, today.month)

    def address(to: Period) -> str:
        return asked.address(request, month=text(to), day="")

    return MonthPicker(
        label=formats.full_month(bounds(PeriodType.MONTH, month).first),
        value=text(month),
        previous=address(preceding(PeriodType.MONTH, month)),
        next=address(following(PeriodType.MONTH, month)),
        current="" if month == current else address(current),
    )


def text(month: Period) -> str:
    """As in the address: 2026-11."""
    return f"{month.year:04d}-{month.number:02d}"


def days_of(month: Period) -> Bounds:
    """First and last day."""
    return bounds(PeriodType.MONTH, month)


def day_names() -> list[str]:
    """Monday to Sunday, short."""
    names = get_day_names("abbreviated", locale=formats.language())
    return [names[day] for day in range(7)]


def weeks(request: HttpRequest, month: Period, rows: "QuerySet[Deadline]", chosen: date | None) -> list[Week]:
    """The grid of `rows` with their refusals. One query, whatever is due."""
    entries = _entries(request, rows)
    today = clock.today()

    def cell(day: date) -> Day:
        return Day(
            day=day,
            inside=day.month == month.number,
            working=is_working_day(day),
            today=day == today,
            chosen=day == chosen,
            url=asked.address(request, day=day.isoformat(), kind=""),
            entries=entries.get(day, []) if day.month == month.number else [],
        )

    grid = Calendar(firstweekday=0).monthdatescalendar(month.year, month.number)
    return [Week(week[3].isocalendar().week, [cell(day) for day in week]) for week in grid]


def _entries(request: HttpRequest, rows: "QuerySet[Deadline]") -> dict[date, list[DayEntry]]:
    counted: Any = (
        rows.order_by()
        .values("due", "kind")
        .annotate(
            count=Count("pk"),
            waiting=Count("pk", filter=Q(open=True)),
            unknown=Count("pk", filter=Q(progress__isnull=True)),
            withheld=Count("pk", filter=Q(refused=True)),
            done=Count("pk", filter=Q(progress=Progress.DONE)),
            to_check=Count("pk", filter=Q(unsure=True)),
        )
    )
    order = {kind.value: place for place, kind in enumerate(Kind)}
    found: dict[date, list[DayEntry]] = defaultdict(list)
    for row in sorted(counted, key=lambda row: (row["due"], order[row["kind"]])):
        day = row["due"]
        found[day].append(
            DayEntry(
                label=str(Kind(row["kind"]).label),
                count=row["count"],
                open=row["waiting"],
                status=_status(day, row),
                url=asked.address(request, day=day.isoformat(), kind=row["kind"]),
                unsure=row["to_check"] > 0,
                act_by=act_words(day, act_by(day), formats.short_day) if row["waiting"] else "",
            )
        )
    return found


def _status(day: date, row: dict[str, Any]) -> Status:
    if row["waiting"]:
        word = word_for(day, act_by(day))
        level = {OVERDUE: Level.LATE, TODAY: Level.SOON}.get(word, Level.NEUTRAL)
        label = _("late") if word == OVERDUE else _("to do")
        return Status(level, label)
    if row["unknown"]:
        # What of some was never fetched is told first: that may still come.
        if row["withheld"] == row["unknown"]:
            return Status(Level.NEUTRAL, Missing.NOT_PERMITTED.label, "lock")
        return Status(Level.NEUTRAL, Missing.NEVER_FETCHED.label, "circle-dashed")
    return Status(Level.FINE, _("done")) if row["done"] else Status(Level.NEUTRAL, _("none"), "minus")
