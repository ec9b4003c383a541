"""When we learned what a record says: from the log of what syncs found, and from when its row was first seen."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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

#: Somebody's records, by kind.
Rows = Mapping[Kind, Sequence[EmployeeInterval]]


@dataclass(frozen=True)
class Log:
    """What was learned of somebody's records.

    `entries`: oldest first, by kind and key. `since`: by kind when the first of their records was seen; what came later
    was not there when the kind was first read.
    """

    entries: Mapping[tuple[str, str], Sequence[Change]]
    since: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, kind: Kind, row: EmployeeInterval) -> Sequence[Change]:
        """The entries of one record."""
        return self.entries.get((kind.resource.name, row.key), ())


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


def by_record(log: Iterable[Change], rows: Rows, until: datetime | None = None) -> Log:
    """The log by record, with the records themselves; `until`: only what was learned by then."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in log:
        if until is None or change.learned_at <= until:
            found.setdefault((change.resource, change.row_key), []).append(change)
    return Log(found, {kind.resource.name: min(row.first_seen for row in of) for kind, of in rows.items() if of})


def learned_at(kind: Kind, row: EmployeeInterval, log: Log) -> datetime | None:
    """When a sync first brought the record; None where it was there when the kind was first read.

    The log tells it of what is watched, for as long as it is kept. Of the others it is when the row was first seen,
    where another one of the kind was seen before it.
    """
    added = [one for one in log.of(kind, row) if one.kind == ChangeKind.ADDED]
    if added:
        return added[0].learned_at
    since = log.since.get(kind.resource.name)
    return row.first_seen if since is not None and row.first_seen > since else None


def learned_on(kind: Kind, row: EmployeeInterval, log: Log) -> date | None:
    """The day of that."""
    moment = learned_at(kind, row, log)
    return _day(moment) if moment else None


def corrections(kind: Kind, row: EmployeeInterval, log: Log) -> list[Correction]:
    """What was changed in the record after it came, the newest first."""
    changed = [one for one in log.of(kind, row) if one.kind == ChangeKind.CHANGED]
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
    drawn = ((shown.label, shown.draw(before), shown.draw(after)) for shown in kind.fields)
    return tuple(Corrected(label, was, now) for label, was, now in drawn if was != now)


def _day(moment: datetime) -> date:
    return moment.astimezone(AMSTERDAM).date()
