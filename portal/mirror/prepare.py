"""Records to drafts: linked, converted and dated rows, all before any transaction."""

from __future__ import annotations

import logging
import traceback
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import models

from portal.mirror.chains import Moved, chain
from portal.mirror.convert import BadValue, Converter, id_text
from portal.mirror.dating import Observed, Undatable
from portal.mirror.forgotten import keys as forgotten_keys
from portal.mirror.marks import given_in, mark_of
from portal.mirror.models import MirrorRow, Reason
from portal.mirror.resource import PERSON, UNMAPPED, Resource, columns
from portal.mirror.scope import MirrorScope
from portal.source import Record
from portal.vault import key_mark, purpose_key

logger = logging.getLogger(__name__)

#: In place of a column: the record killed a worker, or broke our own code.
KILLED = "@killed"
BROKE = "@broke"


class Refused(NamedTuple):
    """A record that could not be read: its key where that is known, the column that refused it, its texts.

    Without a key `mark` tells it from others, `ids` are the parts of the key that can be read ("?" for the others), and
    `given` holds what it says of the columns by which its kind is asked.
    """

    key: str
    column: str
    texts: Record
    reason: Reason = Reason.UNREADABLE
    mark: bytes = b""
    ids: str = ""
    given: Mapping[str, str] = MappingProxyType({})


@dataclass
class Drafts:
    """What an answer comes to.

    `rows`         key -> column values by attribute name, fingerprint included.
    `bad`          columns that refused a record, with how many records each; the records are quarantined.
    `bad_keys`     keys of quarantined records: their old rows are kept and are not absent.
    `nameless`     a quarantined record has no readable key, so nothing at all may be judged absent.
    `refused`      the quarantined records themselves.
    `moved`        rows of quarantined records that stay, and end on another day now.
    `ignored`      records of parents that are not mirrored.
    `strangers`    link -> remote ids that records refer to and this scope does not have.
    `linked`       link -> primary keys of the parents that the records were found to belong to.
    `revived`      remote ids of people who were removed for good, and are back.
    `unmapped`     texts that the door had no meaning for, with how many records each; they are in no row.
    """

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    bad: Counter[str] = field(default_factory=Counter)
    bad_keys: set[str] = field(default_factory=set)
    nameless: bool = False
    refused: list[Refused] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    read: int = 0
    ignored: int = 0
    strangers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    linked: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    unknown_values: int = 0
    unmapped: Counter[str] = field(default_factory=Counter)
    revived: set[str] = field(default_factory=set)

    @property
    def quarantined(self) -> int:
        return self.bad.total()


LONGEST_KEY = MirrorRow._meta.get_field("key").max_length or 0


class _Ignored(Exception):
    """The record belongs to somebody who is not mirrored."""


def prepare(
    resource: Resource, scope: MirrorScope, records: Iterable[Record], left_out: Sequence[tuple[Record, bytes]] = ()
) -> Drafts:
    """Link, convert and date all records of one answer. One query a link.

    `left_out`: records that killed a worker, each with its mark; looked at when the `records` have ended, and not
    touched. A record on which our own code fails is quarantined too, unless all of them do.
    """
    return _Preparation(resource, scope).run(records, left_out)


