"""Which clients nobody of the office looks after: new ones from Nmbrs, and those whose people or rules are gone."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from portal.accounts.grants import caught
from portal.accounts.models import Firm, Membership, TagRule, TeamDebtor, TeamMember
from portal.accounts.models.terms import in_force
from portal.accounts.roles import DEPUTISED

if TYPE_CHECKING:
    from django.db.models import QuerySet


def assigned_to_nobody(clients: "QuerySet[Any]", firm: Firm | int, moment: datetime | None = None) -> "QuerySet[Any]":
    """Those of `clients` (rows of debtors.Debtor of this firm) that only administrators and auditors see then; None:
    now.

    A client counts as looked after when an active accountant or assistant has it: by name, by a company of it, in a
    team that has somebody in it, or by a rule of such a team.
    """
    key = firm if isinstance(firm, int) else firm.pk
    own = Membership.objects.in_force(moment).filter(firm=key, role__in=DEPUTISED, user__is_active=True)
    manned = TeamMember.objects.filter(in_force(moment=moment), role__in=DEPUTISED, user__is_active=True)
    teams = manned.filter(team__firm=key).values("team_id")
    return (
        clients.filter(environment__firm=key)
        .exclude(pk__in=own.filter(debtor__isnull=False).values("debtor_id"))
        .exclude(pk__in=own.filter(company__isnull=False).values("company__debtor_id"))
        .exclude(pk__in=TeamDebtor.objects.filter(team__in=teams).values("debtor_id"))
        .exclude(pk__in=caught(TagRule.objects.filter(team__in=teams), key).values("debtor_id"))
    )
