"""Where a company stands in a period: its payroll run and its wage-tax return, in words (nmbrs.md section 6).

Over SOAP a run has no type, so a pre-run cannot be told from a regular run: both count as "run made".
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.companies.models import Company, PensionExport, ReturnPeriod, Run, WageTaxReturn
from portal.periods import Bounds, Period, PeriodType, bounds
from portal.ui.values import Level, Status

OPEN = Status(Level.NEUTRAL, _("open"), "circle-dashed")
UPCOMING = Status(Level.NEUTRAL, _("upcoming"), "hourglass")
RUN_MADE = Status(Level.SOON, _("run made, not locked"), "player-play")
LOCKED = Status(Level.FINE, _("locked"), "lock")
NO_RUN_FOUND = Status(Level.LATE, _("no run found"))
NO_RUN = Status(Level.NEUTRAL, _("none"), "minus")

RETURN_SENT = Status(Level.FINE, _("sent"))
RETURN_MADE = Status(Level.SOON, _("made, not sent"))
NO_RETURN = Status(Level.NEUTRAL, _("none"), "minus")

#: The return period as a period type; NONE has none.
RETURN_KINDS = {
    ReturnPeriod.MONTH: PeriodType.MONTH,
    ReturnPeriod.FOUR_WEEKS: PeriodType.FOUR_WEEKS,
    ReturnPeriod.HALF_YEAR: PeriodType.HALF_YEAR,
    ReturnPeriod.YEAR: PeriodType.YEAR,
}


def covering(runs: "QuerySet[Run]", year: Any, number: Any) -> "QuerySet[Run]":
    """The runs that cover the period with this year and number (values or expressions)."""
    return runs.filter(year=year, period_start__lte=number, period_end__gte=number)


def of_period(period: Period, current: Period, *, made: bool, locked: bool) -> Status:
    """How far the run of `period` is in a company whose current period is `current`.

    `made`: some run covers the period; `locked`: one of those is locked. A later correction run does not open a
    locked period again.
    """
    if locked:
        return LOCKED
    if made:
        return RUN_MADE
    if period == current:
        return OPEN
    return UPCOMING if period > current else NO_RUN_FOUND


def of_run(run: Run) -> Status:
    """How far one run is."""
    return LOCKED if run.locked else RUN_MADE


def of_return(declaration: WageTaxReturn | None) -> Status:
    """Sent, made and not sent, or none."""
    if declaration is None:
        return NO_RETURN
    return RETURN_SENT if declaration.sent_at else RETURN_MADE


def of_export(export: PensionExport) -> Status:
    """Sent, or made and not sent."""
    return RETURN_SENT if export.sent_at else RETURN_MADE


def days_of(declaration: WageTaxReturn, company: Company) -> Bounds | None:
    """First and last day of the return, as Nmbrs gives them or else by the company's return period; None: unknown."""
    if declaration.first_day and declaration.last_day:
        return Bounds(declaration.first_day, declaration.last_day)
    kind = RETURN_KINDS.get(ReturnPeriod(company.return_period)) if company.return_period in ReturnPeriod else None
    try:
        return bounds(kind, Period(declaration.year, declaration.number)) if kind else None
    except ValueError:
        return None


def touching(declarations: Iterable[WageTaxReturn], company: Company, first: date, last: date) -> list[WageTaxReturn]:
    """The returns whose days lie in part between `first` and `last`. Pay and return periods need not be the same."""
    found = []
    for declaration in declarations:
        days = days_of(declaration, company)
        if days and days.first <= last and days.last >= first:
            found.append(declaration)
    return found
