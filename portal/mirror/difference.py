"""What has to be written: an answer compared with the rows we have. Reads the database, writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from portal import clock
from portal.mirror.asked import Asked
from portal.mirror.chains import Moved
from portal.mirror.dating import Observed
from portal.mirror.packed import Packed
from portal.mirror.prepare import LONGEST_KEY, Drafts
from portal.mirror.rekeying import rekeyed
from portal.source import LoopValue
from portal.vault import same_key

Rows = Sequence[dict[str, Any]] | Packed

#: Between the key of what is observed and the day it was first seen.
SINCE = "@"


class Stored(NamedTuple):
    """What must be known of a row we have."""

    pk: int
    fingerprint: bytes
    present: bool
    start: date | None


@dataclass
class Difference:
    """What has to be written.

    `write`    rows to insert or update, by column.
    `rekeyed`  rows that say what they said and get a fingerprint of the newest key: written, and no change.
    `returned` keys of the written rows that had been missing.
    `before`   key of a written row -> primary key of the row that it changes or takes over from.
    `absent`   rows that the complete answer lacks: they get `missing_since`.
    `moved`    rows that stay though their record is in quarantine, and end on another day.
    `closed`   observed rows that are over, with the day after their last.
    `since`    the first day on which something may differ (None: any day).
    """

    write: Rows = field(default_factory=list)
    rekeyed: Rows = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)
    added: int = 0
    returned: set[str] = field(default_factory=set)
    absent: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    over: date | None = None
    active_before: int = 0
    gone: int = 0
    since: date | None = None
    dated: bool = False


def compare(asked: Asked, drafts: Drafts) -> Difference:
    """The difference between the answer and the rows in the window that was asked."""
    dated = any(column.name == "valid_from" for column in asked.resource.model._meta.concrete_fields)
    if isinstance(asked.resource.dating, Observed):
        return _observe(asked, drafts)
    stored = _stored(window_of(asked), dated=dated)
    difference = Difference(dated=dated, active_before=sum(row.present for row in stored.values()))
    difference.moved = drafts.moved
    touched: list[date | None] = [row.start for row in drafts.moved]
    now = clock.now()
    write: list[dict[str, Any]] = []
    difference.rekeyed, differing = _differing(asked, drafts.rows, stored)
    for key, values in differing.items():
        row = stored.get(key)
        if row is None:
            difference.added += 1
        else:
            difference.before[key] = row.pk
            if not row.present:
                difference.returned.add(key)
        touched += [values.get("valid_from"), row.start if row else None]
        write.append(values)
        values.update({"key": key, "first_seen": now, "last_changed": now, "missing_since": None})
    if not drafts.nameless:
        for key, row in stored.items():
            if row.present and key not in drafts.rows and key not in drafts.bad_keys:
                difference.absent.append(row.pk)
                touched.append(row.start)
    difference.write = write
    difference.gone = len(difference.absent)
    difference.since = min((day for day in touched if day is not None), default=None)
    return difference


def _observe(asked: Asked, drafts: Drafts) -> Difference:
    """Open an interval for what is seen for the first time, close it for what is not seen any more."""
    today = clock.today()
    open_rows = {
        key.rpartition(SINCE)[0]: row
        for key, row in _stored(window_of(asked).filter(valid_until__isnull=True), dated=True).items()
    }
    difference = Difference(dated=True, active_before=len(open_rows), over=today, since=today)
    now = clock.now()
    write: list[dict[str, Any]] = []
    seen = {_base(key): values for key, values in drafts.rows.items()}
    difference.rekeyed, differing = _differing(asked, seen, open_rows)
    for name, values in differing.items():
        row = open_rows.get(name)
        key = f"{name}{SINCE}{today.isoformat()}"
        if row is None:
            difference.added += 1
        else:
            difference.before[key] = row.pk
            # Another value on the day that the first one was seen takes its place.
            if row.start != today:
                difference.closed.append(row.pk)
        write.append(values)
        values.update(
            {
                "key": key,
                "valid_from": today,
                "valid_until": None,
                "first_seen": now,
                "last_changed": now,
                "missing_since": None,
            }
        )
    difference.write = write
    if not drafts.nameless:
        bad = {_base(key) for key in drafts.bad_keys}
        over = [row for name, row in open_rows.items() if name not in seen and name not in bad]
        difference.closed += [row.pk for row in over]
        difference.gone = len(over)
    return difference


def _differing(
    asked: Asked, drafts: Mapping[str, dict[str, Any]], stored: Mapping[str, Stored]
) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The drafts that only need a fingerprint of the newest key, and those that say what no row of ours says.

    What is back after it was missing is news whatever it says; what is observed is closed instead.
    """
    observed = isinstance(asked.resource.dating, Observed)
    differing = {
        key: values
        for key, values in drafts.items()
        if (row := stored.get(key)) is None or row.fingerprint != values["fingerprint"] or not (row.present or observed)
    }
    doubtful = {
        row.pk: values
        for key, values in differing.items()
        if (row := stored.get(key)) is not None
        and (row.present or observed)
        # Without any it is written anew: what it stands for is not in the row any more.
        and row.fingerprint
        and not same_key(row.fingerprint, values["fingerprint"])
    }
    if not doubtful:
        return [], differing
    same = rekeyed(asked.resource, doubtful)
    return list(same.values()), {
        key: values for key, values in differing.items() if (row := stored.get(key)) is None or row.pk not in same
    }


def _base(key: str) -> str:
    """What is left of a key beside the day it was first seen."""
    return key[: LONGEST_KEY - len(SINCE) - 10]


def window_of(asked: Asked) -> "QuerySet[Any]":
    """The rows that the answer is about: those of the scope, inside the windows of its loops."""
    rows: QuerySet[Any] = asked.resource.model.everything.filter(**asked.scope.columns)
    for name, loop in asked.resource.loops.items():
        if loop.window:
            rows = rows.filter(_inside(loop.window, asked.loops[name]))
    return rows


def _inside(window: str | Mapping[str, str], values: Sequence[LoopValue]) -> Q:
    if isinstance(window, str):
        return Q(**{f"{window}__in": list(values)})
    inside = Q(pk__in=[])
    for value in values:
        if not isinstance(value, str):
            inside |= Q(**{column: value[part] for column, part in window.items()})
    return inside


def _stored(rows: "QuerySet[Any]", *, dated: bool) -> dict[str, Stored]:
    start = ("valid_from",) if dated else ()
    return {
        key: Stored(pk, bytes(fingerprint), missing is None, first[0] if first else None)
        for key, pk, fingerprint, missing, *first in rows.values_list(
            "key", "pk", "fingerprint", "missing_since", *start
        )
    }
