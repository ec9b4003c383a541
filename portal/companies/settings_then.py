"""A panel of a company's page: the settings that held in the period."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.companies.in_period import OBSERVED, known, no_period
from portal.companies.models import (
    SCHEDULES,
    Company,
    CompanyLabourAgreement,
    CompanySalaryScale,
    CompanySalaryStep,
    CompanySalaryTable,
    CompanySchedule,
    CompanySocialSecurity,
)
from portal.companies.periods import Chosen, chosen
from portal.ui import formats, markup
from portal.ui.fields import hidden
from portal.ui.permissions import capabilities_over
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: What a labour agreement brings along, as far as the page tells it.
_BROUGHT = ("cao", "salary_table", "schedule_model", "wage_model", "hours_model", "leave_model", "reservation_model")


@dataclass(frozen=True)
class Setting:
    """A setting, and in `below` what belongs to it."""

    label: str
    value: Any
    below: str = ""


@dataclass(frozen=True)
class Scales:
    """The scales of the salary table and the steps of all of them; without any a reason says why."""

    scales: list[CompanySalaryScale]
    steps: list[CompanySalaryStep]
    reason: Missing | None
    no_steps: Missing | None
    #: The period is not the current one: of others nobody asks for steps.
    past: bool
    #: Whether the reader gets the amounts.
    sees_amounts: bool


@dataclass(frozen=True)
class Group:
    """The settings of a kind; without any `reason` says why, or there are none. `since`: the day it was first seen,
    undated in Nmbrs.
    """

    title: "str | _StrPromise"
    settings: list[Setting]
    reason: Missing | None = None
    since: date | None = None
    #: The period is over, and it was first seen later.
    too_early: bool = False
    #: Of the salary table.
    scales: Scales | None = None


def settings_then(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Labour agreements, salary table, schedules and social security, as they were in the period."""
    choice = chosen(request, company)
    if choice is None:
        return no_period(request, company)
    groups = []
    for model, (title, shown) in _KINDS.items():
        found = known(request, company, choice, model)
        since = found.rows[0].valid_from if found.rows and hasattr(found.rows[0], "valid_from") else None
        settings = [setting for row in found.rows for setting in shown(row)]
        too_early = model in OBSERVED and not found.asked
        scales = _scales(request, company, choice) if model is CompanySalaryTable and found.rows else None
        reason = None if found.reason is Missing.UNKNOWN else found.reason
        groups.append(Group(title, settings, reason, since, too_early, scales))
    return {"period": choice.label, "groups": groups}


def _agreement(row: CompanyLabourAgreement) -> list[Setting]:
    brought = [(row._meta.get_field(name), getattr(row, name)) for name in _BROUGHT]
    said = [f"{getattr(field, 'verbose_name', '')}: {value}" for field, value in brought if value]
    marks = [word for is_so, word in ((row.default, _("default")), (row.provisional, _("provisional"))) if is_so]
    return [Setting(", ".join((str(row), *marks)), "", " · ".join(said))]


def _table(row: CompanySalaryTable) -> list[Setting]:
    return [Setting(str(row), "")]


def _scales(request: HttpRequest, company: Company, choice: Chosen) -> Scales:
    scales = known(request, company, choice, CompanySalaryScale)
    steps = known(request, company, choice, CompanySalaryStep)
    places = {scale.scale: place for place, scale in enumerate(scales.rows)}
    ordered = sorted(steps.rows, key=lambda step: (places.get(step.scale, len(places)), step.value, step.step))
    sees_amounts = "value" not in hidden(CompanySalaryScale.resource, capabilities_over(request, company))
    return Scales(scales.rows, ordered, scales.reason, steps.reason, choice.period != choice.current, sees_amounts)


def _schedules(row: CompanySchedule) -> list[Setting]:
    found = []
    for number in SCHEDULES:
        week, other = getattr(row, f"week_{number}"), getattr(row, f"other_week_{number}")
        weeks = [one for one in (week, other) if one and hours(one) != 0]
        if weeks:
            said = " / ".join(dict.fromkeys(weeks))
            totals = dict.fromkeys(formats.number(total, 2) for one in weeks if (total := hours(one)) is not None)
            label = _("Schedule %(number)s, hours a week") % {"number": number}
            found.append(Setting(label, " / ".join(totals), said))
    return found


def _social_security(row: CompanySocialSecurity) -> list[Setting]:
    coded = [
        (_("Sector"), row.sector_code, row.sector),
        (_("Risk group"), row.risk_group_code, row.risk_group),
        (_("Cao"), row.cao_code, row.cao),
    ]
    found = [Setting(label, markup.words(_with_code(code, text))) for label, code, text in coded]
    for label, share in (
        (_("WGA part of the employee (%)"), row.wga_employee),
        (_("WGA part of the employer (%)"), row.wga_employer),
    ):
        found.append(Setting(label, markup.number(share, 4)))
    for label, carries in ((_("own risk WGA"), row.carries_wga), (_("own risk Ziektewet"), row.carries_sickness)):
        found.append(Setting(capfirst(label), markup.yes_or_no(carries)))
    return found


def _with_code(code: int | None, text: str) -> str:
    return " ".join(str(part) for part in (code, text) if part not in (None, ""))


def hours(week: str) -> Decimal | None:
    """The hours of a week as it is kept: seven numbers. None where it is something else: then that stands alone."""
    try:
        return sum(map(Decimal, week.split()), Decimal(0))
    except InvalidOperation:
        return None


_KINDS: dict[type[Any], "tuple[_StrPromise, Any]"] = {
    CompanyLabourAgreement: (gettext_lazy("Labour agreements"), _agreement),
    CompanySalaryTable: (gettext_lazy("Salary table"), _table),
    CompanySchedule: (gettext_lazy("Full-time schedules"), _schedules),
    CompanySocialSecurity: (gettext_lazy("Social security (SVW)"), _social_security),
}
