"""How somebody's work is shown."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.employees.kinds import shown
from portal.employees.kinds.shown import Kind, Shown
from portal.employees.models import (
    AgreementOfEmployee,
    Contract,
    Department,
    Employment,
    Function,
    ManagerOfEmployee,
    Schedule,
)
from portal.employees.people import fortnight
from portal.employees.wages import WEEK_ONE, WEEK_TWO
from portal.ui import formats, markup


def _week(days: tuple[str, ...]) -> Callable[[Any], SafeString]:
    def draw(row: Schedule) -> SafeString:
        hours: list[Decimal] = [getattr(row, day) for day in days]
        return markup.words(" · ".join(_hours(value) for value in hours) if any(hours) else None)

    return draw


def _hours(value: Decimal) -> str:
    return formats.number(value, 0 if value == int(value) else 2)


EMPLOYMENT = Kind(
    Employment,
    _("Employment"),
    "briefcase",
    (
        Shown(_("First day"), shown.day("valid_from")),
        Shown(_("Last day"), shown.end),
        Shown(_("First start"), shown.day("initial_start_date")),
    ),
)

CONTRACT = Kind(
    Contract,
    _("Contract"),
    "contract",
    (
        Shown(_("First day"), shown.day("valid_from")),
        Shown(_("Last day"), shown.end),
        Shown(_("Indefinite"), shown.yes_or_no("indefinite")),
        Shown(_("Written"), shown.yes_or_no("written")),
        Shown(_("Trial period until"), shown.day("trial_until")),
        Shown(_("Hours a week"), shown.number("hours_per_week", 2)),
        Shown(_("Nature of employment"), shown.code("employment_nature")),
        Shown(_("Phase"), shown.code("phase")),
        Shown(_("Sequence for the tax office"), shown.code("sequence")),
    ),
)

SCHEDULE = Kind(
    Schedule,
    _("Schedule"),
    "calendar",
    (
        Shown(_("Part-time %"), shown.number("part_time_percentage", 2)),
        Shown(_("Hours a week"), lambda row: markup.number(fortnight(row) / 2, 2)),
        Shown(_("Hours Monday to Sunday"), _week(WEEK_ONE)),
        Shown(_("Hours in the other week"), _week(WEEK_TWO)),
    ),
)

DEPARTMENT = Kind(
    Department,
    _("Department"),
    "sitemap",
    (Shown(_("Department"), shown.text("description")), Shown(_("Code"), shown.code("code"))),
)

FUNCTION = Kind(
    Function,
    _("Function"),
    "id-badge-2",
    (Shown(_("Function"), shown.text("description")), Shown(_("Code"), shown.code("code"))),
)

MANAGER = Kind(
    ManagerOfEmployee,
    _("Manager"),
    "user-circle",
    (
        Shown(_("Name"), lambda row: markup.words(" ".join(part for part in (row.first_name, row.last_name) if part))),
        Shown(_("Number"), shown.code("number")),
    ),
)

AGREEMENT = Kind(
    AgreementOfEmployee,
    _("Labour agreement"),
    "contract",
    (Shown(_("Labour agreement"), shown.text("description")), Shown(_("Number"), shown.code("number"))),
    term="labour_agreement",
)
