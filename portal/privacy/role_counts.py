"""How many clients the office has in each role under the GDPR, and for how many no agreement is recorded."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from portal.privacy.models import LegalRole

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class RoleCounts:
    """Clients by role, every role there is, also without clients; those without a role; without a dated agreement."""

    by_role: list[tuple[LegalRole, int]]
    without_role: int
    without_agreement: int

    @property
    def lines(self) -> list[tuple[str, int]]:
        """Role in words and number of clients; those without a role last."""
        return [
            *((str(role.label), number) for role, number in self.by_role),
            (_("no role recorded yet"), self.without_role),
        ]


def counted_by_role(clients: "QuerySet[Any]") -> RoleCounts:
    """The counts over these clients, which went through `visible_to`."""
    complete = Q(agreement__agreed_on__isnull=False) & ~Q(agreement__reference="")
    asked = {role.value: Count("pk", filter=Q(agreement__role=role)) for role in LegalRole}
    found = clients.order_by().aggregate(all=Count("pk"), complete=Count("pk", filter=complete), **asked)
    by_role = [(role, found[role.value]) for role in LegalRole]
    without_role = found["all"] - sum(number for _role, number in by_role)
    return RoleCounts(by_role, without_role, found["all"] - found["complete"])
