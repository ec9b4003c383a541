"""The slow lane's rotation: which people of a company a run reads next.

First those whose other records changed since they were read, then those never read, then those not read for longest.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest

from django.db.models import Count, Exists, Max, Min, OuterRef, Q

from portal.employees.active import active_people
from portal.employees.models import Employee
from portal.mirror.asked import Asked
from portal.mirror.models import Change, Freshness, PersonFetch, State
from portal.mirror.people import People
from portal.mirror.quarantine import deadly_people
from portal.mirror.resource import PERSON, Lane, Resource, registry
from portal.mirror.scope import MirrorScope
from portal.source import LoopValue
from portal.sync.models import PARKED, SyncRun

#: People read between two publishes: few enough that others get their turn, enough that a publish is worth it.
SLICE = 50
#: How a kind stands that does not come in, for whatever reason.
STUCK = (State.FAILING, State.NOT_PERMITTED, State.HELD)


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
        Change.objects.filter(company=scope.company_id, employee__isnull=False, resource__in=_other_records())
        .order_by()
        .values_list("employee_id")
        .annotate(Max("learned_at"))
    )

    def read_at(person: str) -> datetime | None:
        row = fetches.get(pks[person])
        return row.fetched_at if row else None

    def urgency(person: str) -> tuple[bool, bool, float]:
        return _urgency(read_at(person), changed.get(pks[person]))

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


def _other_records() -> list[str]:
    """The kinds whose changes bring somebody's turn forward. What the rotation found is no reason to go round again."""
    return [kind.name for kind in registry if kind.lane is Lane.FAST]


def shares_of_rotation(environment_id: int, kinds: Collection[str], most: int) -> dict[int, int]:
    """Company -> how many people of it one night's rotation over these kinds reads, `most` together. Four queries.

    They are picked as if all companies were one: by news, then never read, then longest ago. Which of a company a run
    then reads, it decides itself, kind by kind. A kind that does not come in does not count: its old dates would put
    the same people first every night. Where none does, people have their turn after the others, by the last attempt.
    """
    stuck = Freshness.objects.filter(environment=environment_id, resource__in=kinds, state__in=STUCK)
    read: dict[int, datetime] = dict(
        PersonFetch.objects.filter(
            ~Exists(stuck.filter(company=OuterRef("employee__company"), resource=OuterRef("resource"))),
            employee__environment=environment_id,
            resource__in=kinds,
        )
        .order_by()
        .values_list("employee_id")
        .annotate(Min("fetched_at"))
    )
    news: dict[int, datetime] = dict(
        Change.objects.filter(environment=environment_id, employee__isnull=False, resource__in=_other_records())
        .order_by()
        .values_list("employee_id")
        .annotate(Max("learned_at"))
    )
    tried: dict[int, datetime] = {}
    given_up = set()
    by_company = stuck.filter(company__isnull=False).order_by().values("company_id")
    counted = by_company.annotate(
        found=Count("pk"), last=Max("last_attempt"), parked=Count("pk", filter=Q(error_kind=PARKED))
    )
    for company, found, last, parked in counted.values_list("company_id", "found", "last", "parked"):
        if parked == len(kinds):
            given_up.add(company)
        elif found == len(kinds) and last:
            tried[company] = last
    people = (
        active_people()
        .filter(
            environment=environment_id, company__missing_since__isnull=True, company__debtor__missing_since__isnull=True
        )
        .exclude(company__in=given_up)
    )

    def place(person: tuple[int, int]) -> tuple[bool, bool, float]:
        pk, company = person
        return _urgency(tried.get(company) or read.get(pk), news.get(pk))

    picked = nsmallest(most, people.order_by("pk").values_list("pk", "company_id"), key=place)
    return Counter(company for _, company in picked)


def _urgency(read: datetime | None, news: datetime | None) -> tuple[bool, bool, float]:
    """A person's place: whose other records changed since, then who was never read, then by when."""
    changed = news is not None and (read is None or news > read)
    return not changed, read is not None, read.timestamp() if read else 0.0
