"""One person: what was so on a day, and every dated record in order.

Facts and timeline are made of the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.companies.freshness import WAGE_KINDS
from portal.employees import people
from portal.employees.kinds import KINDS, LISTINGS, Kind, Shown
from portal.employees.learned import Correction, Log, corrections, learned_at, learned_on
from portal.employees.models import Employee, Employment, Salary, Schedule
from portal.employees.reading import rows_of
from portal.employees.retroactive import PayPeriods
from portal.employees.standing import standing_of
from portal.mirror.models import EmployeeInterval
from portal.mirror.resource import Resource, registry
from portal.ui import markup
from portal.ui.permissions import holds_over
from portal.ui.reveal import address_of
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from portal.companies.freshness import Person as Reader

#: Records of the timeline that a page shows.
PART = 50

Rows = Mapping[Kind, Sequence[Any]]


@dataclass(frozen=True)
class Fact:
    """One value on the chosen day; `today` is today's where it differs."""

    label: "str | _StrPromise"
    value: SafeString
    today: SafeString | None = None


@dataclass(frozen=True)
class Facts:
    """The facts of one record (or the lack of it); `reason` says why nothing is known, if so.

    `known_since`: the day on which we first saw what Nmbrs does not date. `reveal`: where its masked value is revealed
    by those who may. `unsure`: it was changed since it was known so, in a way that nobody can tell. `new`: it began
    later, beside others that were there on the day.
    """

    kind: Kind
    facts: tuple[Fact, ...] = ()
    reason: Missing | None = None
    ended_or_new: bool = False
    known_since: date | None = None
    reveal: str = ""
    unsure: bool = False
    new: bool = False

    @property
    def differs(self) -> bool:
        """Whether anything of it is otherwise now."""
        return self.ended_or_new or self.new or any(fact.today is not None for fact in self.facts)

    @property
    def unknown(self) -> bool:
        """Whether nobody can say. Otherwise there is no record on the day."""
        return self.reason not in {None, Missing.UNKNOWN}


@dataclass(frozen=True)
class Change:
    """A field that a record changed. Without `before` it is the first record of its chain."""

    label: "str | _StrPromise"
    after: SafeString
    before: SafeString | None = None


@dataclass(frozen=True)
class Entry:
    """One dated record on the timeline. `replaced`: another record of the same day took its place.

    `learned`: the day on which a sync brought it; None where it was there when the kind was first read.
    """

    kind: Kind
    valid_from: date
    last_day: date | None
    created_at: datetime | None
    learned: date | None
    retroactive: bool
    replaced: bool
    first: bool
    changes: tuple[Change, ...]
    corrections: tuple[Correction, ...] = ()


def shown_resources(request: HttpRequest, person: Employee) -> tuple[str, ...]:
    """The names of all kinds that the page shows to this reader: what its freshness is about."""
    standing = standing_of(request.user, person)
    kinds: list[Resource] = [*(kind.resource for kind in KINDS), *(listing.resource for listing in LISTINGS)]
    return tuple(
        kind.name for kind in kinds if holds_over(request, person, kind.capability) and not standing.is_off(kind)
    )


def records(request: HttpRequest, person: Employee) -> Rows:
    """Every dated record that the reader may see, by kind, oldest first; of what is switched off none."""
    return {one: rows for one, rows in rows_of(request, person).items() if isinstance(one, Kind)}


def on(rows: Sequence[EmployeeInterval], day: date) -> list[Any]:
    """The records in force on `day`, the newest first."""
    return [row for row in rows if row.valid_from <= day and (row.valid_until is None or row.valid_until > day)][::-1]


def facts(
    user: "Reader", person: Employee, known: Rows, day: date, today: date, *, now: Rows | None = None
) -> list[Facts]:
    """What was so on `day`, kind by kind; a fact tells today's value where that is another one.

    A kind that the reader may not see is not there. `now`: what is known by now, where `known` is what was known then.
    """
    standing = standing_of(user, person)
    found = []
    for kind, rows in known.items():
        if kind.passing:
            continue
        lacks = None if rows else standing.lacks(kind.resource)
        if lacks is not None:
            found.append(Facts(kind, reason=lacks))
        else:
            found.extend(_facts(kind, on(rows, day), on(rows if now is None else now[kind], today)))
    return found


def contract_wage(user: "Reader", person: Employee, known: Rows, day: date) -> SafeString:
    """What the contract wage a month was on `day`: none of somebody who was not in service, or why it is not known."""
    rows = {kind.model: found for kind, found in known.items()}
    service, salary, schedule = (
        next(iter(on(rows.get(kind, []), day)), None) for kind in (Employment, Salary, Schedule)
    )
    standing = standing_of(user, person)
    if service is None:
        return markup.words(standing.lacks(Employment.resource) or _("none"))
    wage = people.monthly_wage(salary, schedule, people.period_type(person))
    lacks = (standing.lacks(registry[kind]) for kind in WAGE_KINDS)
    return markup.money(next(filter(None, lacks), None) if wage is None else wage)


