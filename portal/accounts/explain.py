"""Why somebody can see a client, a company or a person of it: every way that leads there now.

Says the same as portal.accounts.grants, way by way and with its dates; a test holds both against each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Q

from portal.accounts.grants import caught
from portal.accounts.models import Deputy, Membership, TagRule, TeamMember, User
from portal.accounts.models.terms import in_force
from portal.accounts.roles import CAPABILITIES, DEPUTISED, Capability, Role


@dataclass(frozen=True)
class Where:
    """What is asked about (primary keys): the client, and the company where it is one or lies in one."""

    firm: int
    debtor: int | None
    company: int | None = None


@dataclass(frozen=True)
class Way:
    """One way to see it: a role for `level`, perhaps through a team, by a tag, or as somebody's deputy.

    `starts` and `ends` are of the right itself; a deputy's way ends with whichever is first.
    """

    role: Role
    level: Literal["firm", "client", "company"]
    starts: datetime | None
    ends: datetime | None
    team: str = ""
    tag: str = ""
    deputy_of: str = ""
    reason: str = ""
    given_by: str = ""
    given_at: datetime | None = None
    switches: frozenset[Capability] = frozenset()

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the person may do by this way."""
        return CAPABILITIES[self.role] | self.switches


def ways(user: User, where: Where) -> list[Way]:
    """Every way by which the person sees it now; none for an account that is closed."""
    if not user.is_active:
        return []
    return [*_own(user, where, Role), *_through_teams(user, where, Role), *_as_deputy(user, where)]


def _as_deputy(user: User, where: Where) -> Iterator[Way]:
    """While the person is an accountant or assistant of the firm themselves: no way ends later than that."""
    here = Q(user=user, role__in=DEPUTISED)
    own = [
        *Membership.objects.in_force().filter(here, firm_id=where.firm).values_list("ends", flat=True),
        *TeamMember.objects.filter(in_force(), here, team__firm_id=where.firm).values_list("ends", flat=True),
    ]
    if not own:
        return
    last = None if None in own else max(one for one in own if one is not None)
    for deputy in Deputy.objects.filter(in_force(), substitute=user, firm_id=where.firm).select_related("absent"):
        absent, name, until = deputy.absent, deputy.absent.name, _first(deputy.ends, last)
        yield from _own(absent, where, DEPUTISED, name, until)
        yield from _through_teams(absent, where, DEPUTISED, name, until)


def _own(user: User, where: Where, roles: Any, deputy_of: str = "", until: datetime | None = None) -> Iterator[Way]:
    scope = Q(debtor_id=where.debtor) if where.debtor is not None else Q(pk__in=[])
    if where.company is not None:
        scope |= Q(company_id=where.company)
    if not deputy_of:
        scope |= Q(debtor__isnull=True, company__isnull=True)
    rows = Membership.objects.in_force().filter(scope, user=user, firm_id=where.firm, role__in=list(roles))
    for one in rows.select_related("given_by").prefetch_related("switches").order_by("pk"):
        switched = one.switches.all() if one.role == Role.CLIENT_USER else ()
        yield Way(
            role=Role(one.role),
            level="client" if one.debtor_id else "company" if one.company_id else "firm",
            starts=one.starts,
            ends=_first(one.ends, until),
            deputy_of=deputy_of,
            reason=one.reason,
            given_by=one.given_by.name if one.given_by else "",
            given_at=one.created,
            switches=frozenset(Capability(row.capability) for row in switched),
        )


def _through_teams(
    user: User, where: Where, roles: Any, deputy_of: str = "", until: datetime | None = None
) -> Iterator[Way]:
    if where.debtor is None:
        return
    places = TeamMember.objects.filter(in_force(), user=user, team__firm_id=where.firm, role__in=list(roles))
    for place in places.select_related("team", "given_by").order_by("pk"):
        tags = caught(TagRule.objects.filter(team_id=place.team_id), where.firm).filter(debtor_id=where.debtor)
        by_hand = [""] if place.team.clients.filter(debtor_id=where.debtor).exists() else []
        for tag in [*by_hand, *sorted(set(tags.values_list("text", flat=True)))]:
            yield Way(
                role=Role(place.role),
                level="client",
                starts=place.starts,
                ends=_first(place.ends, until),
                team=place.team.name,
                tag=tag,
                deputy_of=deputy_of,
                given_by=place.given_by.name if place.given_by else "",
                given_at=place.created,
            )


def _first(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one is not None), default=None)
