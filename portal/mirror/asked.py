"""Asked: one resource in one scope with the values of its loops, and the answer that came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b

from portal.mirror.resource import PERSON, Resource
from portal.mirror.scope import MirrorScope
from portal.source import Fetched, LoopValue, Rest, Soap, Source


@dataclass(frozen=True)
class Asked:
    """What a fetch asks. `whole`: nothing is left to ask in this scope once the answer is published."""

    resource: Resource
    scope: MirrorScope
    loops: Mapping[str, Sequence[LoopValue]] = field(default_factory=dict)
    whole: bool = True

    def fetch(self, source: Source) -> Fetched:
        """Ask the source. Safe in a thread: touches no database. Raises SourceError."""
        return source.fetch(self.binding(source), self.scope.remote, self.loops)

    def binding(self, source: Source) -> Soap | Rest:
        """How this source reads the kind. Raises Unsupported."""
        return source.binding(self.resource.soap, self.resource.rest)

    def answered(self, fetched: Fetched, source: Source) -> Answered:
        """The same with its answer."""
        return Answered(self, fetched, self.resource.version(self.binding(source)))

    def only(self, people: Sequence[str]) -> Asked:
        """The same for some of the people only."""
        return replace(self, loops={**self.loops, PERSON: people})


@dataclass(frozen=True)
class Answered:
    """An answer to what was asked. `version` is that of the declaration it will be read with."""

    asked: Asked
    fetched: Fetched
    version: bytes

    @cached_property
    def digest(self) -> bytes:
        """Equal digests: the same answer to the same question, read the same way."""
        return self._digest(self.fetched.digest, self.asked.loops)

    def digests_of_people(self) -> dict[str, bytes]:
        """The digest of each person's answers, by remote id."""
        own: dict[str, list[bytes]] = {}
        for answer in self.fetched.answers:
            own.setdefault(answer.given[PERSON], []).append(answer.digest)
        others = {name: values for name, values in self.asked.loops.items() if name != PERSON}
        return {person: self._digest(b"".join(digests), others) for person, digests in own.items()}

    def _digest(self, content: bytes, loops: Mapping[str, Sequence[LoopValue]]) -> bytes:
        scope = self.asked.scope
        dated_by = scope.period_type if self.asked.resource.dating.needs_period_type else None
        question = repr(
            (dated_by, sorted((name, [_text(value) for value in values]) for name, values in loops.items()))
        )
        return blake2b(content + self.version + question.encode(), digest_size=16).digest()


def _text(value: LoopValue) -> str:
    return value if isinstance(value, str) else repr(sorted(value.items()))
