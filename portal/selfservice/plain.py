"""Periods and how far they are, in words that need no knowledge of payroll software."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.deadlines.due import LAPSED
from portal.deadlines.models import Deadline, Kind, Lapse, Progress
from portal.periods import Period, PeriodType, bounds
from portal.ui import formats
from portal.ui.values import Level, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.companies.models import Run


@dataclass(frozen=True)
class Standing:
    """How far a run is; `at`: the day it was made; `lapse`: why there is none."""

    progress: Progress | None
    at: datetime | None = None
    lapse: str = ""


def name(kind: PeriodType, period: Period) -> str:
    """A month by its name; other periods by their number and their days."""
    days = bounds(kind, period)
    if kind is PeriodType.MONTH:
        return formats.full_month(days.first)
    said = _("period %(number)s of %(year)s (%(first)s to %(last)s)")
    if kind is PeriodType.WEEK:
        said = _("week %(number)s of %(year)s (%(first)s to %(last)s)")
    elif kind is PeriodType.YEAR:
        return str(period.year)
    return said % {
        "number": period.number,
        "year": period.year,
        "first": formats.day(days.first),
        "last": formats.day(days.last),
    }


def title(kind: PeriodType, period: Period) -> str:
    """The name as it begins a heading."""
    return str(capfirst(name(kind, period)))


def standing_of(runs: "Iterable[Run]") -> Standing:
    """How far a period is by the runs that cover it."""
    found = list(runs)
    locked = [run for run in found if run.locked]
    if not found:
        return Standing(Progress.NONE)
    made = [run.run_at for run in locked or found if run.run_at]
    return Standing(Progress.DONE if locked else Progress.MADE, max(made, default=None))


def status(standing: Standing, *, back: int) -> Status:
    """In a few words. `back`: how many periods before the current one it is; below zero it is still to come."""
    if standing.progress is None and not standing.lapse:
        return Status(Level.NEUTRAL, _("not known yet"), "circle-dashed")
    if standing.progress == Progress.DONE:
        return Status(Level.FINE, _("final"), "lock")
    if standing.progress == Progress.MADE:
        return Status(Level.SOON, _("calculated, being checked"), "hourglass")
    if standing.lapse:
        return LAPSED[standing.lapse]
    if back > 0:
        return Status(Level.NEUTRAL, _("no payroll known"), "minus")
    return Status(Level.NEUTRAL, _("still to come") if back < 0 else _("not calculated yet"), "circle-dashed")


def sentence(standing: Standing, period: str, *, back: int) -> str:
    """The same in a sentence, with the day where it is known."""
    day = formats.day(standing.at) if standing.at else ""
    said = {"period": period, "day": day}
    if standing.progress is None and not standing.lapse:
        return _("How far the payroll of %(period)s is, is not known yet.") % said
    if standing.progress == Progress.DONE:
        text = _("The payroll of %(period)s is final. It was calculated on %(day)s.")
        return (text if day else _("The payroll of %(period)s is final.")) % said
    if standing.progress == Progress.MADE:
        text = _("The payroll of %(period)s was calculated on %(day)s and is being checked. It may still change.")
        plain = _("The payroll of %(period)s was calculated and is being checked. It may still change.")
        return (text if day else plain) % said
    if standing.lapse == Lapse.NOBODY:
        return _("Nobody is in service in %(period)s, so there is no payroll.") % said
    if standing.lapse:
        return _("The payroll has ended: there is none of %(period)s.") % said
    if back > 0:
        return _("No payroll of %(period)s is known.") % said
    if back < 0:
        return _("%(period)s is still to come.") % (said | {"period": capfirst(period)})
    return _("The payroll of %(period)s has not been calculated yet.") % said


def due_words(row: Deadline) -> str:
    """What happens on the day, for whoever waits for it."""
    return {
        Kind.PAYMENT: _("Wages are paid"),
        Kind.RETURN: _("Wage-tax return is sent and paid"),
        Kind.PENSION: _("Pension return is sent"),
    }[Kind(row.kind)]
