"""Reading: what an answer comes to beside the rows we have, all before any transaction.

A big answer of a kind that is asked value by value (run by run, period by period) is read in parts of some values each,
so that its rows are never all in memory; they are still written together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import ceil

from portal.mirror.asked import Answered, Asked
from portal.mirror.changes import changes
from portal.mirror.difference import Difference, compare
from portal.mirror.guards import Totals, check_scope, totals
from portal.mirror.models import Change
from portal.mirror.packed import Packed
from portal.mirror.prepare import Drafts, prepare
from portal.mirror.resource import PERSON
from portal.source import LoopValue

#: Bytes of answers whose records are worked on at a time: ten to twenty thousand records.
PART = 2_000_000


@dataclass
class Reading:
    """What was read. `count` rows came out of it, of which `difference` says what has to be written.

    `totals` are those of closed periods, for the guard. `elements`: names that the contract does not know.
    """

    drafts: Drafts
    difference: Difference
    log: list[Change] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    elements: Counter[str] = field(default_factory=Counter)
    count: int = 0


def look_at(answered: Answered, asked: Asked, drafts: Drafts, *, news: bool) -> Reading:
    """Compare the drafts of (a part of) an answer. `news`: changes are worked out. Raises WrongScope."""
    difference = compare(asked, drafts)
    check_scope(answered, drafts, difference)
    log = changes(asked, drafts.rows, difference, whole=not drafts.quarantined) if news else []
    elements = Counter(answered.fetched.unknown_elements)
    return Reading(drafts, difference, log, totals(asked, drafts, difference), elements, len(drafts.rows))


def read(answered: Answered, *, news: bool, beat: Callable[[], None] = lambda: None) -> Reading:
    """All of an answer, part by part where it is big, with a `beat` before each. Raises WrongScope and what the source
    raises.
    """
    asked, fetched = answered.asked, answered.fetched
    parts = list(_parts(answered))
    if len(parts) < 2:
        drafts = prepare(asked.resource, asked.scope, fetched.records())
        return look_at(answered, asked, drafts, news=news)
    rows, rekeyed = Packed(), Packed()
    whole = Reading(Drafts(), Difference(write=rows, rekeyed=rekeyed))
    for part, skip in parts:
        beat()
        one = look_at(answered, part, prepare(part.resource, part.scope, fetched.records(skip)), news=news)
        rows.extend(one.difference.write)
        rekeyed.extend(one.difference.rekeyed)
        _add(whole, one)
    return whole


def _parts(answered: Answered) -> Iterator[tuple[Asked, frozenset[int]]]:
    """What was asked, cut by the values of its window, and the places of the answers that are not of the part."""
    asked, size = answered.asked, answered.fetched.size
    windows = [name for name, loop in asked.resource.loops.items() if loop.window and name != PERSON]
    if size <= PART or len(windows) != 1:
        return
    (name,) = windows
    values = asked.loops[name]
    step = ceil(len(values) / ceil(size / PART)) if values else 1
    for start in range(0, len(values), step):
        part = values[start : start + step]
        given = [_given(name, value) for value in part]
        skip = frozenset(
            place
            for place, answer in enumerate(answered.fetched.answers)
            if not any(own.items() <= answer.given.items() for own in given)
        )
        yield replace(asked, loops={**asked.loops, name: part}), skip


def _given(name: str, value: LoopValue) -> dict[str, str]:
    """The parameters of a call by which an answer knows the value (portal.source.Soap)."""
    return {name: value} if isinstance(value, str) else {f"{name}.{part}": text for part, text in value.items()}


def _add(whole: Reading, part: Reading) -> None:
    """Put a part to what was read before it; its rows are packed already."""
    drafts, other = whole.drafts, part.drafts
    drafts.bad += other.bad
    drafts.bad_keys |= other.bad_keys
    drafts.nameless |= other.nameless
    drafts.refused += other.refused
    drafts.moved += other.moved
    drafts.read += other.read
    drafts.ignored += other.ignored
    drafts.unknown_values += other.unknown_values
    drafts.unmapped += other.unmapped
    drafts.revived |= other.revived
    difference, found = whole.difference, part.difference
    difference.before |= found.before
    difference.returned |= found.returned
    for name in ("added", "active_before", "gone"):
        setattr(difference, name, getattr(difference, name) + getattr(found, name))
    for name in ("absent", "closed", "moved"):
        getattr(difference, name).extend(getattr(found, name))
    difference.over = found.over
    difference.dated = found.dated
    difference.since = min((day for day in (difference.since, found.since) if day is not None), default=None)
    whole.log += part.log
    whole.totals.add(part.totals)
    whole.elements += part.elements
    whole.count += part.count
