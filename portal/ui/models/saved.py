"""Saved views, and the view that a list begins with."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.grants import StandIn, firms_as
from portal.accounts.models import Firm, Team, User
from portal.accounts.roles import STAFF
from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.accounts.team_clients import teams_of
from portal.clock import now


class SavedViewQuerySet(ScopedQuerySet["SavedView"]):
    """Saved views, and the door to those that a person may open."""

    def open_to(self, user: Any) -> "SavedViewQuerySet":
        """One's own, those of one's teams, and what one's office begins with.

        The last is for people of the office: its filters may name what clients do not read.
        """
        known = isinstance(user, User | StandIn) and user.is_active
        if not known:
            return self.none()
        allowed = Q(owner_id=user.pk, firm=None)
        allowed |= Q(team__in=teams_of(user).order_by().values("pk"))
        allowed |= Q(firm__in=firms_as(user, STAFF), team=None)
        return self.filter(allowed)


class SavedView(models.Model):
    """Filters, order, columns and rows a page of one list, under a name.

    It is one's own (no firm, no team), a team's, or what a firm's people begin with (a firm, no team). `page` names the
    kind of list (portal.ui.state.key_of), not one address: a view of a company's people fits every company.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_views")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_views")
    page = models.CharField(max_length=120)
    name = models.CharField(_("name"), max_length=60)
    #: As portal.ui.state.ListState writes it.
    state = models.JSONField(default=dict)
    created = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(SavedViewQuerySet)()
    scope_paths = ScopePaths(firm="firm")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(team=None) | Q(firm__isnull=False), name="saved_view_team_in_firm"),
            models.UniqueConstraint(
                fields=["owner", "page", "name"], name="saved_view_once", condition=Q(firm__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["team", "page", "name"], name="saved_view_of_team_once", condition=Q(team__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["firm", "page"],
                name="saved_view_of_firm_once",
                condition=Q(firm__isnull=False, team__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_own(self) -> bool:
        """Whether nobody but its owner has it."""
        return self.firm_id is None

    @property
    def is_of_firm(self) -> bool:
        """Whether it is what the firm's people begin with."""
        return self.firm_id is not None and self.team_id is None


class StartView(models.Model):
    """With which view somebody's list begins; without a view they begin with the plain list, whatever the firm's is."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="start_views")
    page = models.CharField(max_length=120)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, null=True, blank=True, related_name="start_of")

    objects = models.Manager.from_queryset(ScopedQuerySet["StartView"])()
    scope_paths = ScopePaths(firm="view__firm")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="start_view_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.page}"


def views_of(user: Any, page: str = "") -> "models.QuerySet[SavedView]":
    """The views that the person may open, of one list or of all; the firm's first, then the teams', then their own.

    `starts`: the person's list begins with it. `decided`: they said what theirs begins with.
    """
    rows: models.QuerySet[SavedView] = SavedView.objects.open_to(user)
    if page:
        rows = rows.filter(page=page)
    starts = StartView.objects.filter(user_id=getattr(user, "pk", None) or 0, page=OuterRef("page"))
    told = rows.annotate(starts=Exists(starts.filter(view=OuterRef("pk"))), decided=Exists(starts))
    return told.select_related("firm", "team", "owner").order_by(
        F("firm__name").asc(nulls_last=True), F("team__name").asc(nulls_first=True), "name", "pk"
    )
