"""Filters of the period board."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from portal.accounts.grants import capabilities
from portal.dashboards.board.rows import in_bucket
from portal.dashboards.changes.unseen import CAPABILITY as READS_CHANGES
from portal.deadlines.due import RUNS, declared, pension_filed
from portal.deadlines.filters import CompaniesFilter, choice

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: What is of the period that the board looks at, and what only the board has.
OF_PERIOD, BOARD_ALONE = frozenset({"due", "run", "wage_tax", "pension"}), frozenset({"changes"})


class BoardFilter(CompaniesFilter):
    """The filters of companies in the period of the board, and changes that the reader has not seen.

    `unseen`: says by company how many there are.
    """

    changes = choice("by_changes", _("Changes"), [("unseen", _("Not seen yet"))])

    def __init__(self, *args: Any, unseen: Callable[[], Mapping[int, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unseen = unseen
        if READS_CHANGES not in capabilities(self.request.user):
            self._leave_out("changes")

    def by_due(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how near the next due date is."""
        return rows.filter(in_bucket(value))

    def by_run(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how far the run is."""
        return rows.filter(state__run=RUNS[value])

    def by_wage_tax(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how far the wage-tax return is."""
        return rows.filter(declared(value, "state__"))

    def by_pension(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By how far the pension return is."""
        return rows.filter(pension_filed(value, "state__"))

    def by_changes(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Companies with changes that the reader has not seen."""
        return rows.filter(pk__in=list(self.unseen()))
