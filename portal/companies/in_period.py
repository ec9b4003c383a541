"""What was so for a company in a period: its runs, what it filed, work-related costs, and the settings that held.

Every kind by one query a page, whichever of the panels are shown.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest

from portal import clock
from portal.accounts.prepared import Prepared
from portal.companies.freshness import lacks
from portal.companies.loops import PERIODS_BACK_AT_FIRST, YEARS_BACK, oldest_of_journal
from portal.companies.models import (
    Company,
    CompanyLabourAgreement,
    CompanySalaryScale,
    CompanySalaryStep,
    CompanySalaryTable,
    CompanySchedule,
    CompanySocialSecurity,
    CurrentPeriod,
    JournalLine,
    PensionExport,
    Run,
    WageTaxReturn,
    WorkCost,
)
from portal.companies.periods import Chosen
from portal.companies.status import covering, touching
from portal.mirror import together
from portal.mirror.dating import Observed
from portal.mirror.resource import Resource
from portal.periods import Period, preceding
from portal.ui.empty import lacking, not_asked
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
    """The rows of a kind; without any `reason` says why: there are none (UNKNOWN), or nobody can say.

    `asked`: whether Nmbrs is asked for the period, where the kind came in, or of OBSERVED something was seen by then.
    """

    rows: list[Any]
    reason: Missing | None = None
    asked: bool = True

    @property
    def empty(self) -> dict[str, Any]:
        """What a panel says in place of rows that nobody can know; nothing where there are none."""
        return lacking(self.reason) if self.asked else not_asked()


def known(request: HttpRequest, company: Company, choice: Chosen, model: type[Any]) -> Known:
    """What is known of a kind in the period: of work-related costs every period of the year so far, of wage-tax returns
    those over days of the period, which need not be those of a period."""
    kind: Resource = model.resource
    if not holds_over(request, company, kind.capability):
        return Known([], Missing.NOT_PERMITTED)
    if reason := lacks(request.user, company, kind.name):
        return Known([], reason)
    rows = _rows_of(request, company, choice)[model]
    asked = was_asked(kind, choice)
    if model in OBSERVED:
        # Once anything was seen of it, it is known that there is none.
        asked = asked or bool(rows)
        rows = [row for row in rows if row.valid_until is None or row.valid_until > choice.last_day]
    if model is WageTaxReturn:
        rows = touching(rows, company, *choice.days)
    if rows:
        return Known(rows)
    return Known(rows, Missing.UNKNOWN if asked else Missing.NEVER_FETCHED, asked)


def lacks_period(request: HttpRequest, company: Company) -> Missing:
    """Why the current period of the company is not known, where it is not."""
    return lacks(request.user, company, CurrentPeriod.resource.name) or Missing.NEVER_FETCHED


def no_period(request: HttpRequest, company: Company) -> dict[str, Any]:
    """What a panel says while the current period of the company is not known."""
    return lacking(lacks_period(request, company))


def was_asked(kind: Resource, choice: Chosen) -> bool:
    """Whether Nmbrs is asked for this period: a period without records of the kind has none only then."""
    if isinstance(kind.dating, Observed):
        return choice.last_day >= clock.today()
    if "scale" in kind.loops:
        return choice.period == choice.current
    if "year" in kind.loops:
        return choice.period.year >= clock.today().year - YEARS_BACK
    if kind.loops.keys().isdisjoint(("period", "run")):
        return True
    oldest = choice.current
    if kind is JournalLine.resource:
        oldest = oldest_of_journal(choice.kind, oldest)
    else:
        for _ in range(PERIODS_BACK_AT_FIRST):
            oldest = preceding(choice.kind, oldest)
    # Runs may be ahead of the current period.
    return oldest <= choice.period and ("run" in kind.loops or choice.period <= choice.current)


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
        return own.filter(valid_from__lte=day)  # type: ignore[no-any-return]
    if model is WorkCost:
        return own.filter(year=period.year, number__lte=period.number).order_by("number", "pk")  # type: ignore[no-any-return]
    if model is WageTaxReturn:
        return own.filter(year__range=(period.year - 1, period.year + 1))  # type: ignore[no-any-return]
    if model is Run:
        return covering(own, period.year, period.number)
    return own.in_period(period)  # type: ignore[no-any-return]
