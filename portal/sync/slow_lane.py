"""The slow lane's rotation: which people of a company a run reads next.

First those who were never read, then those whose other records just changed, then those not read for longest.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Max

from portal.employees.models import Employee
from portal.mirror.asked import Asked
from portal.mirror.models import Change, PersonFetch
from portal.mirror.people import People
from portal.mirror.quarantine import deadly_people
from portal.mirror.resource import PERSON, Resource
from portal.mirror.scope import MirrorScope
from portal.source import LoopValue
from portal.sync.models import SyncRun

#: People read between two publishes: few enough that others get their turn, enough that a publish is worth it.
SLICE = 50


def next_slice(
    run: SyncRun,
    resource: Resource,
    scope: MirrorScope,
    loops: Mapping[str, Sequence[LoopValue]],
    most: int = SLICE,
) -> tuple[Asked, People, int | None]:
    """What to ask now, of whom (`most` people at most), and how many people a limited run has left after it. Four
    queries.

    `loops` are the values of all loops; those of PERSON are the people that the rotation goes through.
    """
    wanted = [str(remote_id) for remote_id in loops[PERSON]]
    pks = {
        str(remote_id): pk
        for remote_id, pk in Employee.objects.filter(company=scope.company_id).values_list("remote_id", "pk")
    }
    deadly = deadly_people(resource, scope)
    active = [person for person in wanted if person in pks and deadly.get(person, True)]
    rows = PersonFetch.objects.filter(employee__company=scope.company_id, resource=resource.name)
    fetches = {row.employee_id: row for row in rows}
    changed: dict[int, datetime] = dict(
        Change.objects.filter(company=scope.company_id, employee__isnull=False)
        .order_by()
        .values_list("employee_id")
        .annotate(Max("learned_at"))
    )

    def read_at(person: str) -> datetime | None:
        row = fetches.get(pks[person])
        return row.fetched_at if row else None

    def urgency(person: str) -> tuple[bool, bool, float]:
        at = read_at(person)
        news = changed.get(pks[person])
        return at is not None, at is not None and not (news and news > at), at.timestamp() if at else 0.0

    if scope.employee_id is not None:
        due = [str(scope.employee_remote_id)]
        pks.setdefault(due[0], scope.employee_id)
    else:
        due = sorted((one for one in active if (at := read_at(one)) is None or at < run.created), key=urgency)
    again = [person for person in due if person in deadly][:1]
    limit = len(due) if run.people_left is None else min(run.people_left, len(due))
    chosen = again or due[: min(SLICE, most, limit)]
    others = [read_at(person) for person in active if person not in chosen]
    people = People(
        pks={person: pks[person] for person in chosen},
        digests={
            person: bytes(row.digest)
            for person in chosen
            if (row := fetches.get(pks[person])) is not None and not row.refused
        },
        oldest=min((at for at in others if at is not None), default=None),
        unread=any(at is None for at in others),
        left_alone=sum(person in deadly and person not in active for person in wanted),
        tried_again=bool(again),
    )
    asked = Asked(resource, scope, {**loops, PERSON: chosen}, whole=len(chosen) >= limit)
    return asked, people, None if run.people_left is None else limit - len(chosen)


def share_of_rotation(budget: int, people: int, calls_a_person: int) -> float:
    """The share of the people that one night's rotation reads inside its budget of calls."""
    wanted = people * calls_a_person
    return min(1.0, budget / wanted) if wanted else 1.0
