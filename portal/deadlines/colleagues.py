"""Who can be responsible for a company: somebody of the office who sees it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

from portal.accounts import grants
from portal.accounts.models import Membership, TeamMember, User
from portal.accounts.models.terms import in_force
from portal.accounts.roles import CAPABILITIES, STAFF, Capability
from portal.companies.models import Company
from portal.debtors.models import Debtor

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: The roles that do a company's work: an auditor reads.
WORKING = [str(role) for role in STAFF if Capability.SET_DEADLINES in CAPABILITIES[role]]


def colleagues(user: User) -> "QuerySet[User]":
    """The people to choose from, by name: oneself and who works for a client or company that `user` works for.

    Who manages the people of an office chooses from all of them; nobody else learns who works for other clients.
    """
    whole = grants.Grants(user, Capability.MANAGE_USERS).firms()
    firms = Q(firm__in=whole) if whole is not None else Q(pk__in=[])
    clients = Debtor.objects.visible_to(user, Capability.SET_DEADLINES).order_by().values("pk")
    companies = Company.objects.visible_to(user, Capability.SET_DEADLINES).order_by().values("pk")
    own = Membership.objects.in_force().filter(
        firms | Q(debtor__in=clients) | Q(company__in=companies), role__in=WORKING
    )
    teams = Q(team__firm__in=whole) if whole is not None else Q(team__clients__debtor__in=clients)
    places = TeamMember.objects.filter(in_force(), teams, role__in=WORKING)
    here = Q(pk__in=own.values("user_id")) | Q(pk__in=places.values("user_id")) | Q(pk=user.pk)
    return User.objects.filter(here, is_active=True).order_by("name", "pk")


def seen_by(user: User, companies: Iterable[int]) -> set[int]:
    """Those of the companies whose work `user` may do."""
    seen = Company.objects.visible_to(user, Capability.SET_DEADLINES).filter(pk__in=list(companies))
    return set(seen.values_list("pk", flat=True))
