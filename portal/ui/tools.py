"""What stands above the table of a page: saved views, the choice of columns, files; and what was left out."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.accounts.roles import Capability
from portal.ui import filtering
from portal.ui.choosing import NAMED, Choice
from portal.ui.models import ExportFormat
from portal.ui.permissions import capabilities_of
from portal.ui.saved.menu import SavedViews
from portal.ui.state import COLUMNS, PAGE_SIZES, PER_PAGE, ROWS_PER_PAGE, hidden


@dataclass(frozen=True)
class ListTools:
    """The tools of one list, as the template reads them."""

    request: HttpRequest
    views: SavedViews
    choice: Choice | None
    rows_per_page: int
    #: The columns that the person may see are not those that the open view names.
    lost: tuple[str, ...]
    can_export: bool
    most_rows: int = max(PAGE_SIZES)
    #: What the filters are called that the address asks for and that narrow nothing.
    left_out: tuple[str, ...] = ()

    @property
    def here(self) -> str:
        """Path and query of this very list, for what is done with it."""
        return self.request.get_full_path()

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the form of columns carries along."""
        return hidden(self.request.GET, (COLUMNS, PER_PAGE))

    @property
    def sizes(self) -> list[tuple[int, bool]]:
        """Rows on a page, and which of them are chosen."""
        return [(size, size == self.rows_per_page) for size in PAGE_SIZES if size <= self.most_rows]

    @property
    def formats(self) -> list[ExportFormat]:
        """The kinds of file."""
        return list(ExportFormat)

    @property
    def notes(self) -> list[str]:
        """What is not shown although it was asked for, or although the rows go by it."""
        said = []
        if self.views.unknown:
            said.append(_("This view is not there any more, or is not yours. The list is shown as the address says."))
        if self.views.damaged:
            text = _(
                "What is kept of the view “%(view)s” cannot all be read. The rest is shown: overwrite or remove it."
            )
            said.append(text % {"view": self.views.opened})
        if self.lost and self.views.opened is not None:
            text = _("The view “%(view)s” also names %(names)s: not there any more, or not for you to see. Left out.")
            said.append(text % {"view": self.views.opened, "names": _listed(self.lost)})
        elif self.choice is not None and self.choice.dropped:
            text = _("Not shown: %(names)s. There are no such columns, or they are not for you to see.")
            said.append(text % {"names": _listed(self.choice.dropped)})
        if unsaid := [name for name in self.left_out if self.views.opened is None or name not in self.lost]:
            said.append(filtering.left_out_words(unsaid))
        if self.choice is not None and self.choice.sorted_unseen:
            text = _("The rows are in the order of %(names)s, which is not shown.")
            said.append(text % {"names": _listed(self.choice.sorted_unseen)})
        return said


def tools_of(page: Any, views: SavedViews, choice: Choice | None, table: Any) -> ListTools:
    """The tools of a list page; `choice` None: its columns cannot be chosen."""
    request = page.request
    permitted = [column.name for column in choice.columns] if choice else [column.name for column in table.columns]
    paginator = getattr(table, "paginator", None)
    form = page.filterset.form if page.filterset is not None else None
    return ListTools(
        request,
        views,
        choice,
        paginator.per_page if paginator else ROWS_PER_PAGE,
        tuple(views.lost(form, permitted, table.base_columns)),
        page.exportable and Capability.EXPORT in capabilities_of(request) and not hasattr(request, "look"),
        page.most_rows,
        tuple(filtering.left_out(page.filterset).values()),
    )


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:NAMED])
    more = len(names) - NAMED
    return _("%(names)s and %(more)s more") % {"names": shown, "more": more} if more > 0 else shown
