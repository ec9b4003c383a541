"""Source, what it is asked, and what it answers."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from portal.source.bindings import Rest, Soap

#: One flat row of text values by column name. A column that the answer leaves out is absent; nil is None.
Record = Mapping[str, str | None]


class Level(StrEnum):
    """The level of Nmbrs at which a resource is asked: one call (or loop of calls) per object of this level."""

    ENVIRONMENT = "environment"
    DEBTOR = "debtor"
    COMPANY = "company"


@dataclass(frozen=True)
class Scope:
    """What is asked: everything of an environment, of a debtor, or of a company, by remote ids."""

    level: Level
    debtor: str = ""
    company: str = ""


class Fetched(Protocol):
    """A complete answer: every call of the loop succeeded, every body is well-formed and free of faults."""

    #: blake2b over all bodies in loop order, 16 bytes. Equal digests mean equal answers.
    digest: bytes
    #: How many calls were made and how many bytes came back.
    calls: int
    size: int

    def records(self) -> Iterator[Record]:
        """The records in the order of the answer. May raise SchemaChanged."""

    @property
    def unknown_elements(self) -> Counter[str]:
        """Names of elements that the contract does not know, with their count; complete after `records()` ended."""


class Source(Protocol):
    """Reads resources. SOAP, REST and test sources are interchangeable. Safe to use from several threads."""

    def fetch(self, binding: Soap | Rest, scope: Scope, loops: Mapping[str, Sequence[str]]) -> Fetched:
        """Ask for all records of one resource in one scope.

        `loops` gives for each loop name the values to ask one after another (employee types, years); the calls
        are their product, and all answers together are one list. Raises a SourceError; never returns a part.
        """

    def binding(self, soap: Soap | None, rest: Rest | None) -> Soap | Rest:
        """The binding that this source understands. Raises Unsupported when the resource has none for it."""

    def close(self) -> None:
        """Give back sockets."""
