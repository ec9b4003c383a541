"""Which sensitive kinds an environment reads."""

from typing import TYPE_CHECKING, Any

from django.db import transaction

from portal import clock
from portal.accounts.models import User
from portal.accounts.prepared import Prepared
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.mirror.models import OptInChoice
from portal.mirror.resource import OptIn

if TYPE_CHECKING:
    from django.db.models import OuterRef, QuerySet


def switched_on(environment_id: int) -> set[OptIn]:
    """The kinds that somebody switched on. Nothing is read before that."""
    known = {kind.value: kind for kind in OptIn}
    return {known[kind] for (kind,) in _switched_on(None, environment_id) if kind in known}


@Prepared
def _switched_on(_nobody: None, environment: int) -> "QuerySet[Any, Any]":
    """What an environment reads is the same whoever asks."""
    return OptInChoice.objects.filter(environment=environment, on=True).values_list("kind")


def switch_of(environment_id: "int | OuterRef", kind: OptIn) -> "QuerySet[OptInChoice]":
    """For a larger query: one row where the kind is switched on, else none."""
    return OptInChoice.objects.filter(environment_id=environment_id, kind=kind.value, on=True)


def switches_of(environments: "QuerySet[Any]") -> "QuerySet[OptInChoice]":
    """For a larger query: a row for each kind that is switched on in one of these environments, given by their keys."""
    return OptInChoice.objects.filter(environment__in=environments, on=True)


def choose(environment_id: int, kind: OptIn, *, on: bool, reason: str = "", by: User | None = None) -> None:
    """Keep a person's choice for one kind. What was read before stays until it is removed for retention."""
    with transaction.atomic():
        choice, _ = OptInChoice.objects.update_or_create(
            environment_id=environment_id,
            kind=kind.value,
            defaults={"on": on, "reason": reason, "decided_by": by, "decided_at": clock.now()},
        )
        record(Kind.OPT_IN_CHANGED, choice, detail={"kind": kind.value, "on": on})
