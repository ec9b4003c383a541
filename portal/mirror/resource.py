"""Resource: the declaration of one mirrored kind of record, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models

from portal.accounts.roles import Capability
from portal.mirror.dating import Current, Dating
from portal.source import Level, Rest, Soap

if TYPE_CHECKING:
    from portal.mirror.scope import MirrorScope

#: Raised when the engine reads or dates the same record otherwise than before: every digest becomes worthless.
ENGINE_VERSION = 1

Prepare = Callable[[dict[str, str | None]], dict[str, str | None]]


@dataclass(frozen=True)
class Link:
    """A column that refers to another mirrored row by the remote id in the record.

    `ignore_unknown`: a record whose parent is not mirrored is left out in silence (applicants, privacy.md 5);
    otherwise it is quarantined.
    """

    model: type[models.Model]
    ignore_unknown: bool = False


@dataclass(frozen=True)
class Loop:
    """Values of one parameter that are asked one after another, all answers together being one list.

    `window`: the column that holds the value in the mirrored row, where absence is judged only inside the values
    asked; empty where the values asked are always all there are.
    """

    values: Callable[[MirrorScope], Sequence[str]]
    window: str = ""


@dataclass(frozen=True)
class Resource:
    """One kind of record. The model is the schema; here stands only what cannot be guessed from it.

    `key`         columns that tell records of this kind apart; a link's column counts by remote id.
    `prepare`     drops or reshapes text values before conversion; raises ValueError(column) for a bad one.
    `capability`  what somebody must hold to see these records.
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
    _versions: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    @property
    def label(self) -> str:
        """The kind in the reader's language, plural."""
        return str(self.model._meta.verbose_name_plural)

    def version(self, binding: Soap | Rest) -> bytes:
        """Changes whenever the same answer would give other rows: part of the digest that allows a skip."""
        protocol = type(binding).__name__
        if protocol not in self._versions:
            self._versions[protocol] = self._version(binding)
        return self._versions[protocol]

    def _version(self, binding: Soap | Rest) -> bytes:
        parts = (
            ENGINE_VERSION,
            binding,
            self.key,
            sorted((name, link.model._meta.label, link.ignore_unknown) for name, link in self.links.items()),
            self.dating,
            sorted(column.name for column in columns(self.model)),
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
        self._followers: list[tuple[frozenset[str], Follower]] = []

    def add(self, *resources: Resource) -> None:
        """Declare kinds. A name or model can be declared once."""
        for resource in resources:
            if resource.name in self._resources:
                raise ValueError(f"The resource {resource.name} is declared twice.")
            self._resources[resource.name] = resource
            resource.model.resource = resource

    def after_publish(self, names: Sequence[str], follower: Follower) -> None:
        """Call `follower` inside every transaction that changed rows of a company in one of these kinds."""
        self._followers.append((frozenset(names), follower))

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
        own = (Level.ENVIRONMENT, Level.DEBTOR, Level.COMPANY).index(resource.level)
        parents = [other for other in self._resources.values() if self._needs(resource, other)]
        return max([own, *(self.stage(parent) + 1 for parent in parents)])

    def dependents(self, resource: Resource) -> list[str]:
        """Names of the kinds that link to this one or are dated by it."""
        return [other.name for other in self._resources.values() if self._needs(other, resource)]

    def _needs(self, resource: Resource, other: Resource) -> bool:
        if other is resource:
            return False
        linked = any(link.model is other.model for link in resource.links.values())
        return linked or (resource.dating.needs_period_type and other.model._meta.label == PERIOD_TYPE_MODEL)


#: The model that tells the period type of a company; `ByPeriod` cannot date without it.
PERIOD_TYPE_MODEL = "companies.CurrentPeriod"
COMPANY_MODEL = "companies.Company"

#: Gets the company's primary key and the first day that may have changed (None: any).
Follower = Callable[[int, Any], None]

registry = Registry()
