"""Resource: the declaration of one mirrored kind of record, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from math import prod
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models

from portal.accounts.roles import Capability
from portal.connections import wording
from portal.mirror.dating import Current, Dating
from portal.source import Level, LoopValue, Rest, Soap
from portal.vault import key_mark

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from portal.mirror.scope import MirrorScope

#: Raised when the engine reads or dates the same record otherwise than before: every digest becomes worthless.
ENGINE_VERSION = 3

Prepare = Callable[[dict[str, str | None]], dict[str, str | None]]

#: In place of a column: a text that the door had no meaning for. It is counted and never stays with the record.
UNMAPPED = "@unmapped"


@dataclass(frozen=True)
class Link:
    """A column that refers to another mirrored row by the remote id in the record.

    `ignore_unknown`: a record whose parent is not mirrored is left out in silence (applicants, privacy.md 5);
    otherwise it is quarantined.
    """

    model: type[models.Model]
    ignore_unknown: bool = False


class Lane(StrEnum):
    """How a kind is read: for a whole company in a few calls, or person by person in rotation inside a budget."""

    FAST = "fast"
    SLOW = "slow"


class OptIn(StrEnum):
    """Sensitive or rarely needed kinds that an environment reads only after somebody chose so (privacy.md D6)."""

    BSN_CHECK = "bsn_check"
    ABSENCE = "absence"
    LEASE_CARS = "lease_cars"
    PARTNER = "partner"
    CHILDREN = "children"


@dataclass(frozen=True, eq=False)
class Loop:
    """Values of one parameter that are asked one after another, all answers together being one list.

    `values`    what is asked in a scope.
    `at_first`  what is asked instead as long as the kind was never read there.
    `window`    the column that holds the value in the mirrored row, or column -> part of the value: absence is judged
                only inside the values asked. Empty where the values asked are always all there are.
    """

    values: Callable[[MirrorScope], Sequence[LoopValue]]
    at_first: Callable[[MirrorScope], Sequence[LoopValue]] | None = None
    window: str | Mapping[str, str] = ""


#: The loop over people, by which a slow-lane kind is read in slices.
PERSON = "employee"


@dataclass(frozen=True)
class Resource:
    """One kind of record. The model is the schema; here stands only what cannot be guessed from it.

    `key`         columns that tell records of this kind apart; a link's column counts by remote id.
    `prepare`     the door: drops or reshapes text values before conversion; raises BadValue(column) for a bad one.
    `capability`  what somebody must hold to see these records.
    `lane`        SLOW: one call a person, in rotation; it has a loop named PERSON.
    `hourly`      also read every hour in office hours, not only at night.
    `opt_in`      read only where the environment has switched it on.
    `after`       kinds that must have been read before, besides those it links to.
    `uncertain`   no public text says that Nmbrs has the call, or in which shape: it is read last, and its failure is
                  shown but fails no sync and says nothing about the connection.
    `adopt_by`    columns by which REST rows, which know no integer ids, are recognised as rows that SOAP gave; empty:
                  `key`. It is `guid` where Nmbrs converts the ids.
    `sums`        columns that are added up over records with one key; without them such records contradict each other.
    `guarded`     an amount whose total over a closed period is held when it drops far (R11); the kind has periods.
    `watched`     columns whose changes are kept in the change log; of the `sensitive` ones only that they changed.
    `headline`    the watched column by which a record that comes or goes is told, where all of them would be too many.
    `carried`     of what is read period by period and holds from one to the next: the columns that tell, with the
                  person, which row of a period goes on in which one of the next (none: there is one a period). Without
                  it what stands in a period was entered for it alone.
    `alone`       spells do not follow each other: none is compared with the one before it.
    `keyed`       watched columns that hold keyed texts, each with its purpose (portal.vault.keyed_text): another key is
                  no change.
    `forgettable` records of this kind can be removed for good: what is named in portal.mirror.forgotten stays away.
                  So are, always, kinds whose records belong to a person.
    `revives`     whether a record of somebody who was removed for good shows that they are back.
    `label_without_clients`  the kind's name for those who have no clients, where its own name speaks of them.
    """

    name: str
    model: type[Any]
    level: Level
    key: tuple[str, ...]
    soap: Soap | None = None
    rest: Rest | None = None
    links: Mapping[str, Link] = field(default_factory=dict)
    loops: Mapping[str, Loop] = field(default_factory=dict)
    dating: Dating = field(default_factory=Current)
    prepare: Prepare | None = None
    capability: Capability = Capability.VIEW
    lane: Lane = Lane.FAST
    hourly: bool = False
    opt_in: OptIn | None = None
    after: tuple[str, ...] = ()
    uncertain: bool = False
    adopt_by: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    guarded: str = ""
    watched: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    headline: str = ""
    carried: tuple[str, ...] | None = None
    alone: bool = False
    keyed: Mapping[str, str] = field(default_factory=dict)
    label_without_clients: StrPromise | str = ""
    forgettable: bool = False
    revives: Callable[[Mapping[str, str | None]], bool] | None = None
    _versions: dict[tuple[str, bytes], bytes] = field(default_factory=dict, repr=False, compare=False)

    @property
    def needs_period(self) -> bool:
        """Whether the company's current period must be known first: to date the rows, or to ask for them."""
        return self.dating.needs_period_type or "period" in self.loops

    @property
    def natural_key(self) -> tuple[str, ...]:
        """What tells records of this kind apart whichever source gave them."""
        return self.adopt_by or self.key

    def calls_a_person(self, scope: MirrorScope) -> int:
        """How many calls one person of a company costs: of a slow-lane kind, whose other loops go round for each."""
        return prod(len(loop.values(scope)) for name, loop in self.loops.items() if name != PERSON)

    @property
    def label(self) -> str:
        """The kind in the reader's language, plural."""
        own = self.label_without_clients if wording.without_clients() else ""
        return str(own or self.model._meta.verbose_name_plural)

    def version(self, binding: Soap | Rest) -> bytes:
        """Changes whenever the same answer would give other rows: part of the digest that allows a skip.

        Another HASH_KEY gives other fingerprints, so every answer is read once more after it.
        """
        known_by = type(binding).__name__, key_mark("fingerprint")
        if known_by not in self._versions:
            self._versions[known_by] = self._version(binding)
        return self._versions[known_by]

    def _version(self, binding: Soap | Rest) -> bytes:
        parts = (
            ENGINE_VERSION,
            key_mark("fingerprint"),
            binding,
            self.key,
            sorted((name, link.model._meta.label, link.ignore_unknown) for name, link in self.links.items()),
            self.dating,
            sorted(column.name for column in columns(self.model)),
            self.prepare.__qualname__ if self.prepare else "",
            self.sums,
        )
        return blake2b(repr(parts).encode(), digest_size=16).digest()


