"""Filters of the period board."""

from typing import TYPE_CHECKING, Any

from portal.dashboards.board.rows import in_bucket
from portal.deadlines.due import RUNS
from portal.deadlines.filters import CompaniesFilter

if TYPE_CHECKING:
    from django.db.models import QuerySet


class BoardFilter(CompaniesFilter):
    """Companies by name, due date, run, responsible person, team, tag and period type, in the period of the board."""

    def by_due(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how near the next due date is."""
        return rows.filter(in_bucket(value))

    def by_run(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how far the run is."""
        return rows.filter(state__run=RUNS[value])
