"""What kills workers is found by halving what is tried together (reliability.md 2.6, R3).

The place of the attempt stands in the run's row before the work is begun: which part of the records is being read, or
which people are being asked. Whoever takes the run over after a death reads off there what died, and tries less of it,
until one record or one person is left. That one goes to quarantine, and everything else is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NotRequired, TypedDict

from portal import clock
from portal.mirror.models import Quarantine, Reason
from portal.mirror.quarantine import PERSON_FIELD

#: Records read together at most, once a run is a suspect.
PART = 500
#: Deaths over one record or person: of more than 2 ** this many nothing is ever tried together.
MOST_DEATHS = 14
#: So many single records of one answer are left alone; more of them mean that our own code is broken.
MOST_KILLERS = 3


class Place(TypedDict):
    """What is known of a run that killed workers. Positions are those in the answer with the digest `answer`.

    `trying`  the part of the records, [first, end), that is being read now.
    `part`    the smallest part in which a worker died.
    `once`    the record or person that a worker died over, all by itself: a second death is no accident.
    `out`     records that killed two workers all by themselves.
    `mark`    the record from quarantine that is being tried again.
    `asking`  the people, by remote id, who are being asked about now; `sure` where it is known of them already.
    `most`    so many people are asked about together at most.
    `deaths`  since the last one was found.
    """

    answer: NotRequired[str]
    trying: NotRequired[Sequence[int]]
    part: NotRequired[Sequence[int]]
    once: NotRequired[str]
    out: NotRequired[list[int]]
    mark: NotRequired[str]
    asking: NotRequired[list[str]]
    sure: NotRequired[bool]
    most: NotRequired[int]
    deaths: NotRequired[int]


@dataclass(frozen=True)
class Lesson:
    """What the death of a worker tells about the run it had in hand."""

    place: Place | None
    #: The person, by remote id, who alone was being asked about.
    person: str = ""
    #: The mark of the record that was tried again.
    mark: str = ""
    hopeless: bool = False


def lesson(place: Place | None) -> Lesson | None:
    """What to try after a worker died at `place`; None when that tells nothing, so that the death is an attempt."""
    if not place:
        return None
    known: Place = {**place}
    trying, mark, asking = known.pop("trying", None), known.pop("mark", ""), known.pop("asking", None)
    sure, once = known.pop("sure", False), known.pop("once", "")
    if mark:
        return Lesson(_worth_keeping(known), mark=mark)
    known["deaths"] = known.get("deaths", 0) + 1
    if known["deaths"] > MOST_DEATHS:
        return Lesson(None, hopeless=True)
    if trying is not None:
        first, end = trying
        if end - first > 1:
            known["part"] = [first, end]
            return Lesson(known)
        if once != f"record {first}":
            known["once"] = f"record {first}"
            return Lesson(known)
        known.pop("part", None)
        known["deaths"] = 0
        known["out"] = [*known.get("out", []), first]
        return Lesson(known, hopeless=len(known["out"]) > MOST_KILLERS)
    if asking:
        if len(asking) > 1:
            known["most"] = len(asking) // 2
            return Lesson(known)
        if not sure and once != f"person {asking[0]}":
            known["once"] = f"person {asking[0]}"
            return Lesson({**known, "most": 1})
        known.pop("most", None)
        known["deaths"] = 0
        return Lesson(_worth_keeping(known), person=asking[0])
    return None


def _worth_keeping(place: Place) -> Place | None:
    return place if any(name in place for name in ("part", "once", "out", "most")) else None


def parts(count: int, part: Sequence[int] | None) -> dict[int, int]:
    """First -> end of the parts in which `count` records are tried: halves of that in which a worker died."""
    step = min(PART, max(1, (count + 1) // 2))
    edges = {*range(0, count, step), count}
    if part is not None:
        first, end = part
        edges |= {min(edge, count) for edge in (first, (first + end) // 2, end)}
    ordered = sorted(edges)
    return dict(pairwise(ordered))


def keep(run: Any, found: Lesson) -> None:
    """Write down in quarantine what a death was found to be about. `run`: its row. Inside the claiming transaction."""
    here = Quarantine.objects.filter(scope_key=_scope_key(run), resource=run.resource)
    if found.mark:
        here.filter(mark=bytes.fromhex(found.mark)).update(retry=False, last_seen=clock.now())
    if found.person:
        Quarantine.objects.update_or_create(
            scope_key=_scope_key(run),
            resource=run.resource,
            row_key=found.person,
            field=PERSON_FIELD,
            defaults={"reason": Reason.KILLED, "retry": False, "last_seen": clock.now()},
            create_defaults={
                "environment_id": run.environment_id,
                "debtor_id": run.debtor_id,
                "company_id": run.company_id,
                "reason": Reason.KILLED,
                "first_seen": clock.now(),
                "last_seen": clock.now(),
            },
        )


def _scope_key(run: Any) -> str:
    """One person's records belong to their company's."""
    return f"company:{run.company_id}" if run.employee_id else run.scope_key
