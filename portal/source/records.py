"""Source, what it is asked, and what it answers."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from portal.source.bindings import Rest, Soap

#: One flat row of text values by column name. A column that the answer leaves out is absent; nil is None.
Record = Mapping[str, str | None]

#: In place of a text about which the answer contradicts itself: an element twice with different texts, or markup
#: between its letters. No XML can hold this character and no column takes it, so the record is quarantined.
UNREADABLE = "\x00"

#: One value of a loop: a text, or several that belong together by name (`{"year": "2026", "number": "11"}`).
LoopValue = str | Mapping[str, str]
Loops = Mapping[str, Sequence[LoopValue]]


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


@dataclass(frozen=True)
class Answer:
    """One call of a fetch: what it was asked with, and a hash over what came back (16 bytes)."""

    given: Mapping[str, str]
    digest: bytes


class Fetched(Protocol):
    """A complete answer: every call of the loop succeeded, every body is well-formed and free of faults."""

    #: The calls in loop order, without those that were refused.
    answers: Sequence[Answer]
    #: blake2b over all answers in loop order, 16 bytes. Equal digests mean equal answers.
    digest: bytes
    #: Values of the binding's tolerant loop that Nmbrs refuses to speak about: of them nothing is known.
    refused: frozenset[str]
    #: How many calls were made and how many bytes came back.
    calls: int
    size: int

    def records(self, skip: Container[int] = ()) -> Iterator[Record]:
        """The records in the order of the answers, those at the places in `skip` left out.

        May raise SchemaChanged, or AnswerMalformed for content that only shows when it is read.
        """

    @property
    def unknown_elements(self) -> Counter[str]:
        """Names of elements that the contract does not know, with their count; complete after `records()` ended."""


class Source(Protocol):
    """Reads resources. SOAP, REST and test sources are interchangeable. Safe to use from several threads."""

    def fetch(self, binding: Soap | Rest, scope: Scope, loops: Loops) -> Fetched:
        """Ask for all records of one resource in one scope.

        `loops` gives for each loop name the values to ask one after another (employee types, years, people); the
        calls are their product, and all answers together are one list. Raises a SourceError; never returns a part,
        the values of a tolerant loop that were refused aside.
        """

    def binding(self, soap: Soap | None, rest: Rest | None) -> Soap | Rest:
        """The binding that this source understands. Raises Unsupported when the resource has none for it."""

    def close(self) -> None:
        """Give back sockets."""
