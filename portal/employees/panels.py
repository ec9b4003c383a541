"""What this room adds to the page of a company: who joined and left in the period.

And the tables on the page of a person: what belongs to the period of the day, and leave.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.prepared import PreparedRows
from portal.accounts.roles import Capability
from portal.companies.freshness import PEOPLE_KINDS, lacks
from portal.companies.in_period import no_period
from portal.companies.models import Company
from portal.companies.panels import PAGE
from portal.companies.periods import chosen
from portal.debtors import asked
from portal.employees import figures
from portal.employees.kinds import IN_PERIOD, LEAVE, Listing
from portal.employees.models import Employee, Employment
from portal.employees.reading import PagePeriod, period_of, rows_of
from portal.employees.standing import standing_of
from portal.ui import panels
from portal.ui.empty import lacking
from portal.ui.panels import Panel
from portal.ui.pieces import Piece, piece_of
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.companies.freshness import Person
    from portal.mirror.models import HistoryQuerySet

#: The page of one person.
PERSON_PAGE = "person"


@dataclass(frozen=True)
class Listed:
    """A table with its rows, or why nothing is known."""

    listing: Listing
    rows: list[Any]
    reason: Missing | None = None

    @property
    def drawn(self) -> list[list[tuple[Any, bool]]]:
        """The cells of each row, and whether they are figures."""
        return [[(field.draw(row), field.figure) for field in self.listing.fields] for row in self.rows]


@dataclass(frozen=True)
class Move:
    """Somebody's first day, or last day, in an employment."""

    row: Employment
    day: date
    joined: bool


def movements(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Who joined and who left in the period, by name; `read`: the kind, for the trail, where there are any."""
    choice = chosen(request, company)
    if choice is None:
        return no_period(request, company)
    if reason := lacks(request.user, company, *PEOPLE_KINDS):
        return lacking(reason)
    first, last = choice.days
    moved = _moved(request.user, company.pk, first=first, last=last)
    came, went = figures.came_and_went(moved, first, last)
    read = ["employments"] if came or went else []
    return {"when": choice.label, "moves": moves_of(request, came, went), "read": read}


def moves_of(request: HttpRequest, came: list[Employment], went: list[Employment]) -> Piece[Move]:
    """Those who joined, then those who left, each in their order."""
    moves = [Move(row, row.valid_from, joined=True) for row in came]
    moves += [Move(row, row.end_date, joined=False) for row in went if row.end_date is not None]
    return piece_of(request, "moves", moves)


@PreparedRows
def _moved(user: "Person", company: int, *, first: date, last: date) -> "QuerySet[Employment]":
    rows: HistoryQuerySet[Employment] = Employment.objects.visible_to(user).filter(company=company)
    moved = figures.joiners(rows, first, last) | figures.leavers(rows, first, last)
    return moved.select_related("employee").order_by("employee", "pk")


def in_period(request: HttpRequest, person: Employee) -> dict[str, Any]:
    """What the reader may see of the period that the day of the page lies in."""
    shown = period_of(request, person)
    if shown is None:
        return no_period(request, person.company)
    rows = rows_of(request, person)
    return {
        "when": shown.label,
        "listed": [_in_period(request, person, one, rows[one], shown) for one in IN_PERIOD if one in rows],
    }


def _in_period(request: HttpRequest, person: Employee, listing: Listing, rows: list[Any], shown: PagePeriod) -> Listed:
    standing = standing_of(request.user, person)
    if standing.is_off(listing.resource):
        return Listed(listing, [], Missing.SWITCHED_OFF)
    return Listed(listing, rows, None if rows else standing.lacks_in(listing.model, shown.period, shown.current))


def leave(request: HttpRequest, person: Employee) -> dict[str, Any]:
    """The leave that begins in the year of the day of the page."""
    year = asked.day(request).year
    rows = rows_of(request, person)[LEAVE]
    reason = None if rows else standing_of(request.user, person).lacks(LEAVE.resource)
    # Only this year and the last one are asked.
    if not rows and reason is None and year < clock.today().year - 1:
        reason = Missing.NEVER_FETCHED
    return {"when": str(year), "listed": [Listed(LEAVE, rows, reason)]}


def register() -> None:
    """Put the panels on the pages of a company and of a person."""
    panels.register(
        PERSON_PAGE,
        Panel(
            name="in_period",
            title=_("Components in the period"),
            template="employees/panels/listings.html",
            capability=Capability.VIEW,
            context=in_period,
            resources=tuple(one.resource.name for one in IN_PERIOD),
            order=10,
            wide=True,
        ),
    )
    panels.register(
        PERSON_PAGE,
        Panel(
            name="leave",
            title=_("Leave"),
            template="employees/panels/listings.html",
            capability=LEAVE.resource.capability,
            context=leave,
            resources=(LEAVE.resource.name,),
            order=20,
            wide=True,
        ),
    )
    panels.register(
        PAGE,
        Panel(
            name="movements",
            title=_("Joiners and leavers of this period"),
            template="employees/panels/movements.html",
            capability=Capability.VIEW,
            context=movements,
            resources=PEOPLE_KINDS,
            order=30,
        ),
    )
