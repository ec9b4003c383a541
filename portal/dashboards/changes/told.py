"""Changes in the reader's words: whose, which field, from what to what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.companies.models import Run
from portal.companies.standing import run_period
from portal.dashboards.changes.unseen import CAPABILITY
from portal.employees.models import EmployeeType
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
    has a page. `old` and `new` are None
    of a sensitive field, of which only is told that it changed.
    """

    change: Change
    firm: int
    whose: str
    url: str
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
    kind = registry[change.resource]
    if change.employee is not None:
        whose, url = str(change.employee), reverse("employees:person", args=[change.employee_id])
    else:
        whose, url = _name_of(records.get((change.resource, change.environment_id, change.row_key))), ""
    return Told(
        change=change,
        firm=change.firm,
        whose=whose,
        url=url,
        kind=capfirst(kind.label),
        field=capfirst(label_of(kind.model, change.field)),
        old=None if change.sensitive else _value(kind, change.field, change.old, change.old_type),
        new=None if change.sensitive else _value(kind, change.field, change.new, change.new_type),
    )


def _records(user: "Person", changes: Iterable[Change]) -> dict[tuple[str, int, str], Any]:
    """The rows of companies and clients that changed, by kind, environment and key; of people the person is enough."""
    wanted: dict[str, set[tuple[int, str]]] = {}
    for change in changes:
        if change.employee_id is None and change.resource in registry:
            wanted.setdefault(change.resource, set()).add((change.environment_id, change.row_key))
    arms = {}
    for name, keys in wanted.items():
        rows = registry[name].model.everything.visible_to(user, CAPABILITY)
        arms[name] = rows.filter(environment__in={one for one, _key in keys}, key__in={key for _one, key in keys})
    read = read_together(arms)
    return {(name, row.environment_id, row.key): row for name, rows in read.items() for row in rows}


def _name_of(row: Any) -> str:
    """What a reader knows the record by; nothing where its kind says it all."""
    if isinstance(row, Run):
        return _("run %(number)s of %(period)s") % {"number": row.number, "period": run_period(row)}
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
