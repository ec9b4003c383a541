"""How old what Nmbrs has on file about a client is. Figures over its companies: portal.companies.freshness."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from portal.accounts.prepared import PreparedRows
from portal.accounts.roles import INTERNAL
from portal.debtors.models import Debtor
from portal.mirror.models import Freshness
from portal.mirror.resource import registry
from portal.ui.freshness import FreshnessSummary, summarise, why

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from portal.accounts.models import User


def of_kinds(user: "User | AnonymousUser", debtor: Debtor, kinds: Sequence[str]) -> FreshnessSummary:
    """The freshness of kinds that are read for a client as such."""
    rows: list[Any] = _of_kinds(user, debtor.pk, kinds=tuple(kinds))
    for row in rows:
        row.error_kind = row.why
    return summarise(rows, kinds, label=lambda name: registry[name].label)


@PreparedRows
def _of_kinds(user: "User | AnonymousUser", debtor: int, *, kinds: tuple[str, ...]) -> "QuerySet[Freshness]":
    own = Freshness.objects.visible_to(user).filter(debtor=debtor, company__isnull=True, resource__in=kinds)
    return own.annotate(why=why(Q(debtor__in=Debtor.everything.visible_to(user, INTERNAL).order_by().values("pk"))))
