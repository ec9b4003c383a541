"""Filters of the period board."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Team, User
from portal.accounts.team_clients import looked_after, teams_of
from portal.companies.models import Company
from portal.dashboards.board.rows import BUCKETS, RUNS, in_bucket
from portal.deadlines.due import WORDS
from portal.deadlines.filters import TYPES, ChoosingFilter, choice, search_field
from portal.debtors.models import DebtorTag

_RUN_WORDS = {"none": _("not made"), "made": _("made, not locked"), "locked": _("locked")}


class BoardFilter(ChoosingFilter):
    """Companies by name, due date, run, responsible person, team, tag and period type."""

    q = search_field()
    due = choice("by_due", _("Next due"), [(word, WORDS[word]) for word in BUCKETS])
    run = choice("by_run", _("Run"), [(name, _RUN_WORDS[name]) for name in RUNS])
    person = choice("by_person", _("Responsible"))
    team = choice("by_team", _("Team"))
    tag = choice("by_tag", _("Tag"))
    period_type = choice("by_period_type", _("Period type"), TYPES)

    class Meta:
        model = Company
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tags = self._tags().values_list("text", flat=True).distinct().order_by("text")
        teams: list[tuple[str, Any]] = [(str(team.pk), team.name) for team in self._teams_shown]
        for name, choices in (("team", teams), ("tag", [(text, text) for text in tags])):
            if choices:
                self._offer(name, choices)
            else:
                # A list with nothing to choose from only takes room.
                del self.form.fields[name], self.filters[name]

    def by_due(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how near the next due date is."""
        return rows.filter(in_bucket(value))

    def by_run(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how far the run is."""
        return rows.filter(state__run=RUNS[value])

    def by_team(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """The clients that a team looks after, by name or by tag."""
        team = next((team for team in self._teams_shown if str(team.pk) == value), None)
        return rows.filter(looked_after(team, "debtor")) if team else rows

    def by_tag(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Clients that carry a tag in Nmbrs now."""
        return rows.filter(debtor__in=self._tags().filter(text=value).values("debtor"))

    @cached_property
    def _teams_shown(self) -> list[Team]:
        user = self.request.user
        return list(teams_of(user)) if isinstance(user, User) else []

    def _tags(self) -> "QuerySet[DebtorTag]":
        tags: QuerySet[DebtorTag] = DebtorTag.objects.visible_to(self.request.user).filter(valid_until__isnull=True)
        return tags.exclude(text="").order_by()
