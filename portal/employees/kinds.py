"""Every dated kind of record of a person, and how its fields read: one description for facts and timeline."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.employees.models import (
    Address,
    Contract,
    Department,
    Employment,
    Function,
    PersonalInfo,
    Salary,
    Schedule,
)
from portal.employees.people import fortnight
from portal.employees.wages import WEEK_ONE, WEEK_TWO
from portal.mirror.models import EmployeeHistory
from portal.ui import formats, markup

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Shown:
    """One field: its label and how its value of a record reads."""

    label: "str | _StrPromise"
    draw: Callable[[Any], SafeString]


@dataclass(frozen=True)
class Kind:
    """A lane of the timeline. Records of one `chain` follow each other; `title` names a record's lane."""

    model: type[EmployeeHistory]
    label: "str | _StrPromise"
    icon: str
    fields: tuple[Shown, ...]
    chain: Callable[[Any], str] = lambda row: ""

    @property
    def resource(self) -> str:
        """The name of the mirrored kind."""
        return self.model.resource.name


def _text(name: str) -> Callable[[Any], SafeString]:
    return lambda row: markup.words(getattr(row, name))


def _number(name: str, places: int = 0) -> Callable[[Any], SafeString]:
    return lambda row: markup.number(getattr(row, name), places)


def _code(name: str) -> Callable[[Any], SafeString]:
    """A number that names something is not grouped in thousands."""
    return lambda row: markup.words(None if getattr(row, name) is None else str(getattr(row, name)))


def _day(name: str) -> Callable[[Any], SafeString]:
    return lambda row: markup.day(getattr(row, name))


def _choice(name: str) -> Callable[[Any], SafeString]:
    """The words of a choice; a value that is not listed stays as it is."""
    return lambda row: markup.words(getattr(row, f"get_{name}_display")())


def _yes_or_no(name: str) -> Callable[[Any], SafeString]:
    words = {True: _("yes"), False: _("no"), None: None}
    return lambda row: markup.words(words[getattr(row, name)])


def _street(row: Address) -> SafeString:
    return markup.words(" ".join(part for part in (row.street, row.house_number, row.addition) if part))


def _place(row: Address) -> SafeString:
    return markup.words(" ".join(part for part in (row.postal_code, row.city) if part))


def _end(row: Any) -> SafeString:
    return markup.day(row.end_date) if row.end_date else markup.words(_("open"))


def _amount(row: Salary) -> SafeString:
    """Four decimals only where they are used: hourly wages."""
    places = 2 if row.amount == round(row.amount, 2) else 4
    return markup.money(row.amount, places)


def _week(days: tuple[str, ...]) -> Callable[[Any], SafeString]:
    def draw(row: Schedule) -> SafeString:
        hours: list[Decimal] = [getattr(row, day) for day in days]
        return markup.words(" · ".join(_hours(value) for value in hours) if any(hours) else None)

    return draw


def _hours(value: Decimal) -> str:
    return formats.number(value, 0 if value == int(value) else 2)


KINDS: tuple[Kind, ...] = (
    Kind(
        Employment,
        _("Employment"),
        "briefcase",
        (
            Shown(_("First day"), _day("valid_from")),
            Shown(_("Last day"), _end),
            Shown(_("First start"), _day("initial_start_date")),
        ),
    ),
    Kind(
        Contract,
        _("Contract"),
        "contract",
        (
            Shown(_("First day"), _day("valid_from")),
            Shown(_("Last day"), _end),
            Shown(_("Indefinite"), _yes_or_no("indefinite")),
            Shown(_("Written"), _yes_or_no("written")),
            Shown(_("Trial period until"), _day("trial_until")),
            Shown(_("Hours a week"), _number("hours_per_week", 2)),
            Shown(_("Nature of employment"), _code("employment_nature")),
            Shown(_("Phase"), _code("phase")),
            Shown(_("Sequence for the tax office"), _code("sequence")),
        ),
    ),
    Kind(
        Salary,
        _("Salary"),
        "currency-euro",
        (
            Shown(_("Kind of salary"), _choice("salary_type")),
            Shown(_("Amount"), _amount),
            Shown(_("Scale"), _text("scale")),
            Shown(_("Step"), _text("step")),
        ),
    ),
    Kind(
        Schedule,
        _("Schedule"),
        "calendar",
        (
            Shown(_("Part-time %"), _number("part_time_percentage", 2)),
            Shown(_("Hours a week"), lambda row: markup.number(fortnight(row) / 2, 2)),
            Shown(_("Hours Monday to Sunday"), _week(WEEK_ONE)),
            Shown(_("Hours in the other week"), _week(WEEK_TWO)),
        ),
    ),
    Kind(
        Department,
        _("Department"),
        "sitemap",
        (Shown(_("Department"), _text("description")), Shown(_("Code"), _code("code"))),
    ),
    Kind(
        Function,
        _("Function"),
        "id-badge-2",
        (Shown(_("Function"), _text("description")), Shown(_("Code"), _code("code"))),
    ),
    Kind(
        PersonalInfo,
        _("Personal"),
        "user",
        (
            Shown(_("Title"), _text("title")),
            Shown(_("First name"), _text("first_name")),
            Shown(_("Initials"), _text("initials")),
            Shown(_("Prefix"), _text("prefix")),
            Shown(_("Last name"), _text("last_name")),
            Shown(_("Date of birth"), _day("birthday")),
            Shown(_("Telephone at work"), _text("phone_work")),
            Shown(_("Mobile telephone at work"), _text("mobile_work")),
            Shown(_("E-mail address at work"), _text("email_work")),
        ),
    ),
    Kind(
        Address,
        _("Address"),
        "map-pin",
        (
            Shown(_("Kind of address"), _choice("address_type")),
            Shown(_("Street"), _street),
            Shown(_("Place"), _place),
            Shown(_("Region"), _text("region")),
            Shown(_("Country"), _text("country")),
        ),
        chain=lambda row: str(row.address_type),
    ),
)
