"""Filling `guid`: the id by which the REST API knows a row that was read over SOAP.

Nmbrs gives pairs of ids, in SOAP only and until SOAP ends (nmbrs.md 2). Pair and row may come in either order, so both
kinds are followed. A GUID that is known is never taken away.
"""

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from portal.debtors.models import Debtor, DebtorGuid

if TYPE_CHECKING:
    from portal.mirror.models import MirrorQuerySet

#: What .NET writes for "none".
NO_GUID = UUID(int=0)


def fill(rows: "MirrorQuerySet[Any]", pairs: "QuerySet[Any]") -> int:
    """Give `rows` the GUIDs of `pairs` of their environment with their remote id. One statement; returns how many
    rows differ now.
    """
    own = pairs.filter(environment=OuterRef("environment"), remote_id=OuterRef("remote_id"), missing_since__isnull=True)
    known = own.exclude(remote_guid=NO_GUID).order_by("pk").values("remote_guid")[:1]
    paired: QuerySet[Any] = rows.alias(paired=Subquery(known)).filter(paired__isnull=False)
    return paired.filter(Q(guid__isnull=True) | ~Q(guid=Subquery(known))).update(guid=Subquery(known))


def of_environment(environment_id: int, _since: date | None) -> None:
    """Debtors of an environment by the list of all (a follower)."""
    fill(Debtor.everything.filter(environment=environment_id), DebtorGuid.everything.all())
