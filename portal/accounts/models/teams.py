"""Teams, the clients they look after, the rules that bring clients in by tag, and deputies."""

from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models.memberships import Membership
from portal.accounts.models.people import Firm
from portal.accounts.models.terms import Term, ends_after_start, in_force
from portal.accounts.roles import DEPUTISED, TEAM_ROLES, Role
from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.clock import now


def _choices(roles: frozenset[Role]) -> list[tuple[str, object]]:
    return [(role.value, role.label) for role in Role if role in roles]


class Team(models.Model):
    """People of the office who look after the same clients."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=80)
    created = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(ScopedQuerySet["Team"])()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "name"],
                name="team_once",
                violation_error_message=_("There is a team of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


T = TypeVar("T", bound=models.Model)


class TermScopedQuerySet(ScopedQuerySet[T]):
    """Rights with a term, and the door for pages."""

    def in_force(self) -> Self:
        """Those that have begun and have not ended."""
        return self.filter(in_force())


class TeamMember(Term):
    """Somebody's role over every client of a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_places")
    role = models.CharField(max_length=20, choices=_choices(TEAM_ROLES))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(TermScopedQuerySet["TeamMember"])()
    scope_paths = ScopePaths(firm="team__firm")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="team_member_once"),
            models.CheckConstraint(
                condition=Q(role__in=[str(role) for role in sorted(TEAM_ROLES)]), name="team_member_role"
            ),
            ends_after_start("team_member_term"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.user_id} {self.role}"


class TeamDebtor(models.Model):
    """A client that was given to a team by hand."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="clients")
    debtor = models.ForeignKey("debtors.Debtor", on_delete=models.CASCADE, related_name="teams")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(ScopedQuerySet["TeamDebtor"])()
    scope_paths = ScopePaths(firm="team__firm")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "debtor"], name="team_debtor_once")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.debtor_id}"


class TagRule(models.Model):
    """Every client of the firm that carries `tag` in Nmbrs at this moment is the team's, written exactly so."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="rules")
    tag = models.CharField(_("tag"), max_length=120)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(ScopedQuerySet["TagRule"])()
    scope_paths = ScopePaths(firm="team__firm")

    class Meta:
        ordering = ["tag"]
        constraints = [
            models.UniqueConstraint(fields=["team", "tag"], name="tag_rule_once"),
            models.CheckConstraint(condition=~Q(tag=""), name="tag_rule_names_a_tag"),
        ]

    def __str__(self) -> str:
        return f"{self.tag} → {self.team_id}"


class DeputyQuerySet(TermScopedQuerySet["Deputy"]):
    """Deputies, who count only while they are accountant or assistant of the firm themselves."""

    def with_standing(self) -> Self:
        """Annotated with `works_there`: whether the substitute has such a role of the firm now."""
        here = Q(user=OuterRef("substitute"), role__in=[str(role) for role in sorted(DEPUTISED)])
        own = Membership.objects.in_force().filter(here, firm=OuterRef("firm"))
        places = TeamMember.objects.filter(in_force(), here, team__firm=OuterRef("firm"))
        return self.annotate(works_there=Q(Exists(own)) | Q(Exists(places)))

    def in_force(self) -> Self:
        """Those whose time it is and who give their substitute something."""
        return super().in_force().with_standing().filter(works_there=True)


class Deputy(Term):
    """`substitute` sees and does over the clients of `absent` what `absent` may (DEPUTISED roles), until `ends`, as
    long as they have such a role of the firm themselves.

    Not handed on: what somebody has as a deputy is not part of what their own deputy gets.
    """

    roles = DEPUTISED

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="deputies")
    absent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deputies")
    substitute = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stands_in")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(DeputyQuerySet)()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        ordering = ["ends", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(absent=F("substitute")), name="deputy_of_another"),
            models.CheckConstraint(condition=Q(ends__isnull=False), name="deputy_ends"),
            ends_after_start("deputy_term"),
        ]

    def __str__(self) -> str:
        return f"{self.substitute_id} for {self.absent_id}"
