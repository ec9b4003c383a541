"""Real answers: every kind of the registry read from an embedded Nmbrs and published; what came is kept as bytes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.mirror import engine, freshness
from portal.mirror.asked import Asked
from portal.mirror.difference import window_of
from portal.mirror.models import Freshness
from portal.mirror.people import People
from portal.mirror.resource import PERSON, Lane, Resource, registry
from portal.mirror.scope import MirrorScope
from portal.source import Level, Loops, LoopValue, Source
from portal.sync.scopes import company_scope, environment_scope

#: Of a loop with a window so many values are asked, the last ones; of people, the first.
ASKED, ASKED_PEOPLE = 3, 5
#: So many turns of a kind's loops are mutated: those with most in them.
TURNS = 2
Given = Mapping[str, str]


class OurTurn:
    """A lease that nobody else wants: the only writer of these tests."""

    def turn(self) -> None:
        """Nobody waits."""

    def beat(self) -> None:
        """Nobody waits for a sign of life."""

    def fence(self, outcome: engine.Outcome) -> None:
        """Nobody took over."""


@dataclass
class Captured:
    """A question and its answer: a body for each turn of the loops, in order."""

    asked: Asked
    given: list[Given]
    bodies: list[bytes]
    #: Primary keys of the rows that the answer is about, and all the kind has.
    judged: frozenset[int] = frozenset()
    records: int = 0
    fresh: Freshness = field(default_factory=Freshness)

    def publish(self, source: Source) -> engine.Outcome:
        """Ask once more and bring the answer into the mirror, as a worker does. Raises SourceError."""
        answered = self.asked.answered(self.asked.fetch(source), source)
        people = _people(self.asked) if self.asked.resource.lane is Lane.SLOW else None
        fresh = freshness.load([(self.asked.resource, self.asked.scope)])[
            self.asked.scope.key, self.asked.resource.name
        ]
        return engine.publish(answered, fresh, OurTurn(), people)


def capture(environment: Environment, source: Source) -> dict[str, Captured]:
    """Fill the mirror of an environment, one kind after another, and keep the fullest answer of each kind."""
    found: dict[str, Captured] = {}
    for resource in registry:
        for scope in _scopes(environment, resource.level):
            fresh = freshness.load([(resource, scope)])[scope.key, resource.name]
            asked = Asked(resource, scope, _fewer(resource, engine.loop_values(resource, scope, fresh)))
            one = _ask(asked, source)
            if one.records > (found[resource.name].records if resource.name in found else 0):
                found[resource.name] = one
    return {name: _smaller(one, source) for name, one in found.items()}


def _fewer(resource: Resource, loops: Loops) -> Loops:
    return {
        name: values[:ASKED_PEOPLE] if name == PERSON else values[-ASKED:] if resource.loops[name].window else values
        for name, values in loops.items()
    }


def _ask(asked: Asked, source: Source) -> Captured:
    fetched = asked.fetch(source)
    people = _people(asked) if asked.resource.lane is Lane.SLOW else None
    outcome = engine.publish(
        asked.answered(fetched, source),
        freshness.load([(asked.resource, asked.scope)])[asked.scope.key, asked.resource.name],
        OurTurn(),
        people,
    )
    assert outcome.quarantined == 0, f"{asked.resource.name}: {outcome.detail}"
    return Captured(
        asked,
        [given for given, _ in fetched._bodies],  # type: ignore[attr-defined]
        [b"".join(body.pieces()) for _, body in fetched._bodies],  # type: ignore[attr-defined]
        records=outcome.read,
    )


def _smaller(one: Captured, source: Source) -> Captured:
    """The same for a few values of each loop that has a window, so that an example takes milliseconds."""
    loops = dict(one.asked.loops)
    fullest = sorted(range(len(one.bodies)), key=lambda place: -len(one.bodies[place]))[:TURNS]
    for name, values in loops.items():
        if one.asked.resource.loops[name].window:
            wanted = [one.given[place] for place in fullest]
            loops[name] = [value for value in values if any(_is_given(given, name, value) for given in wanted)]
    asked = replace(one.asked, loops=loops)
    turns = [dict(zip(loops, values, strict=True)) for values in product(*loops.values())]
    places = [
        next(
            place
            for place, given in enumerate(one.given)
            if all(_is_given(given, name, value) for name, value in turn.items())
        )
        for turn in turns
    ]
    smaller = Captured(asked, [one.given[place] for place in places], [one.bodies[place] for place in places])
    smaller.judged = frozenset(window_of(asked).values_list("pk", flat=True))
    return smaller


def _is_given(given: Given, name: str, value: LoopValue) -> bool:
    if isinstance(value, str):
        return given[name] == value
    return all(given[f"{name}.{part}"] == text for part, text in value.items())


def _people(asked: Asked) -> People:
    """The people of a slice, as if none of them had been read before: every answer is read."""
    rows = Employee.objects.filter(company=asked.scope.company_id, remote_id__in=asked.loops[PERSON])
    return People(pks={str(remote_id): pk for remote_id, pk in rows.values_list("remote_id", "pk")}, digests={})


def _scopes(environment: Environment, level: Level) -> Iterator[MirrorScope]:
    if level is Level.ENVIRONMENT:
        yield environment_scope(environment.pk)
    elif level is Level.DEBTOR:
        for pk, remote_id in Debtor.objects.filter(environment=environment).values_list("pk", "remote_id"):
            yield MirrorScope(environment.pk, Level.DEBTOR, debtor_id=pk, debtor_remote_id=remote_id)
    else:
        for company in Company.objects.filter(environment=environment).select_related("current"):
            yield company_scope(company)


def snapshot(resource: Resource) -> dict[int, dict[str, Any]]:
    """All rows of a kind, every column, by primary key."""
    rows = {row.pk: row for row in resource.model.everything.all()}
    names = [column.attname for column in resource.model._meta.concrete_fields]
    return {
        pk: {name: bytes(value) if isinstance(value := getattr(row, name), memoryview) else value for name in names}
        for pk, row in rows.items()
    }


def names_of(resources: Sequence[Resource] | None = None) -> list[str]:
    """The registered kinds."""
    return [resource.name for resource in resources or registry]
