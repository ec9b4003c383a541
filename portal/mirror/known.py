"""What the mirror knew at an earlier moment: what a run of that day saw (nmbrs.md 4.3, rule 5).

Of the rows we have those count that Nmbrs had created by then (where it does not say when: that we had seen by then)
and that were not missing. What was changed in them since is set back by the change log, and their ends are worked out
anew from the rows that are left. What nobody watches cannot be set back: such a row says that it is `unsure`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from portal.mirror.dating import ByDate, ByPeriod, Observed, Spell
from portal.mirror.models import Change, ChangeKind
from portal.mirror.resource import Resource


def known_by(model: type[models.Model], moment: datetime) -> Q:
    """The condition under which a row of `model` was known at `moment`. Ask `everything`: it may be missing by now."""
    seen = Q(first_seen__lte=moment)
    if any(column.name == "created_at" for column in model._meta.concrete_fields):
        seen = Q(created_at__lte=moment) | Q(created_at__isnull=True) & seen
    return seen & (Q(missing_since__isnull=True) | Q(missing_since__gt=moment))


def set_back(resource: Resource, rows: Iterable[Any], log: Iterable[Change], moment: datetime) -> list[Any]:
    """The rows (from `known_by`, whole chains of them) as they were at `moment`, in their order. Never save them.

    `log`: all changes of these rows. Each row gets `unsure`: something in it was changed since and cannot be told.
    What is kept without its values is empty then.
    """
    first: dict[tuple[str, str], Change] = {}
    gone: set[str] = set()
    for change in sorted(log, key=lambda one: (one.learned_at, one.pk)):
        if change.resource != resource.name:
            continue
        if change.learned_at > moment:
            if change.kind != ChangeKind.ADDED:
                first.setdefault((change.row_key, change.field), change)
        elif change.kind == ChangeKind.REMOVED:
            gone.add(change.row_key)
        else:
            gone.discard(change.row_key)
    # What is observed is closed, not gone: it was so until then.
    found = [row for row in rows if row.key not in gone or isinstance(resource.dating, Observed)]
    ends = {row.pk: row.valid_until for row in found}
    told = {row.pk: _undo(resource, row, first) for row in found}
    _date(resource, found, moment)
    for row in found:
        changed_since = row.first_seen <= moment < row.last_changed
        row.unsure = told[row.pk] is False or (
            told[row.pk] is None and changed_since and row.valid_until == ends[row.pk]
        )
    return found


def _undo(resource: Resource, row: Any, first: dict[tuple[str, str], Change]) -> bool | None:
    """Set the watched columns back. True: all that changed; False: something is kept without its value; None: none."""
    told: bool | None = None
    for name in resource.watched:
        change = first.get((row.key, name))
        if change is None:
            continue
        column: Any = row._meta.get_field(name)
        empty = None if column.null else ""
        value = empty if change.sensitive or (change.old == "" and column.null) else column.to_python(change.old)
        if isinstance(value, Decimal):
            value = value.quantize(Decimal(1).scaleb(-column.decimal_places))
        setattr(row, column.attname, value)
        told = told is not False and not change.sensitive
    return told


def _date(resource: Resource, rows: list[Any], moment: datetime) -> None:
    """Work the ends out anew, as when the rows were read."""
    dating = resource.dating
    if isinstance(dating, ByDate | ByPeriod):
        dating.chain([row.__dict__ for row in rows])
    elif isinstance(dating, Spell):
        for row in rows:
            row.valid_until = row.end_date + timedelta(days=1) if row.end_date else None
    elif isinstance(dating, Observed):
        for row in rows:
            # It is closed once, and nothing changes in it after that.
            if row.valid_until is not None and row.last_changed > moment:
                row.valid_until = None
