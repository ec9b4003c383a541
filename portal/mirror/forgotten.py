"""What was removed for good, and so is not mirrored again while Nmbrs still gives it (privacy.md 9, point 6)."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from portal import clock
from portal.mirror.models import Forgotten, Freshness
from portal.mirror.resource import PERSON, Resource, registry

CHUNK = 500


def of_people(resource: Resource) -> bool:
    """Whether the records of this kind belong to a person, so that they are forgotten person by person."""
    return PERSON in resource.links


def keys(resource: Resource, environment_id: int) -> frozenset[str]:
    """The records (or, of records of people, the people) that are left out. One query for kinds that have such."""
    if not resource.forgettable and not of_people(resource):
        return frozenset()
    rows = Forgotten.objects.filter(environment_id=environment_id, resource=resource.name)
    return frozenset(rows.values_list("key", flat=True))


def not_forgotten(name: str, path: str = "") -> Q:
    """The condition on rows whose record of this kind, themselves or at `path`, was not removed for good.

    For whoever shows rows that are missing in Nmbrs too: what is being removed is nobody's to see.
    """
    gone = Forgotten.objects.filter(resource=name, environment=OuterRef(f"{path}environment"))
    return ~Q(Exists(gone.filter(key=OuterRef(f"{path}key"))))


def forget(resource: Resource, environment_id: int, forgotten: Iterable[str]) -> None:
    """Mirror these no more. The rows themselves are removed by whoever calls this."""
    now = clock.now()
    rows = [
        Forgotten(environment_id=environment_id, resource=resource.name, key=key, since=now) for key in set(forgotten)
    ]
    Forgotten.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)


def let_back(resources: Iterable[Resource], environment_id: int, remembered: Iterable[str]) -> int:
    """Mirror these again from the next sync on, also where the answer is the same as before. Returns how many."""
    names, gone, wanted = [resource.name for resource in resources], 0, list(set(remembered))
    for start in range(0, len(wanted), CHUNK):
        rows = Forgotten.objects.filter(
            environment_id=environment_id, resource__in=names, key__in=wanted[start : start + CHUNK]
        )
        gone += rows.delete()[0]
    if gone:
        Freshness.objects.filter(environment_id=environment_id, resource__in=names).update(digest=b"")
    return gone


def people_are_back(environment_id: int, remote_ids: Iterable[str]) -> None:
    """Mirror these people and all their records again: they came back into service."""
    let_back([kind for kind in registry if kind.name == EMPLOYEES or of_people(kind)], environment_id, remote_ids)


#: The kind of the people themselves.
EMPLOYEES = "employees"
