"""The saved views of the list that is shown: which one is open, which may be chosen, and with which the list begins."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import ResolverMatch
from django.utils.translation import gettext as _

from portal.accounts.grants import roles_of
from portal.accounts.models import User
from portal.accounts.prepared import PreparedRows
from portal.accounts.roles import READ_ONLY
from portal.ui.models import SavedView, views_of
from portal.ui.saved.changing import may_change
from portal.ui.state import NO_VIEW, VIEW, ListState, is_plain, key_of, names_of, with_state

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Offered:
    """A view as the menu shows it. `whose`: a team, the office, or nothing for one's own."""

    pk: int
    name: str
    whose: str
    url: str
    open: bool
    starts: bool


class SavedViews:
    """The views of one list for one person. One query, when the page is shown."""

    def __init__(self, request: HttpRequest, match: ResolverMatch, filterset_class: Any) -> None:
        self.request, self.page = request, key_of(match)
        self.filterset_class, self.filters = filterset_class, names_of(filterset_class)

    @cached_property
    def rows(self) -> "list[Any]":
        """What the person may open here."""
        user = self.request.user
        return _rows(user, page=self.page) if isinstance(user, User) and user.is_active else []

    @cached_property
    def state(self) -> ListState:
        """What the address says."""
        return ListState.read(self.request.GET, self.filters)

    @cached_property
    def opened(self) -> SavedView | None:
        """The view that the address names; None also for one that this person does not have (`unknown`)."""
        found: SavedView | None = next((row for row in self.rows if str(row.pk) == self._asked), None)
        return found

    @property
    def unknown(self) -> bool:
        """Whether the address names a view that is removed, of somebody else or of another list, or that never was.

        Nobody can tell these apart. Addresses with a view lie in open pages and bookmarks and outlive it: the rest of
        the address still holds.
        """
        return self._asked not in ("", NO_VIEW) and self.opened is None

    @cached_property
    def start(self) -> SavedView | None:
        """The view that this person's list begins with: their own choice, else what the office begins with."""
        own = next((row for row in self.rows if row.starts), None)
        if own is not None or any(row.decided for row in self.rows):
            return own
        return next((row for row in self.rows if row.is_of_firm), None)

    def begins_with(self) -> str | None:
        """The address that a plain one stands for, because the list begins with a view; None: it is as it is."""
        if not is_plain(self.request.GET, self.filters) or self.start is None:
            return None
        return self.address(self.start)

    def address(self, row: SavedView) -> str:
        """This list with a view."""
        return f"{self.request.path}?{self._query(ListState.from_json(row.state), str(row.pk))}"

    @property
    def plain_address(self) -> str:
        """This list as it is for who has no views."""
        return f"{self.request.path}?{self._query(ListState(), NO_VIEW)}"

    @property
    def changed(self) -> bool:
        """Whether the list was changed since the view was opened."""
        return self.opened is not None and ListState.from_json(self.opened.state) != self.state

    @property
    def damaged(self) -> bool:
        """Whether what is kept of the open view is not all a state, so that a part of it is left out."""
        return self.opened is not None and ListState.from_json(self.opened.state).as_json() != self.opened.state

    @property
    def offered(self) -> list[Offered]:
        """For the menu."""
        return [
            Offered(
                row.pk,
                row.name,
                whose(row),
                self.address(row),
                open=self.opened is not None and row.pk == self.opened.pk,
                starts=self.start is not None and row.pk == self.start.pk,
            )
            for row in self.rows
        ]

    @property
    def may_save(self) -> bool:
        """Whether this person keeps views: nobody does who only reads, or while looking as somebody else."""
        roles = roles_of(self.request.user)
        return not hasattr(self.request, "look") and not (roles and roles <= READ_ONLY)

    @property
    def may_overwrite(self) -> bool:
        """Whether the open view may be replaced by what is shown."""
        return self.may_save and self.changed and self.opened is not None and may_change(self.request.user, self.opened)

    @property
    def starts_here(self) -> bool:
        """Whether the list begins with what is open; without an open view, with the plain list."""
        return (self.start.pk if self.start else None) == (self.opened.pk if self.opened else None)

    def lost(self, form: Any, permitted: Collection[str], columns: Mapping[str, Any]) -> list[str]:
        """What the open view names and this person does not have here: filters, their values, columns.

        `permitted`: the names of the columns that the person may see. `columns`: all that the table declares.
        """
        if self.opened is None:
            return []
        kept, names = ListState.from_json(self.opened.state), []
        fields = form.fields if form is not None else {}
        for name in kept.filters:
            if name not in fields:
                declared = self.filterset_class.base_filters.get(name) if self.filterset_class else None
                names.append(str(declared.label or name) if declared is not None else name)
            elif name in self.state.filters and name in form.errors:
                names.append(str(fields[name].label or name))
        sorted_by = (name.lstrip("-") for name in kept.sort.split(","))
        for name in filter(None, (*kept.columns, *sorted_by)):
            if name not in permitted:
                column = columns.get(name)
                names.append(str(column.verbose_name or name) if column is not None else name)
        return list(dict.fromkeys(names))

    @property
    def _asked(self) -> str:
        return self.request.GET.get(VIEW, "")

    def _query(self, state: ListState, view: str) -> str:
        return with_state(self.request.GET, self.filters, state, view)


@PreparedRows
def _rows(user: User, *, page: str) -> "QuerySet[SavedView]":
    return views_of(user, page)


def whose(row: SavedView) -> str:
    """In words whose a view is."""
    if row.is_own:
        return ""
    if row.team is not None:
        return str(row.team)
    return _("the office")
