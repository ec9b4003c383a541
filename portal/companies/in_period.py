"""What was so for a company in a period: its runs, what it filed, work-related costs, and the settings that held.

Every kind by one query a page, whichever of the panels are shown.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest

from portal import clock
from portal.accounts.prepared import Prepared
from portal.companies.freshness import ever_fetched, refused
from portal.companies.loops import PERIODS_BACK_AT_FIRST, YEARS_BACK
from portal.companies.models import (
    Company,
    CompanyLabourAgreement,
    CompanySalaryScale,
    CompanySalaryStep,
    CompanySalaryTable,
    CompanySchedule,
    CompanySocialSecurity,
    PensionExport,
    Run,
    WageTaxReturn,
    WorkCost,
)
from portal.companies.periods import Chosen
from portal.companies.status import covering
from portal.mirror import together
from portal.mirror.resource import Resource
from portal.periods import Period, preceding
from portal.ui.permissions import holds_over
from portal.ui.values import Missing

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User

    Person = User | AnonymousUser

#: Kinds of which Nmbrs tells the present only: they are known since the day on which they were first seen.
OBSERVED: tuple[type[Any], ...] = (CompanySchedule, CompanySocialSecurity)
#: Asked for each period.
PERIODIC: tuple[type[Any], ...] = (CompanyLabourAgreement, CompanySalaryTable, CompanySalaryScale, CompanySalaryStep)
#: Asked for each year.
YEARLY: tuple[type[Any], ...] = (Run, WageTaxReturn, PensionExport, WorkCost)


class Known(NamedTuple):
    """The rows of a kind; without any `reason` says why: there are none (UNKNOWN), or nobody can say."""

    rows: list[Any]
    reason: Missing | None = None


def known(request: HttpRequest, company: Company, choice: Chosen, model: type[Any]) -> Known:
    """What is known of a kind in the period: of work-related costs every period of the year so far, of wage-tax returns
    those of the years around it, whose days need not be those of a period."""
    kind: Resource = model.resource
    if not holds_over(request, company, kind.capability):
        return Known([], Missing.NOT_PERMITTED)
    if not ever_fetched(request.user, company, kind.name):
        return Known([], Missing.NOT_PERMITTED if refused(request.user, company, kind.name) else Missing.NEVER_FETCHED)
    rows = _rows_of(request, company, choice)[model]
    if rows:
        return Known(rows)
    return Known(rows, Missing.UNKNOWN if _was_asked(model, choice) else Missing.NEVER_FETCHED)


def _was_asked(model: type[Any], choice: Chosen) -> bool:
    """Whether Nmbrs is asked for this period: a period without rows is empty only then."""
    if model in OBSERVED:
        return choice.last_day >= clock.today()
    if model is CompanySalaryStep:
        return choice.period == choice.current
    if model in YEARLY:
        return choice.period.year >= clock.today().year - YEARS_BACK
    oldest = choice.current
    for _ in range(PERIODS_BACK_AT_FIRST):
        oldest = preceding(choice.kind, oldest)
    return oldest <= choice.period <= choice.current


def _rows_of(request: HttpRequest, company: Company, choice: Chosen) -> dict[type[Any], list[Any]]:
    found: dict[type[Any], list[Any]] | None = company.__dict__.get("_in_period")
    if found is None:
        models = tuple(
            model
            for model in (*PERIODIC, *OBSERVED, *YEARLY)
            if holds_over(request, company, model.resource.capability)
        )
        answer = _asked(request.user, company.pk, models=models, period=choice.period, day=choice.last_day)
        found = dict(zip(models, together.rows_of(models, answer), strict=True))
        company.__dict__["_in_period"] = found
    return found


@Prepared
def _asked(
    user: "Person", company: int, *, models: tuple[type[Any], ...], period: Period, day: "date"
) -> "QuerySet[Any, Any]":
    return together.united([_own(user, company, model, period, day) for model in models])


def _own(user: "Person", company: int, model: type[Any], period: Period, day: "date") -> "QuerySet[Any]":
    own: Any = model.objects.visible_to(user, model.resource.capability).filter(company=company)
    if model in OBSERVED:
        return own.as_of(day)  # type: ignore[no-any-return]
    if model is WorkCost:
        return own.filter(year=period.year, number__lte=period.number).order_by("number", "pk")  # type: ignore[no-any-return]
    if model is WageTaxReturn:
        return own.filter(year__range=(period.year - 1, period.year + 1))  # type: ignore[no-any-return]
    if model is Run:
        return covering(own, period.year, period.number)
    return own.in_period(period)  # type: ignore[no-any-return]
