"""Chains of rows of which some cannot be read any more: the old row of a record in quarantine stays, and stays in line.

Without it the row before it would take its days as well, and a question by day would meet two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from portal.mirror.dating import ByDate, ByPeriod
from portal.mirror.resource import Resource
from portal.mirror.scope import MirrorScope

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Keys in one question.
CHUNK = 500


class Moved(NamedTuple):
    """A row that stays and ends on another day than before (None: not at all)."""

    pk: int
    start: date
    until: date | None


def chain(
    resource: Resource, scope: MirrorScope, rows: Mapping[str, dict[str, Any]], *, bad: Iterable[str], nameless: bool
) -> list[Moved]:
    """Give `rows` of an answer, by key, what follows from them together, in line with the rows that stay.

    `bad` are the keys of records in quarantine; when one is `nameless` every row of ours may be its row and stays. One
    query where there are any. Chains are whole: no kind that has them is asked window by window.
    """
    staying = _staying(resource, scope, rows, bad, nameless=nameless)
    until = {row["pk"]: row["valid_until"] for row in staying}
    resource.dating.chain([*rows.values(), *staying])
    return [
        Moved(row["pk"], row["valid_from"], row["valid_until"])
        for row in staying
        if row["valid_until"] != until[row["pk"]]
    ]


def _staying(
    resource: Resource, scope: MirrorScope, rows: Mapping[str, Any], bad: Iterable[str], *, nameless: bool
) -> list[dict[str, Any]]:
    keys = list(bad)
    if not isinstance(resource.dating, ByDate | ByPeriod) or not (keys or nameless):
        return []
    ours: QuerySet[Any] = resource.model.everything.filter(missing_since__isnull=True, **scope.columns)
    wanted = ("pk", "key", "valid_from", "valid_until", "created_at", "remote_id", *resource.dating.by)
    if nameless:
        return [row for row in ours.values(*wanted) if row["key"] not in rows]
    return [
        row
        for start in range(0, len(keys), CHUNK)
        for row in ours.filter(key__in=keys[start : start + CHUNK]).values(*wanted)
    ]