#: Columns that the engine keeps itself.
BOOKKEEPING = frozenset(
    {"id", "environment", "key", "guid", "fingerprint", "first_seen", "last_changed", "missing_since"}
)


def columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The model's mirrored columns: those a fingerprint covers."""
    return [column for column in model._meta.concrete_fields if column.name not in BOOKKEEPING]


class Registry:
    """All resources in dependency order, and what runs after a publish."""

    def __init__(self) -> None:
        self._resources: dict[str, Resource] = {}
        # Asked thousands of times a sync and the same every time: worked out once after the last declaration.
        self._stages: dict[str, int] = {}
        self._followers: list[tuple[frozenset[str], Follower]] = []
        self._reporters: dict[str, Reporter] = {}

    def add(self, *resources: Resource) -> None:
        """Declare kinds. A name or model can be declared once."""
        for resource in resources:
            if resource.name in self._resources:
                raise ValueError(f"The resource {resource.name} is declared twice.")
            self._resources[resource.name] = resource
            resource.model.resource = resource
        self._stages.clear()

    def after_publish(self, names: Sequence[str], follower: Follower) -> None:
        """Call `follower` inside every transaction that changed rows in one of these kinds, all of one level."""
        self._followers.append((frozenset(names), follower))

    def on_unmapped(self, name: str, reporter: Reporter) -> None:
        """Call `reporter` inside every publish of this kind in which its door met texts that it does not know."""
        self._reporters[name] = reporter

    def report_unmapped(self, name: str, environment_id: int, texts: Mapping[str, int]) -> None:
        """Hand on the texts that a door did not know, with how many records had each."""
        if texts and name in self._reporters:
            self._reporters[name](environment_id, texts)

    def lock_company(self, company_id: int) -> None:
        """Keep two publishes of one company apart until the transaction ends. SQLite has one writer anyway."""
        if connection.features.has_select_for_update:
            model = apps.get_model(COMPANY_MODEL)
            list(model._base_manager.select_for_update(of=("self",)).filter(pk=company_id).values_list("pk"))

    def followers(self, name: str) -> list[Follower]:
        return [follower for names, follower in self._followers if name in names]

    def __getitem__(self, name: str) -> Resource:
        return self._resources[name]

    def __contains__(self, name: object) -> bool:
        return name in self._resources

    def __iter__(self) -> Iterator[Resource]:
        return iter(sorted(self._resources.values(), key=lambda resource: (self.stage(resource), resource.name)))

    def stage(self, resource: Resource) -> int:
        """How many resources must have been read before this one: the depth of its links and its level."""
        if resource.name not in self._stages:
            self._stages[resource.name] = self._worked_out(resource)
        return self._stages[resource.name]

    def _worked_out(self, resource: Resource) -> int:
        if resource.uncertain:
            return LAST_STAGE
        own = (Level.ENVIRONMENT, Level.DEBTOR, Level.COMPANY).index(resource.level)
        parents = [other for other in self._resources.values() if self._needs(resource, other)]
        return max([own, *(self.stage(parent) + 1 for parent in parents)])

    def dependents(self, resource: Resource) -> list[str]:
        """Names of the kinds that link to this one or are dated by it."""
        return [other.name for other in self._resources.values() if self._needs(other, resource)]

    def _needs(self, resource: Resource, other: Resource) -> bool:
        if other is resource:
            return False
        linked = any(link.model is other.model for link in resource.links.values()) or other.name in resource.after
        # Which years there are follows from the current period, where that is known.
        timed = resource.needs_period or "year" in resource.loops
        return linked or (timed and other.model._meta.label == PERIOD_TYPE_MODEL)


#: The model that tells the period type of a company; `ByPeriod` cannot date without it.
PERIOD_TYPE_MODEL = "companies.CurrentPeriod"
COMPANY_MODEL = "companies.Company"

#: No kind waits for what may be slow to fail.
LAST_STAGE = 100

#: Gets the primary key of the company, debtor or environment, and the first day that may have changed (None: any).
Follower = Callable[[int, Any], None]

#: Gets the environment's primary key, and text -> number of records.
Reporter = Callable[[int, Mapping[str, int]], None]

registry = Registry()
