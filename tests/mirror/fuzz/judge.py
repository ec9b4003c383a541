"""Whether the mirror is right after an answer: every row of the kind against the second reading of that answer."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from portal.mirror.dating import ByDate, ByPeriod, Observed
from portal.mirror.engine import Outcome
from portal.mirror.models import Quarantine, State
from portal.mirror.resource import Resource, columns
from portal.mirror.scope import MirrorScope
from portal.periods import Period, bounds
from tests.mirror.fuzz.captured import Captured
from tests.mirror.fuzz.doors import DOORS, OF_ROWS
from tests.mirror.fuzz.reading import BAD, Found, Reading, Texts, levels_of, perhaps, records, sure, value_of

Row = Mapping[str, Any]
Rows = Mapping[int, Row]
Identity = tuple[Any, ...]
#: Columns that an engine keeps itself, besides those of the interval.
KEPT = {"first_seen", "last_changed", "missing_since", "fingerprint", "key", "guid"}
INTERVAL = {"valid_from", "valid_until"}
#: Characters of an identity up to which two keys cannot be taken for one another.
LONG = 90


@dataclass
class Read:
    """One record as read the second time: what each column may hold. `ignored`: its parent is not mirrored."""

    values: dict[str, Reading]
    ignored: bool = False

    @property
    def bad(self) -> bool:
        return any(reading.bad for reading in self.values.values())

    @property
    def sure(self) -> bool:
        return all(reading.sure for reading in self.values.values())


@dataclass
class Judge:
    """Reads the answers of one kind a second time and compares rows with them."""

    captured: Captured
    parents: Mapping[str, Mapping[str, int]]
    levels: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        soap = self.resource.soap
        assert soap is not None
        self.levels = levels_of(self.captured.bodies, soap)

    @property
    def resource(self) -> Resource:
        return self.captured.asked.resource

    @property
    def scope(self) -> MirrorScope:
        return self.captured.asked.scope

    def read(self, bodies: list[bytes]) -> list[Read]:
        """The records of an answer."""
        soap = self.resource.soap
        assert soap is not None
        return [
            self._record(texts)
            for body, given in zip(bodies, self.captured.given, strict=True)
            for texts in records(body, soap, given, self.levels)
        ]

    def complaints(self, bodies: list[bytes], before: Rows, after: Rows, outcome: Outcome) -> Iterator[str]:
        """What is wrong with the mirror after this answer, one sentence each."""
        if outcome.state == State.HELD:
            yield from _untouched(before, after)
            return
        groups: dict[Identity, list[Read]] = defaultdict(list)
        nameless = doubtful = False
        for record in self.read(bodies):
            identity = self._identity(record)
            if record.ignored:
                # Somebody who is not mirrored, an applicant: whether such a record is good is nobody's business.
                doubtful = True
                continue
            if identity is None:
                nameless = True
            else:
                groups[identity].append(record)
        if nameless and self.resource.sums:
            # What is lacking may belong to any of the sums.
            groups = {identity: [*group, Read(dict.fromkeys(self._names, BAD))] for identity, group in groups.items()}
        yield from self._rows(groups, before, after, nameless=nameless)
        bad = nameless or any(self._at_odds(group) or any(one.bad for one in group) for group in groups.values())
        if bad and not (outcome.quarantined and Quarantine.objects.exists()):
            yield "a record that cannot be read is not in quarantine"
        if not bad and not doubtful and all(one.sure for group in groups.values() for one in group):
            if outcome.quarantined:
                yield f"a good record is in quarantine: {outcome.detail}"
            for pk in self.captured.judged:
                if self._own_identity(before[pk]) not in groups and not self._is_over(after[pk]):
                    yield f"row {pk} is not in the answer and does not count as missing"
        yield from self._overlaps(after)

    def _rows(
        self, groups: Mapping[Identity, list[Read]], before: Rows, after: Rows, *, nameless: bool
    ) -> Iterator[str]:
        met: set[Identity] = set()
        for pk, row in after.items():
            old = before.get(pk)
            own = self._own_identity(row)
            if old is not None and pk not in self.captured.judged:
                if own not in groups and row != old:
                    yield f"row {pk}, which the answer is not about, changed"
                continue
            over = row["missing_since"] is not None or (self._observed and row["valid_until"] is not None)
            group = groups.get(own)
            if over:
                gone_now = old is not None and not self._is_over(old)
                replaced = self._observed and group is not None
                if gone_now and group is not None and not replaced:
                    yield f"row {pk} {own} is in the answer and counts as missing"
                if gone_now and group is None and nameless:
                    yield f"row {pk} {own} counts as missing though a record has no readable key"
                if old is not None and self._values(row) != self._values(old):
                    yield f"row {pk} {own} changed while it went missing"
                continue
            if own in met:
                yield f"{own} is there twice"
            met.add(own)
            same = old is not None and self._values(row) == self._values(old)
            if same and (group is None or not self._judged(group)):
                continue
            if group is None:
                yield f"row {pk} {own} stands for no record of the answer"
            elif not self._explained(row, group):
                wrong = [name for name in self._names if not group[0].values[name].allows(_plain(row[name]))]
                yield f"row {pk} {own} differs from its record in {wrong or 'its group'}"
        for own, group in groups.items():
            if own not in met and self._judged(group):
                yield f"{own} was read well and is not stored"

    def _judged(self, group: list[Read]) -> bool:
        """Whether there is one certain outcome: the record must be stored as it reads."""
        return all(record.sure and not record.bad for record in group) and not self._at_odds(group)

    def _explained(self, row: Row, group: list[Read]) -> bool:
        if self.resource.sums and len(group) > 1:
            if any(record.bad for record in group):
                return False
            return all(
                _plain(row[name]) == sum(record.values[name].values[0] for record in group)
                for name in self.resource.sums
            )
        if any(record.bad for record in group) or self._at_odds(group):
            return False
        return any(all(record.values[name].allows(_plain(row[name])) for name in self._names) for record in group)

    def _at_odds(self, group: list[Read]) -> bool:
        """Two records with one identity that say different things."""
        said = [{name: reading.values for name, reading in record.values.items()} for record in group]
        return not self.resource.sums and any(one != said[0] for one in said[1:])

    # --- identity ----------------------------------------------------------------------------------------------------

    def _identity(self, record: Read) -> Identity | None:
        """What tells the record apart, by value; None where a part of it cannot be read."""
        parts = [self._key_part(name, record) for name in self._key]
        return None if any(len(part.values) != 1 for part in parts) else tuple(part.values[0] for part in parts)

    def _key_part(self, name: str, record: Read) -> Reading:
        if name in {"company_id", "debtor_id"}:
            return sure(self.scope.columns[name])
        return record.values[name]

    def _own_identity(self, row: Row) -> Identity:
        put_together = {name: OF_ROWS[self.resource.name, name](row) for name in self._no_columns}
        return tuple(_plain({**row, **put_together}[name]) for name in self._key)

    @property
    def _key(self) -> list[str]:
        owners = {*self.resource.links, "company", "debtor"}
        return [f"{name}_id" if name in owners else name for name in self.resource.key]

    @property
    def _no_columns(self) -> set[str]:
        """Parts of the key that the door puts together."""
        return {*self.resource.key} - {column.name for column in self.resource.model._meta.concrete_fields}

    # --- one record --------------------------------------------------------------------------------------------------

    def _record(self, texts: Texts) -> Read:
        read: dict[str, Reading] = {}
        ignored = False
        for column in self._columns:
            name = column.name
            if link := self.resource.links.get(name):
                known = self.parents[name]
                number = _number(texts[name])
                read[column.attname] = _parent(texts[name], number, known)
                ignored |= link.ignore_unknown and number is not None and number not in known
            elif door := DOORS.get((self.resource.name, name)):
                read[name] = door(column, texts)
            else:
                read[name] = value_of(column, texts.get(name, Found()))
            if name in self.resource.key and self._says_nothing(column, read[column.attname]):
                read[column.attname] = BAD
        for name in self._no_columns:
            read[name] = DOORS[self.resource.name, name](None, texts)
        if isinstance(self.resource.dating, ByPeriod):
            read["start_period"] = self._start(read)
        if sum(len(str(part)) for name in self._key if name in read for part in read[name].values[:1]) > LONG:
            # Longer than a key may be, or so long that its end is cut off: either is right.
            read = {name: Reading(reading.values) for name, reading in read.items()}
        return Read(read, ignored)

    @staticmethod
    def _says_nothing(column: Any, reading: Reading) -> bool:
        """A part of a key that nothing can be told apart by: blank, or no id."""
        return "" in reading.values or (None in reading.values and (column.name == "remote_id" or not column.null))

    def _start(self, read: Mapping[str, Reading]) -> Reading:
        """The number of the first period, where the company's calendar has it."""
        year, number = read["start_year"], read["start_period"]
        assert self.scope.period_type is not None
        try:
            first = bounds(self.scope.period_type, Period(int(year.values[0]), int(number.values[0]))).first
        except (ValueError, OverflowError, IndexError):
            return BAD
        return number if 1900 <= first.year <= 2100 else BAD

    @property
    def _columns(self) -> list[Any]:
        """The columns that a record fills."""
        taken = {"company", "debtor", *self.resource.dating.computed}
        return [column for column in columns(self.resource.model) if column.name not in taken]

    # --- rows --------------------------------------------------------------------------------------------------------

    @property
    def _observed(self) -> bool:
        return isinstance(self.resource.dating, Observed)

    @property
    def _names(self) -> list[str]:
        return [column.attname for column in self._columns]

    def _is_over(self, row: Row) -> bool:
        return row["missing_since"] is not None or (self._observed and row["valid_until"] is not None)

    def _values(self, row: Row) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name not in KEPT | INTERVAL}

    def _overlaps(self, after: Rows) -> Iterator[str]:
        dating = self.resource.dating
        if not isinstance(dating, ByDate | ByPeriod):
            return
        lanes: dict[Identity, list[Row]] = defaultdict(list)
        for row in after.values():
            if row["missing_since"] is None and row["valid_until"] != row["valid_from"]:
                lanes[tuple(row[name] for name in dating.by)].append(row)
        for lane in lanes.values():
            lane.sort(key=lambda row: row["valid_from"])
            for row, following in pairwise(lane):
                if row["valid_until"] is None or row["valid_until"] > following["valid_from"]:
                    yield f"rows {row['id']} and {following['id']} are in force on one day"


def _number(found: Found) -> str | None:
    """The text as a remote id; None where it is no whole number."""
    text = (found.text or "").strip()
    return text.lstrip("0") or "0" if text.isascii() and text.isdigit() and not found.torn else None


def _parent(found: Found, number: str | None, known: Mapping[str, int]) -> Reading:
    if number is None or number not in known:
        return BAD
    return perhaps(known[number]) if found.odd or found.text != number else sure(known[number])


def _untouched(before: Rows, after: Rows) -> Iterator[str]:
    if before != after:
        changed = [pk for pk in {*before, *after} if before.get(pk) != after.get(pk)]
        yield f"rows {changed[:5]} changed though the answer was not published"


def _plain(value: Any) -> Any:
    """A stored value as the second reading writes it."""
    if isinstance(value, int | str | bool) or value is None or not hasattr(value, "as_integer_ratio"):
        return value
    return Fraction(value)
