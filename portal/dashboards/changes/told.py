"""Changes in the reader's words: whose, which field, from what to what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.companies.models import (
    CompanySalaryScale,
    CompanyWageFixed,
    CompanyWageVariable,
    HourCode,
    Run,
    WageCode,
)
from portal.companies.standing import run_period
from portal.dashboards.changes.unseen import CAPABILITY
from portal.employees.models import CostShare, EmployeeType, LeaseCar
from portal.mirror.models import Change, ChangeKind, CompanyPeriodFact
from portal.mirror.resource import Resource, registry
from portal.mirror.together import read_together
from portal.privacy.labels import label_of
from portal.ui import markup

if TYPE_CHECKING:
    from portal.companies.freshness import Person


@dataclass(frozen=True)
class Told:
    """One change as pages show it.

    `firm`: the office whose data it is. `whose`: the person, else the record of the company or client; `url` where it
    has a page. `record`: which of several records of a person it is, such as the wage code. `old` and `new` are None of
    a sensitive field, of which only is told that it changed.
    """

    change: Change
    firm: int
    whose: str
    url: str
    record: str
    kind: str
    field: str
    old: SafeString | None
    new: SafeString | None

    @property
    def happened(self) -> str:
        """What became of the record."""
        return str(self.change.get_kind_display())

    @property
    def is_secret(self) -> bool:
        """Whether only is told that it changed."""
        return self.new is None

    @property
    def is_first(self) -> bool:
        """Whether there was no value before."""
        return not self.change.old

    @property
    def is_removed(self) -> bool:
        """Whether the record is not in Nmbrs any more, so that there is no new value."""
        return self.change.kind == ChangeKind.REMOVED


def complete(changes: "QuerySet[Change]") -> "QuerySet[Change]":
    """The changes with what telling them takes: the person, company, office, and names of what a column refers to.

    Employee types belong to the environment, which an accountant does not hold: they are read through the change.
    """
    types = EmployeeType.everything.filter(environment=OuterRef("environment")).annotate(text=Cast("pk", CharField()))
    return changes.select_related("employee", "company").annotate(
        firm=F("environment__firm"),
        old_type=Subquery(types.filter(text=OuterRef("old")).values("description")[:1]),
        new_type=Subquery(types.filter(text=OuterRef("new")).values("description")[:1]),
    )


def tell(user: "Person", changes: Sequence[Any]) -> list[Told]:
    """These changes (from `complete`) in words, in their order. One query at most."""
    records = _records(user, changes)
    return [_told(change, records) for change in changes if change.resource in registry]


def _told(change: Any, records: Mapping[tuple[str, int, str], Any]) -> Told:
    kind, record = registry[change.resource], ""
    row = records.get((change.resource, change.environment_id, change.row_key))
    if change.employee is not None:
        whose, url = str(change.employee), reverse("employees:person", args=[change.employee_id])
        record = _record(row)
    else:
        whose, url = _name_of(row), ""
    return Told(
        change=change,
        firm=change.firm,
        whose=whose,
        url=url,
        record=record,
        kind=capfirst(kind.label),
        field=capfirst(label_of(kind.model, change.field)),
        old=None if change.sensitive else _value(kind, change.field, change.old, change.old_type),
        new=None if change.sensitive else _value(kind, change.field, change.new, change.new_type),
    )


def _records(user: "Person", changes: Iterable[Change]) -> dict[tuple[str, int, str], Any]:
    """The rows that changed, by kind, environment and key: of companies and clients, and of people those of which
    somebody may have several at a time. Components get `code_description`: what their code means now."""
    wanted: dict[str, set[tuple[int, str]]] = {}
    companies: set[int | None] = set()
    for change in changes:
        if change.resource in registry and (change.employee_id is None or change.resource in _SEVERAL):
            wanted.setdefault(change.resource, set()).add((change.environment_id, change.row_key))
            companies.add(change.company_id)
    arms: dict[Any, QuerySet[Any]] = {}
    for name, keys in wanted.items():
        rows = registry[name].model.everything.visible_to(user, CAPABILITY)
        arms[name] = rows.filter(environment__in={one for one, _key in keys}, key__in={key for _one, key in keys})
    for codes, carriers in _CODES.items():
        carried = [arms[name].order_by().values("code") for name in carriers if name in arms]
        if carried:
            which = reduce(or_, (Q(code__in=one) for one in carried))
            own = codes.objects.visible_to(user, codes.resource.capability)
            arms[codes] = own.filter(which, company__in=companies).order_by("valid_from", "pk")
    read = read_together(arms)
    for codes, carriers in _CODES.items():
        described = {(one.company_id, one.code): one.description for one in read.get(codes, [])}
        for row in (row for name in carriers for row in read.get(name, [])):
            row.code_description = described.get((row.company_id, row.code), "")
    return {(name, row.environment_id, row.key): row for name, rows in read.items() if name in wanted for row in rows}


#: Codes of the company -> the kinds of record that carry them.
_CODES: Mapping[Any, tuple[str, ...]] = {
    HourCode: ("fixed_hours", "variable_hours"),
    WageCode: ("fixed_wage_components", "variable_wage_components", "company_wage_fixed", "company_wage_variable"),
}
#: Kinds of which a person may have several records at a time: it is told which one it is.
_SEVERAL = frozenset({*(name for names in _CODES.values() for name in names), "employee_cost_centers", "lease_cars"})


def _record(row: Any) -> str:
    """Which of several records of a person this is; nothing where the row is gone."""
    if isinstance(row, CostShare):
        return " ".join(filter(None, (row.center_code, row.center_description, row.unit_code, row.unit_description)))
    if isinstance(row, LeaseCar):
        return row.plate
    return _component(row) if row is not None else ""


def _component(row: Any) -> str:
    return f"{row.code} {row.code_description}".strip()


def _name_of(row: Any) -> str:
    """What a reader knows the record by; nothing where its kind says it all."""
    if isinstance(row, Run):
        return _("run %(number)s of %(period)s") % {"number": row.number, "period": run_period(row)}
    if isinstance(row, CompanyWageFixed | CompanyWageVariable):
        return f"{_component(row)} · {row.year}-{row.number:02d}"
    if isinstance(row, CompanySalaryScale):
        return f"{row} · {row.year}-{row.number:02d}"
    if isinstance(row, CompanyPeriodFact):
        return f"{row.year}-{row.number:02d}"
    for names in (("code", "description"), ("name",), ("text",)):
        if text := " · ".join(str(getattr(row, name)) for name in names if getattr(row, name, None)):
            return text
    return ""


def _column(kind: Resource, name: str) -> Any:
    try:
        return kind.model._meta.get_field(name)
    except FieldDoesNotExist:
        # A column of an earlier version of the portal.
        return None


def _value(kind: Resource, name: str, text: str, referred: str | None) -> SafeString:
    """A value as the log keeps it, drawn as its column is; what does not read as one stays the text that it is."""
    if not text:
        return markup.missing()
    column = _column(kind, name)
    if isinstance(column, models.ForeignKey):
        return markup.words(referred)
    if column is None:
        return markup.words(text)
    try:
        value = column.to_python(text)
    except (ValidationError, InvalidOperation, ValueError):
        return markup.words(text)
    if column.flatchoices:
        return markup.words(str(dict(column.flatchoices).get(value, text)))
    if isinstance(value, bool):
        return markup.yes_or_no(value)
    if isinstance(value, datetime):
        return markup.moment(value)
    if isinstance(value, date):
        return markup.day(value)
    if isinstance(value, Decimal):
        places = max(0, -int(value.normalize().as_tuple().exponent))
        return markup.number(value, max(places, 2) if places else 0)
    return markup.words(text)
