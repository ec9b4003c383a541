"""The change log: what a sync found changed in watched columns, worked out beside the difference it writes."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from portal import clock
from portal.mirror.asked import Asked
from portal.mirror.dating import ByDate, ByPeriod, Spell
from portal.mirror.difference import Difference
from portal.mirror.models import Change, ChangeKind, PersonFetch
from portal.mirror.period_changes import by_period, columns_needed, steps
from portal.mirror.resource import PERSON, Resource
from portal.vault import differ, open_row

Values = Mapping[str, Any]
LONGEST = Change._meta.get_field("new").max_length or 0
CHUNK = 500
#: The loop over years.
YEAR = "year"
#: Whom a change can belong to.
OWNERS = ("debtor", "company", "employee")


def changes(asked: Asked, rows: Mapping[str, Values], difference: Difference, *, whole: bool = True) -> list[Change]:
    """The Change rows of a difference. `rows` are all drafts of the answer, by key; `whole`: none is in quarantine.

    The first load of a kind gives none: what is new to us is not news. Call it before anything is written. Two queries
    at most; see portal.mirror.period_changes of what is read period by period.
    """
    resource = asked.resource
    if not resource.watched:
        return []
    known = _known(resource, [*difference.before.values(), *difference.absent, *difference.closed])
    if by_period(resource):
        told = steps(asked, rows, difference, known, whole=whole)
        return [one for step in told for one in _differing(asked, step.row, step.kind, step.old, step.new, step.day)]
    first_read = _read_for_the_first_time(asked, difference)
    taken_over = set(difference.before.values())
    chains = _chains(resource, rows.values())
    found: list[Change] = []
    for row in difference.write:
        if (row.get("employee_id"), row.get("valid_from")) in first_read:
            continue
        old: Values | None = known.get(difference.before.get(row["key"], 0))
        if row["key"] in difference.returned:
            # That it was gone is in the log already: it is new again.
            old = None
        kind = ChangeKind.CHANGED if old else ChangeKind.ADDED
        if old is None and chains:
            old = _preceding(chains.get(_chain_of(resource, row), []), row)
        found += _differing(asked, row, kind, old or {}, row)
    for pk in [*difference.absent, *difference.closed]:
        if pk not in taken_over and (old := known.get(pk)) is not None:
            found += _differing(asked, old, ChangeKind.REMOVED, old, {}, effective=difference.over)
    return found


def name_owners(asked: Asked, log: Sequence[Change]) -> None:
    """Say of changes of clients, companies and people themselves whose they are. One query for 500 of them.

    What belongs to them carries them; who is new has a primary key only now. Call it when the rows are written.
    """
    model: Any = asked.resource.model
    owner = next((name for name in OWNERS if Change._meta.get_field(name).related_model is model), None)
    if owner is None:
        return
    keys = sorted({change.row_key for change in log})
    pks: dict[str, int] = {}
    for start in range(0, len(keys), CHUNK):
        rows = model.everything.filter(environment_id=asked.scope.environment_id, key__in=keys[start : start + CHUNK])
        pks |= dict(rows.values_list("key", "pk"))
    for change in log:
        setattr(change, f"{owner}_id", pks.get(change.row_key))


def _differing(
    asked: Asked, row: Values, kind: ChangeKind, old: Values, new: Values, effective: date | None = None
) -> Iterator[Change]:
    scope, resource = asked.scope, asked.resource
    for field, before, after in _fields(resource, kind, old, new):
        sensitive = field in resource.sensitive
        yield Change(
            environment_id=scope.environment_id,
            debtor_id=scope.debtor_id,
            company_id=scope.company_id,
            employee_id=row.get("employee_id"),
            resource=resource.name,
            row_key=row["key"],
            kind=kind,
            field=field,
            old="" if sensitive else before,
            new="" if sensitive else after,
            sensitive=sensitive,
            effective=None if "valid_from" in resource.sensitive else effective or _effective(field, row),
            learned_at=clock.now(),
        )


def _fields(resource: Resource, kind: ChangeKind, old: Values, new: Values) -> list[tuple[str, str, str]]:
    """The watched columns that differ, from what to what.

    A record that comes or goes is told by its headline alone, where it has one: with nothing before or after it each
    column would be a line, and so would each of which no value is kept.
    """
    found = []
    for field in resource.watched:
        before, after = _text(old.get(field)), _text(new.get(field))
        if before != after and not (field in resource.keyed and not differ(before, after)):
            found.append((field, before, after))
    secret = all(field in resource.sensitive for field, _before, _after in found)
    if resource.headline and kind != ChangeKind.CHANGED and (secret or not old or not new):
        return sorted(found, key=lambda one: one[0] != resource.headline)[:1]
    return found


def _effective(field: str, row: Values) -> date | None:
    """An end takes effect on the end, everything else on the day that the record starts."""
    if field == "end_date" and isinstance(row.get("end_date"), date):
        return row["end_date"]  # type: ignore[no-any-return]
    start: date | None = row.get("valid_from")
    return start


def _chain_of(resource: Resource, row: Values) -> tuple[Any, ...]:
    dating = resource.dating
    by = dating.by if isinstance(dating, ByDate | ByPeriod) else ("employee_id",)
    return tuple(row[column] for column in by)


def _chains(resource: Resource, rows: Iterable[Values]) -> dict[tuple[Any, ...], list[Values]]:
    """The rows that follow each other, in order; none where rows do not follow each other."""
    if resource.alone or not isinstance(resource.dating, ByDate | ByPeriod | Spell):
        return {}
    chains: dict[tuple[Any, ...], list[Values]] = defaultdict(list)
    for row in rows:
        if row["valid_until"] != row["valid_from"]:
            chains[_chain_of(resource, row)].append(row)
    for chain in chains.values():
        chain.sort(key=itemgetter("valid_from"))
    return chains


def _preceding(chain: list[Values], row: Values) -> Values | None:
    """The record that was in force before this one begins: a raise changes the salary before it."""
    place = bisect_left(chain, row["valid_from"], key=itemgetter("valid_from"))
    return chain[place - 1] if place else None


def _known(resource: Resource, pks: list[int]) -> dict[int, dict[str, Any]]:
    """The watched columns of rows we have, by primary key."""
    names = {column.attname for column in resource.model._meta.concrete_fields}
    wanted = [
        "pk",
        "key",
        "environment_id",
        *resource.watched,
        *(({"employee_id", "valid_from", "end_date"} | columns_needed(resource)) & names - {*resource.watched}),
    ]
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(pks), CHUNK):
        for row in resource.model.everything.filter(pk__in=pks[start : start + CHUNK]).values(*wanted):
            found[row["pk"]] = open_row(resource.model, row)
    return found


def _read_for_the_first_time(asked: Asked, difference: Difference) -> set[tuple[Any, Any]]:
    """Of a kind that is asked year by year: whose rows, of which first day, are of a year that they were not asked for.

    On the first of January last year's question is another one: what stands in the new year already is not news then.
    """
    if YEAR not in asked.resource.loops or PERSON not in asked.resource.loops:
        return set()
    newest = max((int(year) for year in asked.loops[YEAR] if isinstance(year, str)), default=0)
    known = set(difference.before)
    fresh = [
        (row["employee_id"], row["valid_from"])
        for row in difference.write
        if row["key"] not in known and row["valid_from"].year == newest
    ]
    if not fresh:
        return set()
    begun = datetime(newest, 1, 1, tzinfo=clock.AMSTERDAM)
    read = PersonFetch.objects.filter(
        employee__in={person for person, _day in fresh}, resource=asked.resource.name, fetched_at__gte=begun
    )
    asked_before = set(read.values_list("employee_id", flat=True))
    return {one for one in fresh if one[0] not in asked_before}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        # SQLite gives back other trailing zeros than were written.
        return f"{value.normalize():f}"
    return str(value)[:LONGEST]
