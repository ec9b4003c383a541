"""Everything that the mirror and the portal hold about one person (GDPR art. 15 and 20), for somebody who may see it.

Complete by construction: the mirrored kinds come from the registry, and a test over the models fails for a table with
a person in it that is not among the sections. What the reader may not see is named as left out.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.accounts.trail import TrailEntry
from portal.audit.kinds import words
from portal.employees.models import CompanyGuid, Employee, Entity
from portal.employees.standing import Standing
from portal.mirror import forgotten
from portal.mirror.models import Change, Freshness, PersonFetch, Quarantine
from portal.mirror.resource import PERSON, Lane, Resource, columns, registry
from portal.privacy.labels import label_of
from portal.search.models import Entry
from portal.sync.models import SyncPlan, SyncRun
from portal.ui import formats
from portal.ui.fields import Sight, sight
from portal.ui.values import Missing

#: Tables of the portal itself in which a person stands; each has a section below.
OWN_TABLES: tuple[type[models.Model], ...] = (Change, PersonFetch, SyncPlan, SyncRun, Entry)
#: Whose they are is said once on top.
_OWNERS = frozenset({"employee", "company", "debtor", "environment"})


@dataclass(frozen=True)
class Cell:
    """One value: as machines read it, and as people do."""

    name: str
    label: str
    value: Any
    text: str


@dataclass(frozen=True)
class Section:
    """The records of one kind. `read_at`: when Nmbrs was last asked; `left_out`: why there is nothing to read."""

    name: str
    label: str
    records: Sequence[Sequence[Cell]] = ()
    read_at: datetime | None = None
    source: str = "nmbrs"
    left_out: str = ""


@dataclass(frozen=True)
class Subject:
    """All sections, with the number of account numbers that stand in them in full."""

    sections: Sequence[Section]
    whole_numbers: int

    @property
    def rows(self) -> int:
        """Records in all sections."""
        return sum(len(section.records) for section in self.sections)


def kinds() -> list[Resource]:
    """Every mirrored kind that hangs on a person, the person first."""
    own = [kind for kind in registry if forgotten.of_people(kind)]
    return [registry["employees"], *sorted(own, key=lambda kind: kind.name)]


def gather(user: User, person: Employee, held: frozenset[Capability]) -> Subject:
    """What is kept about `person`, in the active language. `held`: what the reader may do over them."""
    reader = _Reader(user, person, held)
    sections = [reader.kind(kind) for kind in kinds()]
    sections += [reader.ids(), reader.changes(), reader.unread(), reader.fetches(), reader.syncs(), reader.index()]
    sections.append(reader.trail())
    return Subject(sections, reader.whole_numbers)


class _Reader:
    def __init__(self, user: User, person: Employee, held: frozenset[Capability]) -> None:
        self._user, self._person, self._held = user, person, held
        self._standing = Standing(user, person)
        self._freshness = dict(
            Freshness.objects.visible_to(user).filter(company=person.company_id).values_list("resource", "last_success")
        )
        self._fetched = dict(
            PersonFetch.objects.visible_to(user).filter(employee=person).values_list("resource", "fetched_at")
        )
        self.whole_numbers = 0

    def kind(self, kind: Resource) -> Section:
        """The records of a mirrored kind, also those that are missing in Nmbrs by now."""
        label = capfirst(kind.label)
        read_at = (self._fetched if kind.lane is Lane.SLOW else self._freshness).get(kind.name)
        if kind.capability not in self._held:
            return Section(kind.name, label, read_at=read_at, left_out=_not_yours())
        rows = kind.model.everything.visible_to(self._user, kind.capability)
        rows = rows.filter(pk=self._person.pk) if kind.model is Employee else rows.filter(employee=self._person)
        related = [link for link in kind.links if link != PERSON]
        records = [self._record(kind, row) for row in rows.select_related(*related).order_by("pk")]
        lacks = None if records else self._standing.lacks(kind)
        return Section(kind.name, label, records, read_at, left_out=_why(lacks))

    def ids(self) -> Section:
        """The pair of ids by which the two interfaces of Nmbrs know the person."""
        rows = CompanyGuid.everything.visible_to(self._user).filter(
            company=self._person.company_id, entity=Entity.EMPLOYEE, remote_id=self._person.remote_id
        )
        made = [
            [_cell("remote_id", _("id in Nmbrs"), row.remote_id), _cell("guid", "GUID", str(row.remote_guid))]
            for row in rows
        ]
        return Section("ids", _("Ids in Nmbrs"), made, self._freshness.get(CompanyGuid.resource.name))

    def changes(self) -> Section:
        """What the change log tells; of sensitive fields only that they changed."""
        rows = Change.objects.visible_to(self._user).filter(employee=self._person).order_by("pk")
        return Section("changes", _("Changes that syncs found"), list(self._changes(rows)), source="portal")

    def _changes(self, rows: Iterable[Change]) -> Iterator[list[Cell]]:
        for row in rows:
            if row.resource not in registry:
                continue
            kind = registry[row.resource]
            if sight(kind, row.field, self._held) is Sight.HIDDEN:
                continue
            yield [
                _cell("kind", _("kind of record"), row.resource, capfirst(kind.label)),
                _cell("field", _("field"), row.field, label_of(kind.model, row.field)),
                _cell("change", _("change"), row.kind, str(row.get_kind_display())),
                _cell("old", _("before"), row.old),
                _cell("new", _("after"), row.new),
                _cell("effective", _("takes effect"), row.effective),
                _cell("learned_at", _("learned"), row.learned_at),
            ]

    def unread(self) -> Section:
        """Records of the person that could not be read and wait, with the texts that are kept of them."""
        own = {kind.name: kind for kind in kinds() if kind.capability in self._held}
        rows = Quarantine.objects.visible_to(self._user).filter(company=self._person.company_id, resource__in=own)
        made = [
            self._unread(own[row.resource], row) for row in rows.order_by("pk") if self._is_mine(own[row.resource], row)
        ]
        return Section("unread", _("Records that could not be read"), made, source="portal")

    def _is_mine(self, kind: Resource, row: Quarantine) -> bool:
        # Of a record without a readable key the ids that can be read stand before the first mark.
        ids = row.row_key.partition("#")[0] if row.mark else row.row_key
        parts, remote_id = ids.split("/"), str(self._person.remote_id)
        if parts == [remote_id]:
            return True
        place = kind.key.index(PERSON) if PERSON in kind.key else None
        return place is not None and len(parts) > place and parts[place] == remote_id

    def _unread(self, kind: Resource, row: Quarantine) -> list[Cell]:
        cells = [
            _cell("kind", _("kind of record"), kind.name, capfirst(kind.label)),
            _cell("last_seen", _("last came"), row.last_seen),
        ]
        try:
            texts = json.loads(row.raw) if row.raw else {}
        except ValueError:
            # Longer than what is kept of a record: cut off in the middle.
            texts = {}
        for name, text in texts.items():
            shown = self._shown(kind, name, text)
            if shown is not None:
                cells.append(_cell(name, label_of(kind.model, name), shown))
        return cells

    def fetches(self) -> Section:
        """When kinds that are asked person by person were read."""
        made = [
            [_cell("kind", _("kind of record"), name), _cell("fetched_at", _("read"), moment)]
            for name, moment in sorted(self._fetched.items())
        ]
        return Section("fetches", _("When the person was read"), made, source="portal")

    def syncs(self) -> Section:
        """Syncs that somebody asked for this person alone."""
        plans = SyncPlan.objects.visible_to(self._user).filter(employee=self._person).order_by("pk")
        runs = SyncRun.objects.visible_to(self._user).filter(employee=self._person).order_by("pk")
        made = [
            [_cell("asked", _("asked"), plan.created), _cell("finished", _("ended"), plan.finished)] for plan in plans
        ]
        made += [
            [
                _cell("kind", _("kind of record"), run.resource),
                _cell("asked", _("asked"), run.created),
                _cell("finished", _("ended"), run.finished),
            ]
            for run in runs
        ]
        return Section("syncs", _("Syncs of this person"), made, source="portal")

    def index(self) -> Section:
        """What search finds the person by."""
        rows = Entry.objects.visible_to(self._user).filter(employee=self._person).order_by("pk")
        made = [[_cell("text", _("name"), row.text.strip()), _cell("number", _("number"), row.number)] for row in rows]
        return Section("search", _("Search index"), made, source="portal")

    def trail(self) -> Section:
        """Who looked, when: by role. The names of the office's people are theirs (CJEU C-579/21)."""
        label = _("Who looked or changed something")
        if Capability.VIEW_AUDIT not in self._held:
            return Section("trail", label, source="portal", left_out=_not_yours())
        rows = TrailEntry.objects.visible_to(self._user, Capability.VIEW_AUDIT).filter(employee_id=self._person.pk)
        made = [
            [
                _cell("at", _("time"), row.at),
                _cell("what", _("what"), row.kind, words(row.kind)),
                _cell("role", _("role"), row.actor_label),
            ]
            for row in rows.order_by("number")
        ]
        return Section("trail", label, made, source="portal")

    def _record(self, kind: Resource, row: Any) -> list[Cell]:
        cells = []
        for column in columns(kind.model):
            if column.name in _OWNERS:
                continue
            value = str(getattr(row, column.name) or "") if column.is_relation else getattr(row, column.name)
            shown = self._shown(kind, column.name, value)
            if shown is None:
                continue
            text = str(getattr(row, f"get_{column.name}_display")()) if column.choices and value is not None else ""
            cells.append(_cell(column.name, label_of(kind.model, column.name), shown, text))
        cells.append(_cell("first_seen", _("first seen"), row.first_seen))
        if row.missing_since is not None:
            cells.append(_cell("missing_since", _("no longer in Nmbrs since"), row.missing_since))
        return cells

    def _shown(self, kind: Resource, name: str, value: Any) -> Any:
        """The value as this reader gets it; None: not at all, or there is none."""
        allowed = sight(kind, name, self._held)
        if allowed is Sight.HIDDEN or value in (None, ""):
            return None
        if allowed is Sight.MASKED:
            return formats.masked_iban(str(value))
        if sight(kind, name, {kind.capability}) is Sight.MASKED:
            self.whole_numbers += 1
        return value


def _cell(name: str, label: str, value: Any, text: str = "") -> Cell:
    return Cell(name, str(label), _plain(value), text or _text(value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Decimal):
        return formats.number(value, max(0, -int(value.normalize().as_tuple().exponent)))
    return str(value)


def _not_yours() -> str:
    return _("You may not see this kind.")


def _why(lacks: Missing | None) -> str:
    words_for = {
        Missing.NOT_PERMITTED: _("Nmbrs does not give this kind to the portal."),
        Missing.NEVER_FETCHED: _("This kind was never read."),
        Missing.SWITCHED_OFF: _("This kind is switched off: the portal does not read it."),
    }
    return words_for.get(lacks, "") if lacks is not None else ""
