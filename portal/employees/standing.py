"""Why nothing is known of a kind of one person: switched off, refused, or never read. None of them is "none"."""

from typing import TYPE_CHECKING, Any

from portal.accounts.prepared import Prepared
from portal.companies.freshness import ever_fetched, refused
from portal.companies.models import CurrentPeriod
from portal.employees.fetches import fetches_of
from portal.employees.models import Employee
from portal.mirror.models import EmployeePeriodFact
from portal.mirror.opt_ins import switched_on
from portal.mirror.resource import Lane, Resource
from portal.periods import Period, PeriodType, preceding
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.companies.freshness import Person as Reader


class Standing:
    """How the kinds of one person stand, for one reader; two queries."""

    def __init__(self, reader: "Reader", person: Employee) -> None:
        self._reader = reader
        self._person = person
        self._on = switched_on(person.environment_id)
        self._fetches = fetches_of(person)

    def is_off(self, resource: Resource) -> bool:
        """Whether this kind is read only where somebody switched it on, and nobody did."""
        return resource.opt_in is not None and resource.opt_in not in self._on

    def lacks(self, resource: Resource) -> Missing | None:
        """Why the kind was not read of this person; None when it was."""
        if self.is_off(resource):
            return Missing.SWITCHED_OFF
        if resource.lane is Lane.SLOW:
            fetch = self._fetches.get(resource.name)
            if fetch is not None:
                return Missing.NOT_PERMITTED if fetch.refused else None
        elif ever_fetched(self._reader, self._person.company, resource.name):
            return None
        if refused(self._reader, self._person.company, resource.name):
            return Missing.NOT_PERMITTED
        return Missing.NEVER_FETCHED

    def lacks_in(self, model: type[EmployeePeriodFact], period: Period, current: CurrentPeriod) -> Missing | None:
        """The same of one period: a kind is not read of every period."""
        resource = model.resource
        reason = self.lacks(resource)
        if reason is not None:
            return reason
        if resource.lane is Lane.SLOW:
            # Only the current period is asked, and it may have been another one then.
            read = period == current.period and self._fetches[resource.name].fetched_at >= current.last_changed
        else:
            before = preceding(PeriodType(current.period_type), current.period)
            read = period in {current.period, before} or bool(
                _some(self._reader, self._person.company_id, model=model, period=period)
            )
        return None if read else Missing.NEVER_FETCHED


@Prepared
def _some(reader: "Reader", company: int, *, model: type[EmployeePeriodFact], period: Period) -> "QuerySet[Any, Any]":
    """A row where anybody in the company has something of this kind in the period."""
    own = model.objects.visible_to(reader, model.resource.capability).filter(company=company)
    return own.in_period(period).order_by().values_list("pk")[:1]


def standing_of(reader: "Reader", person: Employee) -> Standing:
    """The standing of a person; read once for a row of a page."""
    known: Standing | None = person.__dict__.get("_standing")
    if known is None:
        known = person.__dict__["_standing"] = Standing(reader, person)
    return known
