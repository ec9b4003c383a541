"""Teams: who is in them, which clients they look after, and which tags bring clients in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Firm, TagRule, Team, TeamDebtor, TeamMember, User
from portal.accounts.rights.aftermath import settle
from portal.accounts.rights.guards import (
    Giver,
    NotAllowed,
    Refused,
    System,
    lock,
    not_oneself,
    require_administrator,
    require_present,
)
from portal.accounts.rights.written import write
from portal.accounts.roles import TEAM_ROLES, Role
from portal.audit.kinds import Kind
from portal.clock import now


def _locked(by: Giver, firm: int) -> None:
    lock(firm)
    require_administrator(by, firm)


@transaction.atomic
def create_team(by: Giver, firm: Firm, name: str) -> Team:
    """A new team without anybody in it. Raises NotAllowed, and Refused for a name that is taken."""
    _locked(by, firm.pk)
    team = Team(firm=firm, name=name.strip())
    _require_valid(team)
    team.save()
    _write(by, team, what="created")
    return team


@transaction.atomic
def rename_team(by: Giver, team: Team, name: str) -> None:
    """Another name for a team. Raises NotAllowed and Refused."""
    _locked(by, team.firm_id)
    team.name = name.strip()
    _require_valid(team)
    team.save(update_fields=["name"])
    _write(by, team, what="renamed")


@transaction.atomic
def remove_team(by: Giver, team: Team) -> None:
    """Remove a team: its people lose what they saw through it. Raises NotAllowed; nobody removes an own team."""
    _locked(by, team.firm_id)
    people = [place.user for place in team.members.select_related("user")]
    for user in people:
        not_oneself(by, user)
    _write(by, team, what="removed")
    team.delete()
    for user in people:
        settle(user, team.firm_id)


@transaction.atomic
def add_member(
    by: Giver, team: Team, user: User, role: Role, *, starts: datetime | None = None, ends: datetime | None = None
) -> TeamMember:
    """Put somebody in a team in this role, or change role and term of somebody in it. Raises NotAllowed and Refused."""
    _locked(by, team.firm_id)
    not_oneself(by, user)
    if not isinstance(by, System):
        require_present(user, team.firm_id)
    return place_in_team(by, team, user, role, starts=starts, ends=ends)


def place_in_team(
    by: Giver, team: Team, user: User, role: Role, *, starts: datetime | None = None, ends: datetime | None = None
) -> TeamMember:
    """As `add_member`, for callers that have asked already and hold the firm's lock."""
    if role not in TEAM_ROLES:
        raise Refused(_("This role cannot be given in a team."))
    if ends is not None and (ends <= now() or (starts is not None and ends <= starts)):
        raise Refused(_("The end must lie in the future, after the beginning."))
    giver = None if isinstance(by, System) else by
    values = {"role": role, "starts": starts, "ends": ends, "given_by": giver}
    place, _made = TeamMember.objects.update_or_create(team=team, user=user, defaults=values)
    _write(by, team, what="member_added", user=user.pk, role=str(role))
    # A smaller role, or a beginning that was put off, ends what rested on the one before.
    settle(user, team.firm_id)
    return place


@transaction.atomic
def remove_member(by: Giver, place: TeamMember) -> None:
    """Take somebody out of a team. Raises NotAllowed."""
    _locked(by, place.team.firm_id)
    not_oneself(by, place.user)
    leave_team(by, place)


def leave_team(by: Giver, place: TeamMember) -> None:
    """As `remove_member`, for callers that have asked already and hold the firm's lock."""
    _write(by, place.team, what="member_removed", user=place.user_id)
    place.delete()
    settle(place.user, place.team.firm_id)


@transaction.atomic
def give_clients(by: Giver, team: Team, debtors: Iterable[int]) -> int:
    """Let a team look after these clients of its firm; returns how many it did not have yet. Raises NotAllowed."""
    _locked(by, team.firm_id)
    asked = set(debtors)
    clients: Any = apps.get_model("debtors", "Debtor")
    own = set(clients.everything.filter(pk__in=asked, environment__firm_id=team.firm_id).values_list("pk", flat=True))
    if own != asked:
        raise NotAllowed
    giver = None if isinstance(by, System) else by
    new = own - set(team.clients.values_list("debtor_id", flat=True))
    TeamDebtor.objects.bulk_create(TeamDebtor(team=team, debtor_id=pk, given_by=giver) for pk in sorted(new))
    for pk in sorted(new):
        write(Kind.TEAM_CHANGED, by, team.firm_id, debtor=pk, thing="team", pk=team.pk, detail={"what": "client_given"})
    return len(new)


@transaction.atomic
def take_client(by: Giver, given: TeamDebtor) -> None:
    """A team no longer looks after a client that it was given by hand. Raises NotAllowed."""
    team = given.team
    _locked(by, team.firm_id)
    detail = {"what": "client_taken"}
    write(Kind.TEAM_CHANGED, by, team.firm_id, debtor=given.debtor_id, thing="team", pk=team.pk, detail=detail)
    given.delete()


@transaction.atomic
def add_rule(by: Giver, team: Team, tag: str) -> TagRule:
    """Every client with this tag in Nmbrs is the team's from now on. Raises NotAllowed and Refused."""
    _locked(by, team.firm_id)
    if not tag.strip():
        raise Refused(_("Choose a tag."))
    giver = None if isinstance(by, System) else by
    rule, made = TagRule.objects.get_or_create(team=team, tag=tag, defaults={"given_by": giver})
    if made:
        write(Kind.RULE_CHANGED, by, team.firm_id, thing="team", pk=team.pk, detail={"what": "added", "rule": rule.pk})
    return rule


@transaction.atomic
def remove_rule(by: Giver, rule: TagRule) -> None:
    """The tag brings no clients in any more. Raises NotAllowed."""
    team = rule.team
    _locked(by, team.firm_id)
    write(Kind.RULE_CHANGED, by, team.firm_id, thing="team", pk=team.pk, detail={"what": "removed", "rule": rule.pk})
    rule.delete()


def _require_valid(team: Team) -> None:
    try:
        team.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None


def _write(by: Giver, team: Team, *, what: str, **detail: str | int) -> None:
    write(Kind.TEAM_CHANGED, by, team.firm_id, thing="team", pk=team.pk, detail={"what": what, **detail})
