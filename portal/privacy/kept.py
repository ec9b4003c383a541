"""What the terms are made of: rows that are kept too long, and days to count from."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from portal.clock import AMSTERDAM
from portal.mirror.resource import Resource

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: The way from a row to its client, by its company.
OF_COMPANY = ("company__debtor",)


@dataclass(frozen=True)
class Kept:
    """Rows of one model that are kept too long on a day.

    `firm`: the path to the firm; empty where rows belong to the installation. `resource`: what must not be mirrored
    again. `whole`: with all that hangs on them, which is people. `debtors`: the paths to the client, for what a client
    can have an own term or a hold for. `changes`: the kind of record whose entries of the change log go along.
    """

    rows: "QuerySet[Any]"
    firm: str = "environment__firm_id"
    resource: Resource | None = None
    whole: bool = False
    debtors: tuple[str, ...] = ()
    changes: str = ""


def months_before(day: date, months: int) -> date:
    """The first day that is not yet so many months before `day`: on days before it the months are over.

    From 28 February a year lasts through 28 February, so on 29 February it is over.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return following if day.day > last else date(year, month + 1, day.day)


def start_of(day: date) -> datetime:
    """The first moment of a day in the Netherlands."""
    return datetime.combine(day, time(), tzinfo=AMSTERDAM)
