"""When we learned what a record says: from the log of what syncs found changed."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import InvalidOperation
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.safestring import SafeString

from portal.accounts.prepared import PreparedRows
from portal.clock import AMSTERDAM
from portal.employees.kinds import Kind
from portal.employees.models import Employee
from portal.mirror.models import Change, ChangeKind, EmployeeInterval

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from portal.companies.freshness import Person as Reader

#: What was learned of a record, oldest first, by kind and key.
Log = Mapping[tuple[str, str], Sequence[Change]]


@dataclass(frozen=True)
class Corrected:
    """A field that a record had otherwise before."""

    label: "str | _StrPromise"
    before: SafeString
    after: SafeString


@dataclass(frozen=True)
class Correction:
    """What a sync found changed in a record that we had: on which day, and what.

    `effective`: the day from which it counts. `secret`: something changed of which no value is kept.
    """

    learned: date
    effective: date | None
    changes: tuple[Corrected, ...]
    secret: bool


def log_of(request: HttpRequest, person: Employee) -> list[Change]:
    """Everything that was learned of somebody's records, oldest first; read once for the page."""
    known: list[Change] | None = person.__dict__.get("_log")
    if known is None:
        rows: list[Any] = _learned(request.user, person.pk)
        known = person.__dict__["_log"] = rows
    return known


@PreparedRows
def _learned(user: "Reader", person: int) -> "QuerySet[Any]":
    return Change.objects.visible_to(user).filter(employee=person).order_by("learned_at", "pk")


def by_record(log: Iterable[Change], until: datetime | None = None) -> Log:
    """The log by record; `until`: only what was learned by then."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in log:
        if until is None or change.learned_at <= until:
            found.setdefault((change.resource, change.row_key), []).append(change)
    return found


def learned_at(kind: Kind, row: EmployeeInterval, log: Log) -> datetime | None:
    """When a sync first brought the record; None where it was there when the kind was first read."""
    added = [one for one in log.get((kind.resource.name, row.key), ()) if one.kind == ChangeKind.ADDED]
    return added[0].learned_at if added else None


def learned_on(kind: Kind, row: EmployeeInterval, log: Log) -> date | None:
    """The day of that."""
    moment = learned_at(kind, row, log)
    return _day(moment) if moment else None


def corrections(kind: Kind, row: EmployeeInterval, log: Log) -> list[Correction]:
    """What was changed in the record after it came, the newest first."""
    changed = [one for one in log.get((kind.resource.name, row.key), ()) if one.kind == ChangeKind.CHANGED]
    found, state = [], row
    for moment, group in groupby(reversed(changed), key=lambda one: one.learned_at):
        together = list(group)
        before = _before(state, together)
        found.append(
            Correction(
                learned=_day(moment),
                effective=min((one.effective for one in together if one.effective), default=None),
                changes=_differences(kind, before, state),
                secret=any(one.sensitive for one in together),
            )
        )
        state = before
    return [one for one in found if one.changes or one.secret]


def _before(row: EmployeeInterval, changes: Iterable[Change]) -> EmployeeInterval:
    """The record as it was before these changes. Never save it."""
    earlier: Any = copy.copy(row)
    for change in changes:
        if change.sensitive:
            continue
        column: Any = next((one for one in row._meta.concrete_fields if one.name == change.field), None)
        if column is None or column.is_relation:
            continue
        try:
            value = None if change.old == "" and column.null else column.to_python(change.old)
        except (ValidationError, InvalidOperation, ValueError):
            continue
        setattr(earlier, column.attname, value)
    return earlier  # type: ignore[no-any-return]


def _differences(kind: Kind, before: Any, after: Any) -> tuple[Corrected, ...]:
    drawn = ((field.label, field.draw(before), field.draw(after)) for field in kind.fields)
    return tuple(Corrected(label, was, now) for label, was, now in drawn if was != now)


def _day(moment: datetime) -> date:
    return moment.astimezone(AMSTERDAM).date()