class _Preparation:
    def __init__(self, resource: Resource, scope: MirrorScope) -> None:
        self._resource = resource
        self._scope = scope
        taken = {*resource.links, *resource.dating.computed, "company", "debtor"}
        self._fields = [column for column in columns(resource.model) if column.name not in taken]
        self._converter = Converter(self._fields)
        self._ids = {*resource.links, "company", "debtor"}
        # An id is never "none" where it tells records apart.
        self._may_lack = {column.name for column in self._fields if column.null} - {"remote_id"}
        self._broken: Exception | None = None
        # Of records of people: the people.
        self._forgotten = forgotten_keys(resource, scope.environment_id)
        self._parents = {name: _parents(link.model, scope) for name, link in resource.links.items()}
        observed = resource.dating.computed if isinstance(resource.dating, Observed) else ()
        self._added = [
            column.attname for column in columns(resource.model) if column.name in taken and column.name not in observed
        ]

    def run(self, records: Iterable[Record], left_out: Sequence[tuple[Record, bytes]]) -> Drafts:
        drafts = Drafts()
        twins: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for record in records:
            drafts.read += 1
            self._read_one(record, drafts, twins)
        for record, mark in left_out:
            drafts.read += 1
            self._leave_alone(record, mark, drafts)
        if self._resource.sums and drafts.nameless:
            # An amount is lacking, and nobody can tell of which sum.
            drafts.bad_keys |= set(twins)
        for key, rows in twins.items():
            if self._resource.sums and len(rows) > 1:
                drafts.rows[key] = self._added_up(rows)
            elif any(row != rows[0] for row in rows[1:]):
                # Two records with one key that say different things: neither can be believed.
                column = self._resource.key[-1]
                drafts.bad[column] += len(rows)
                drafts.bad_keys.add(key)
                drafts.refused.append(Refused(key, column, {}))
            else:
                drafts.rows[key] = rows[0]
        for key in drafts.bad_keys:
            drafts.rows.pop(key, None)
        if self._broken is not None:
            self._say_broken(self._broken, drafts)
        drafts.moved = chain(self._resource, self._scope, drafts.rows, bad=drafts.bad_keys, nameless=drafts.nameless)
        secret, mark = purpose_key("fingerprint"), key_mark("fingerprint")
        size = 16 - len(mark)
        for values in drafts.rows.values():
            rest = "/".join(str(values.get(name)) for name in self._added)
            own = blake2b(values["fingerprint"] + rest.encode(), key=secret, digest_size=size).digest()
            values["fingerprint"] = mark + own
        return drafts

    def _say_broken(self, error: Exception, drafts: Drafts) -> None:
        """Into the log where it broke first, without any text of the record. Where all broke it is not the record."""
        if drafts.bad[BROKE] + drafts.ignored == drafts.read:
            raise error
        reference = uuid.uuid4().hex[:8]
        frames = "".join(traceback.format_tb(error.__traceback__))
        name, count = self._resource.name, drafts.bad[BROKE]
        logger.error("%s: %s of %s records, reference %s\n%s", name, type(error).__name__, count, reference, frames)

    def _added_up(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """One row of several with one key; its fingerprint is that of all of them."""
        whole = dict(rows[0])
        for column in self._resource.sums:
            whole[column] = sum((row[column] for row in rows[1:]), start=rows[0][column])
        parts = b"".join(sorted(row["fingerprint"] for row in rows))
        whole["fingerprint"] = blake2b(parts, digest_size=16).digest()
        return whole

    def _read_one(self, record: Record, drafts: Drafts, twins: dict[str, list[dict[str, Any]]]) -> None:
        key = ""
        # What the door has not let through is not kept either.
        texts: Record = {}
        try:
            texts = self._resource.prepare(dict(record)) if self._resource.prepare else record
            if unmapped := texts.get(UNMAPPED):
                texts = {name: text for name, text in texts.items() if name != UNMAPPED}
            key = self._key(texts)
            self._leave_out_forgotten(key, texts, drafts)
            values, own, unknown = self._converter.convert(texts)
            values |= self._link(texts, drafts) | self._scope.columns
            # Of the record's own columns; what links and dating add comes on top at the end.
            values["fingerprint"] = own
            self._resource.dating.start(values, self._scope.period_type)
        except _Ignored:
            drafts.ignored += 1
        except (BadValue, Undatable) as bad:
            known = key if bad.column not in self._resource.key else ""
            self._refuse(self._told_apart(Refused(key, bad.column, texts), record), known, drafts)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one record that breaks our code must not stop the others
            if self._broken is None:
                self._broken = error
            self._refuse(self._told_apart(Refused(key, BROKE, texts, Reason.BROKE), record), key, drafts)
        else:
            drafts.unknown_values += unknown
            if unmapped:
                drafts.unmapped[unmapped] += 1
            twins[key].append(values)

    def _leave_out_forgotten(self, key: str, texts: Record, drafts: Drafts) -> None:
        """Raises _Ignored for what was removed for good."""
        if not self._forgotten:
            return
        person = id_text(PERSON, texts.get(PERSON)) if PERSON in self._resource.links else None
        if (key if person is None else person) not in self._forgotten:
            return
        if person is not None and self._resource.revives is not None and self._resource.revives(texts):
            drafts.revived.add(person)
        raise _Ignored

    def _leave_alone(self, record: Record, mark: bytes, drafts: Drafts) -> None:
        """Its old row stays where its key can be told from its texts as they came; they are not kept."""
        try:
            key = self._key(record)
        except BadValue:
            key = ""
        self._refuse(Refused(key, f"{KILLED}{mark.hex()}", {}, Reason.KILLED, mark), key, drafts)

    def _told_apart(self, refused: Refused, record: Record) -> Refused:
        """With what tells it from others where its key does not: a keyed hash of its texts, which are not kept."""
        if refused.key:
            return refused
        ids = []
        for column in self._resource.key:
            try:
                ids.append((id_text(column, record.get(column)) if column in self._ids else "") or "?")
            except BadValue:
                ids.append("?")
        return refused._replace(mark=mark_of(record), ids="/".join(ids), given=given_in(record, self._resource))

    def _refuse(self, refused: Refused, known: str, drafts: Drafts) -> None:
        """Set one record aside. `known`: its key where that is sure."""
        drafts.bad[KILLED if refused.reason == Reason.KILLED else refused.column] += 1
        drafts.refused.append(refused)
        if known:
            drafts.bad_keys.add(known)
        else:
            # Which of our rows it is cannot be told, so none may be taken for gone.
            drafts.nameless = True

    def _key(self, texts: Record) -> str:
        parts = []
        for column in self._resource.key:
            if column in self._ids:
                text = id_text(column, texts.get(column))
            else:
                text = self._converter.key_text(column, texts.get(column))
            if not text and column not in self._may_lack:
                raise BadValue(column)
            parts.append(text or "-")
        key = "/".join(parts)
        if len(key) > LONGEST_KEY:
            raise BadValue(self._resource.key[-1])
        return key

    def _link(self, texts: Record, drafts: Drafts) -> dict[str, int | None]:
        linked: dict[str, int | None] = {}
        for name, link in self._resource.links.items():
            text = id_text(name, texts.get(name))
            parent = self._parents[name].get(text)
            if parent is None:
                drafts.strangers[name].add(text)
                if link.ignore_unknown:
                    raise _Ignored
                raise BadValue(name)
            linked[f"{name}_id"] = parent
            drafts.linked[name].add(parent)
        return linked


def _parents(model: type[models.Model], scope: MirrorScope) -> Mapping[str, int]:
    """Remote id -> primary key of the rows a record of this scope may refer to."""
    rows = model._default_manager.filter(environment_id=scope.environment_id)
    if scope.company_id is not None and any(column.name == "company" for column in model._meta.fields):
        rows = rows.filter(company_id=scope.company_id)
    return {str(remote_id): pk for remote_id, pk in rows.values_list("remote_id", "pk")}
