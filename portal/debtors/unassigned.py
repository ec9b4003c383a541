"""Clients that nobody of the office looks after."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Value

from portal import clock
from portal.accounts.assignment import assigned_to_nobody
from portal.accounts.models import Firm, User
from portal.accounts.people import firms_managed_by
from portal.accounts.prepared import Prepared
from portal.accounts.roles import Capability
from portal.debtors.models import Debtor

if TYPE_CHECKING:
    from django.db.models import QuerySet


def unassigned_by_firm(user: User) -> dict[Firm, int]:
    """How many clients nobody looks after, by firm in which the person may give them to somebody; of firms with any."""
    found = ((firm, _count(user, firm.pk, moment=clock.now())) for firm in firms_managed_by(user))
    return {firm: number for firm, rows in found for (number,) in rows if number}


@Prepared
def _count(user: User, firm: int, *, moment: datetime) -> "QuerySet[Any, Any]":
    clients = assigned_to_nobody(Debtor.objects.visible_to(user, Capability.MANAGE_USERS), firm, moment)
    # One row, also of no clients: all are counted together.
    counted: QuerySet[Any, Any] = clients.order_by().values(all=Value(1)).annotate(number=Count("pk"))
    return counted.values_list("number")
