"""What is late from earlier months: it is in no day of this month's calendar, and it still has to be done."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from portal import clock
from portal.deadlines.few import few_late, left_out
from portal.deadlines.models import Deadline
from portal.deadlines.panels import told
from portal.debtors import asked

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: So many are told above the month; the others are a list of their own.
SHOWN = 5


@dataclass(frozen=True)
class Late:
    """The oldest of them, how many there are, and the list of all where that says more."""

    rows: list[dict[str, Any]]
    count: int
    url: str


def this_month() -> date:
    """The first day of the current month."""
    return clock.today().replace(day=1)


def late(deadlines: "QuerySet[Deadline]") -> "QuerySet[Deadline]":
    """Those that were due before this month and are still to be done, the oldest first."""
    return deadlines.filter(open=True, due__lt=this_month()).order_by("due", "kind", "company__name", "pk")


def first_of(request: HttpRequest, rows: "QuerySet[Deadline]") -> Late:
    """What the calendar tells of such rows. One query, a second one only where there are more than it shows."""
    found: list[Any] = list(few_late(rows, this_month()).select_related("company__debtor")[: SHOWN + 1])
    more = len(found) > SHOWN or any(left_out(row) for row in found)
    return Late(
        [told(row) for row in found[:SHOWN]],
        rows.order_by().count() if more else len(found),
        asked.address(request, late="1", day="", month="") if more else "",
    )