def _facts(kind: Kind, then: Sequence[Any], now: Sequence[Any]) -> list[Facts]:
    """One group a chain: a person has one salary, and may have several addresses."""
    then_by, now_by = _by_chain(kind, then), _by_chain(kind, now)
    if not then_by:
        return [Facts(kind, reason=Missing.UNKNOWN, ended_or_new=bool(now_by))]
    groups = []
    for chain, row in now_by.items():
        if chain not in then_by:
            # It began after the day, beside others that were there.
            fields = ((field.label, field.draw(row)) for field in kind.fields)
            said = tuple(Fact(label, markup.missing(), value) for label, value in fields if value != markup.missing())
            groups.append(Facts(kind, said, new=True))
    for chain, row in then_by.items():
        other = now_by.get(chain)
        drawn = [_fact(field, row, other) for field in kind.fields]
        said = tuple(fact for fact in drawn if fact.value != markup.missing() or fact.today is not None)
        since = row.valid_from if kind.observed else None
        reveal = address_of(row, kind.resource.name)
        unsure = getattr(row, "unsure", False)
        groups.append(Facts(kind, said, ended_or_new=other is None, known_since=since, reveal=reveal, unsure=unsure))
    return groups


def _fact(field: Shown, row: Any, other: Any | None) -> Fact:
    value = field.draw(row)
    today = value if other is None else field.draw(other)
    return Fact(field.label, value, None if today == value else today)


def _by_chain(kind: Kind, rows: Sequence[Any]) -> dict[str, Any]:
    newest: dict[str, Any] = {}
    for row in rows:
        newest.setdefault(kind.chain(row), row)
    return newest


@dataclass(frozen=True)
class Timeline:
    """A part of the records, newest first. `part` counts from 1; `count`: how many records there are in all parts."""

    entries: list[Entry]
    count: int
    part: int
    parts: int


def timeline(known: Rows, log: Log, periods: PayPeriods, only: str = "", part: int = 1) -> Timeline:
    """The records of a part, each with what it changed from the one before it in its chain.

    `only`: those of the kind with this name, where there is one. A part beyond the last one is the last one.
    """
    dated: list[tuple[tuple[date, str, int], Kind, Any, Any]] = []
    for kind, rows in known.items():
        if only and kind.resource.name != only:
            continue
        chains: dict[str, list[Any]] = {}
        for row in rows:
            chains.setdefault(kind.chain(row), []).append(row)
        for chain in chains.values():
            for before, row in pairwise([None, *chain]):
                created = _created_at(row)
                place = (row.valid_from, created.isoformat() if created else "", row.pk)
                dated.append((place, kind, row, before))
    dated.sort(key=lambda one: one[0], reverse=True)
    parts = max(-(-len(dated) // PART), 1)
    part = min(max(part, 1), parts)
    # Only what is shown is drawn: somebody may have hundreds of records.
    shown = dated[(part - 1) * PART : part * PART]
    return Timeline(
        [_entry(kind, row, before, log, periods) for _, kind, row, before in shown], len(dated), part, parts
    )


def _entry(kind: Kind, row: Any, before: Any | None, log: Log, periods: PayPeriods) -> Entry:
    replaced = row.valid_until is not None and row.valid_until <= row.valid_from
    return Entry(
        kind=kind,
        valid_from=row.valid_from,
        last_day=row.valid_until - timedelta(days=1) if row.valid_until and not replaced else None,
        created_at=_created_at(row),
        learned=learned_on(kind, row, log),
        retroactive=is_retroactive(kind, row, log, periods),
        replaced=replaced,
        first=before is None,
        changes=_changes(kind, row, before),
        corrections=tuple(corrections(kind, row, log)),
    )


def _created_at(row: EmployeeInterval) -> datetime | None:
    """When the record came into Nmbrs, where Nmbrs says so."""
    moment: datetime | None = getattr(row, "created_at", None)
    return moment


def is_retroactive(kind: Kind, row: EmployeeInterval, log: Log, periods: PayPeriods) -> bool:
    """Whether the record takes effect before the period that the company was in when it was made.

    It was made when Nmbrs says so; where Nmbrs does not say, when we learned of it.
    """
    if kind.observed:
        return False
    made = _created_at(row) or learned_at(kind, row, log)
    return made is not None and periods.is_late(row.valid_from, made)


def _changes(kind: Kind, row: Any, before: Any | None) -> tuple[Change, ...]:
    unknown = markup.missing()
    changes = []
    for field in kind.fields:
        after = field.draw(row)
        earlier = field.draw(before) if before is not None else None
        if earlier is None and after != unknown:
            changes.append(Change(field.label, after))
        elif earlier is not None and earlier != after:
            changes.append(Change(field.label, after, earlier))
    return tuple(changes)
