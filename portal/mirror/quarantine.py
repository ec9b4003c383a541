"""Records that could not be read are set aside, one by one, with what came; those that read well again leave."""

import json
from collections.abc import Sequence

from django.db.models import Q

from portal import clock
from portal.mirror.asked import Asked
from portal.mirror.marks import columns_of
from portal.mirror.models import Quarantine, Reason
from portal.mirror.prepare import Drafts, Refused
from portal.mirror.resource import PERSON, Loop, Resource
from portal.mirror.scope import MirrorScope
from portal.source import LoopValue

#: So many records of one answer are kept one by one; the count of the others is in the run.
MOST = 100
#: Characters of a record that are kept.
LONGEST = 4000
#: Characters of the ids of a record without a readable key; the rest of the row's key is its window and its mark.
LONGEST_IDS = 40
#: Records without a readable key.
NAMELESS = ~Q(mark=b"") & ~Q(reason=Reason.KILLED)
#: In place of a column, where the worker died before it had an answer about a person.
PERSON_FIELD = "@person"


def killers(resource: Resource, scope: MirrorScope) -> dict[bytes, bool]:
    """Marks of the records of a kind and scope that killed a worker -> whether one asked for another try. One query."""
    rows = Quarantine.objects.filter(scope_key=scope.key, resource=resource.name, reason=Reason.KILLED)
    return {bytes(mark): retry for mark, retry in rows.exclude(mark=b"").values_list("mark", "retry")}


def deadly_people(resource: Resource, scope: MirrorScope) -> dict[str, bool]:
    """Remote ids of the people over whom a worker died -> whether somebody asked for another try. One query."""
    rows = Quarantine.objects.filter(scope_key=scope.key, resource=resource.name, field=PERSON_FIELD)
    return dict(rows.values_list("row_key", "retry"))


def set_aside(asked: Asked, drafts: Drafts) -> None:
    """Bring the quarantine of this kind and scope to what the answer came to. Inside the publishing transaction.

    A slice of people or a window of periods says nothing about other records, so only records that read well now are
    let go then, and records without a readable key that the window would have held.
    """
    mine = Quarantine.objects.filter(scope_key=asked.scope.key, resource=asked.resource.name)
    refused_at = {(_row_key(asked, refused), refused.column): refused for refused in drafts.refused}
    asked_about = [person for person in asked.loops.get(PERSON, ()) if isinstance(person, str)]
    apart = mine
    if any(loop.window for loop in asked.resource.loops.values()):
        apart = mine.filter(
            ~Q(field=PERSON_FIELD) & Q(row_key__in=list(drafts.rows))
            | Q(field=PERSON_FIELD, row_key__in=asked_about)
            | NAMELESS
        )
    for old in apart.only("pk", "row_key", "field", "reason", "mark"):
        if (old.row_key, old.field) not in refused_at and _was_asked(asked, old):
            old.delete()
    if not refused_at:
        return
    now = clock.now()
    known = {
        (row.row_key, row.field): row
        for row in mine.filter(row_key__in={key for key, _ in refused_at})
        if (row.row_key, row.field) in refused_at
    }
    fresh: dict[tuple[str, str], Quarantine] = {}
    # What kills workers comes first: it must not be forgotten for want of room.
    for place, refused in sorted(refused_at.items(), key=lambda one: one[1].reason != Reason.KILLED):
        row = known.get(place)
        if row is None:
            if len(fresh) + len(known) >= MOST:
                break
            row = fresh[place] = Quarantine(
                environment_id=asked.scope.environment_id,
                debtor_id=asked.scope.debtor_id,
                company_id=asked.scope.company_id,
                scope_key=asked.scope.key,
                resource=asked.resource.name,
                row_key=place[0],
                field=refused.column,
                first_seen=now,
            )
        row.raw = json.dumps(dict(refused.texts), ensure_ascii=False)[:LONGEST] if refused.texts else ""
        row.last_seen = now
        row.reason, row.mark, row.retry = refused.reason, refused.mark, False
    Quarantine.objects.bulk_create(fresh.values())
    for row in known.values():
        # Not bulk_update: the texts are encrypted together with their row.
        row.save(update_fields=["raw", "last_seen", "reason", "mark", "retry"])
    # Each night another text in the same record is another one; those of windows that are not asked again would stay.
    newest = mine.filter(NAMELESS).order_by("-last_seen", "-pk").values_list("pk", flat=True)
    mine.filter(pk__in=list(newest[MOST:])).delete()


def _row_key(asked: Asked, refused: Refused) -> str:
    """The record's key; without one the ids that it has, the window that it came in, and its mark."""
    if refused.key or refused.reason == Reason.KILLED:
        return refused.key
    found = ["/".join(refused.given[column] for column in columns) for columns, _ in _windows(asked)]
    inside = all(text in values for text, (_, values) in zip(found, _windows(asked), strict=True))
    return "#".join((refused.ids[:LONGEST_IDS], "|".join(found) if inside else "", refused.mark.hex()))


def _was_asked(asked: Asked, row: Quarantine) -> bool:
    """Whether this answer would hold the record if it were still there as it was."""
    windows = _windows(asked)
    if not row.mark or row.reason == Reason.KILLED or not windows:
        return True
    place = row.row_key.split("#")[1]
    if not place:
        return _everything(asked)
    return all(text in values for text, (_, values) in zip(place.split("|"), windows, strict=True))


def _windows(asked: Asked) -> list[tuple[tuple[str, ...], set[str]]]:
    """The columns of each window of the kind, and the values of them that were asked, as one text."""
    return [
        (columns_of(loop.window), _texts(loop, asked.loops[name]))
        for name, loop in asked.resource.loops.items()
        if loop.window
    ]


def _texts(loop: Loop, values: Sequence[LoopValue]) -> set[str]:
    if isinstance(loop.window, str):
        return {value for value in values if isinstance(value, str)}
    parts = loop.window.values()
    return {"/".join(value[part] for part in parts) for value in values if not isinstance(value, str)}


def _everything(asked: Asked) -> bool:
    """Whether all was asked that is ever asked of the scope; of people only some are asked at a time."""
    windows = {name: loop for name, loop in asked.resource.loops.items() if loop.window}
    return PERSON not in windows and all(
        _texts(loop, (loop.at_first or loop.values)(asked.scope)) <= _texts(loop, asked.loops[name])
        for name, loop in windows.items()
    )
