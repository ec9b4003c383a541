"""Publishing answers into the mirror without a source: a company with two people, and complete answers."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.companies.models import Company
from portal.employees.models import Employee
from portal.mirror import engine, freshness
from portal.mirror.asked import Answered, Asked
from portal.mirror.resource import Resource
from portal.mirror.scope import MirrorScope
from portal.periods import PeriodType
from portal.source import Answer, Level, LoopValue, Record


@dataclass(frozen=True)
class Listed:
    """A complete answer with these records: what any source hands over."""

    rows: Sequence[Record]
    digest: bytes = b""
    calls: int = 1
    size: int = 0
    refused: frozenset[str] = frozenset()
    answers: Sequence[Answer] = ()

    def records(self, skip: Container[int] = ()) -> Iterator[Record]:
        yield from self.rows

    @property
    def unknown_elements(self) -> Counter[str]:
        return Counter()


class OurTurn:
    """The only writer."""

    def turn(self) -> None:
        """Nobody waits."""

    def beat(self) -> None:
        """Nobody waits for a sign of life."""

    def fence(self, outcome: engine.Outcome) -> None:
        """Nobody took over."""


@dataclass(frozen=True)
class Place:
    """A company with two people."""

    company: Company
    people: Sequence[Employee]

    def scope(self, kind: PeriodType = PeriodType.MONTH) -> MirrorScope:
        return MirrorScope(
            self.company.environment_id,
            Level.COMPANY,
            company_id=self.company.pk,
            company_remote_id=self.company.remote_id,
            period_type=kind,
        )

    def publish(
        self,
        resource: Resource,
        rows: Sequence[Record],
        scope: MirrorScope | None = None,
        loops: Mapping[str, Sequence[LoopValue]] | None = None,
    ) -> engine.Outcome:
        """One complete answer into the mirror. `loops`: what was asked of a kind that is asked value by value."""
        scope = scope or self.scope()
        fresh = freshness.load([(resource, scope)])[scope.key, resource.name]
        return engine.publish(Answered(Asked(resource, scope, loops or {}), Listed(rows), b""), fresh, OurTurn())


def stamp(created: datetime | None) -> str | None:
    """As the wire writes it: Dutch time without a zone."""
    return (created + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S") if created else None
