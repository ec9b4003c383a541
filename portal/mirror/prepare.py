"""Records to drafts: linked, converted and dated rows, all before any transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.db import models

from portal.mirror.convert import BadValue, Converter
from portal.mirror.dating import Undatable
from portal.mirror.models import MirrorRow
from portal.mirror.resource import Resource, columns
from portal.mirror.scope import MirrorScope
from portal.source import Record


@dataclass
class Drafts:
    """What an answer comes to.

    `rows`         key -> column values by attribute name, fingerprint included.
    `bad`          columns that refused a record, with how many records each; the records are quarantined.
    `bad_keys`     keys of quarantined records: their old rows are kept and are not absent.
    `nameless`     a quarantined record has no readable key, so nothing at all may be judged absent.
    `ignored`      records of parents that are not mirrored.
    """

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    bad: Counter[str] = field(default_factory=Counter)
    bad_keys: set[str] = field(default_factory=set)
    nameless: bool = False
    read: int = 0
    ignored: int = 0
    unknown_values: int = 0

    @property
    def quarantined(self) -> int:
        return self.bad.total()


LONGEST_KEY = MirrorRow._meta.get_field("key").max_length or 0


class _Ignored(Exception):
    """The record belongs to somebody who is not mirrored."""


def prepare(resource: Resource, scope: MirrorScope, records: Iterable[Record]) -> Drafts:
    """Link, convert and date all records of one answer. One query a link."""
    return _Preparation(resource, scope).run(records)


class _Preparation:
    def __init__(self, resource: Resource, scope: MirrorScope) -> None:
        self._resource = resource
        self._scope = scope
        taken = {*resource.links, *resource.dating.computed, "company", "debtor"}
        self._fields = [column for column in columns(resource.model) if column.name not in taken]
        self._converter = Converter(self._fields)
        self._parents = {name: _parents(link.model, scope) for name, link in resource.links.items()}
        self._added = [column.attname for column in columns(resource.model) if column.name in taken]

    def run(self, records: Iterable[Record]) -> Drafts:
        drafts = Drafts()
        twins: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for record in records:
            drafts.read += 1
            self._read_one(record, drafts, twins)
        for key, rows in twins.items():
            if any(row != rows[0] for row in rows[1:]):
                # Two records with one key that say different things: neither can be believed.
                drafts.bad[self._resource.key[-1]] += len(rows)
                drafts.bad_keys.add(key)
            else:
                drafts.rows[key] = rows[0]
        for key in drafts.bad_keys:
            drafts.rows.pop(key, None)
        self._resource.dating.chain(drafts.rows.values())
        for values in drafts.rows.values():
            values["fingerprint"] = fingerprint(values, self._added)
        return drafts

    def _read_one(self, record: Record, drafts: Drafts, twins: dict[str, list[dict[str, Any]]]) -> None:
        key = ""
        try:
            texts = self._resource.prepare(dict(record)) if self._resource.prepare else record
            key = self._key(texts)
            values, own, unknown = self._converter.convert(texts)
            values |= self._link(texts) | self._scope.columns
            # Of the record's own columns; what links and dating add comes on top at the end.
            values["fingerprint"] = own
            self._resource.dating.start(values, self._scope.period_type)
        except _Ignored:
            drafts.ignored += 1
        except (BadValue, Undatable) as bad:
            drafts.bad[bad.column] += 1
            if key:
                drafts.bad_keys.add(key)
            else:
                drafts.nameless = True
        else:
            drafts.unknown_values += unknown
            twins[key].append(values)

    def _key(self, texts: Record) -> str:
        parts = []
        for column in self._resource.key:
            text = texts.get(column)
            if not text:
                if self._resource.model._meta.get_field(column).null:
                    text = "-"
                else:
                    raise BadValue(column)
            parts.append(text)
        key = "/".join(parts)
        if len(key) > LONGEST_KEY:
            raise BadValue(self._resource.key[-1])
        return key

    def _link(self, texts: Record) -> dict[str, int | None]:
        linked: dict[str, int | None] = {}
        for name, link in self._resource.links.items():
            text = texts.get(name)
            parent = self._parents[name].get(text or "")
            if parent is None:
                if link.ignore_unknown:
                    raise _Ignored
                raise BadValue(name)
            linked[f"{name}_id"] = parent
        return linked


def _parents(model: type[models.Model], scope: MirrorScope) -> Mapping[str, int]:
    """Remote id -> primary key of the rows a record of this scope may refer to."""
    rows = model._default_manager.filter(environment_id=scope.environment_id)
    if scope.company_id is not None and any(column.name == "company" for column in model._meta.fields):
        rows = rows.filter(company_id=scope.company_id)
    return {str(remote_id): pk for remote_id, pk in rows.values_list("remote_id", "pk")}


def fingerprint(values: Mapping[str, Any], added: list[str]) -> bytes:
    """16 bytes over the record's own columns and those `added` to it. Equal fingerprints: nothing to write."""
    rest = "/".join(str(values.get(name)) for name in added)
    return blake2b(values["fingerprint"] + rest.encode(), digest_size=16).digest()
