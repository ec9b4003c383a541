"""What came in after the period that it belongs to: measured by the company's own periods, a week, a month or other.

A record is retroactive when it takes effect before the period that the company was in at the moment it was made
(nmbrs.md 8): that period had been open until then, the ones before it had been paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from portal.accounts.prepared import Prepared
from portal.clock import AMSTERDAM
from portal.companies.models import Company, PeriodSeen
from portal.periods import Period, PeriodType, bounds, containing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from portal.accounts.models import User

    Person = User | AnonymousUser


@dataclass(frozen=True)
class PayPeriods:
    """The periods of a company one after another, oldest first, each with the moment it was first seen as current."""

    kind: PeriodType
    seen: Sequence[tuple[datetime, Period]] = ()

    def is_late(self, effective: date, made: datetime) -> bool:
        """Whether what was made at `made` takes effect before the period of that moment."""
        return effective < self.first_open_day(made)

    def first_open_day(self, moment: datetime) -> date:
        """The first day of the company's current period at that moment.

        It is the latest that Nmbrs had named until then: set back for a correction, the company works on a period that
        was paid. Of before we knew the company, the period of the calendar.
        """
        known = [period for seen_at, period in self.seen if seen_at <= moment]
        here = moment.astimezone(AMSTERDAM).date()
        return bounds(self.kind, max(known) if known else containing(self.kind, here)).first


def periods_of(user: "Person", company: Company) -> PayPeriods:
    """The periods of a company; months while its period type is not known."""
    current = getattr(company, "current", None)
    if current is None:
        return PayPeriods(PeriodType.MONTH)
    rows = _seen(user, company.pk)
    return PayPeriods(PeriodType(current.period_type), [(at, Period(year, number)) for at, year, number in rows])


@Prepared
def _seen(user: "Person", company: int) -> "QuerySet[Any, Any]":
    own = PeriodSeen.objects.visible_to(user).filter(company=company)
    return own.order_by("seen_at", "pk").values_list("seen_at", "year", "number")
