"""Teams as a filter: which ones somebody may name, and the clients that a team looks after now."""

from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.grants import caught, moment_of
from portal.accounts.models import TagRule, Team, TeamDebtor, TeamMember, User
from portal.accounts.models.terms import in_force


def teams_of(user: User) -> "QuerySet[Team]":
    """The person's own teams, and every team of the firms that they see as a whole."""
    places = TeamMember.objects.filter(in_force(moment=moment_of(user)), user_id=user.pk).values("team_id")
    whole = Team.objects.visible_to(user).values("pk")
    return Team.objects.filter(Q(pk__in=places) | Q(pk__in=whole)).order_by("name", "pk")


def looked_after(team: Team, debtor: str) -> Q:
    """Rows whose client (`debtor` leads to it) the team looks after, by name or by a tag that it carries now."""
    by_name: QuerySet[Any, Any] = TeamDebtor.objects.filter(team=team).values("debtor_id")
    by_tag = caught(TagRule.objects.filter(team=team), team.firm_id).values("debtor_id")
    return Q(**{f"{debtor}__in": by_name}) | Q(**{f"{debtor}__in": by_tag})


def clients_by_way(team: Team) -> dict[str, Any]:
    """Names of the clients that a team looks after now: those given by hand, and those that each tag brings in.

    A tag that no client carries stands there too: the next one that gets it comes along.
    """
    given = TeamDebtor.objects.filter(team=team).select_related("debtor")
    rules = TagRule.objects.filter(team=team)
    tags: dict[str, list[str]] = {rule.tag: [] for rule in rules}
    for row in caught(rules, team.firm_id).select_related("debtor"):
        tags.setdefault(row.text, []).append(str(row.debtor))
    return {
        "clients": sorted(str(one.debtor) for one in given),
        "tags": {tag: sorted(set(names)) for tag, names in tags.items()},
    }
