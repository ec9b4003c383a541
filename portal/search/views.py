"""Search as a page of its own, and as the options of the dialog that every page opens."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from portal.search.index.folding import LONGEST, asked
from portal.search.shown import count, groups, said, whose
from portal.ui import reading

#: Results of each kind in the dialog, and on the page.
IN_DIALOG = 6
ON_PAGE = 50


class SearchView(TemplateView):
    """Everything the person may see that answers `q`. Whoever is signed in may ask; what is not theirs is not found."""

    template_name = "search/page.html"
    most = ON_PAGE
    #: Whether names of people that it shows are written down, for each client of theirs.
    leaves_a_trace = True
    request: HttpRequest

    def get_template_names(self) -> list[str]:
        """Only the results where a part of the page is asked for."""
        htmx = getattr(self.request, "htmx", None)
        part = htmx is not None and bool(htmx) and not htmx.history_restore_request
        return ["search/results.html"] if part else [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The groups, and how many results there are."""
        typed = self.request.GET.get("q", "")
        wanted = asked(typed)
        found = groups(self.request, wanted, self.most)
        if self.leaves_a_trace and wanted.words:
            reading.note_kinds(dict.fromkeys(whose(found), ("employee",)), ("q",))
        return {
            **super().get_context_data(**kwargs),
            "heading": _("Search"),
            "q": typed.replace("\0", "")[:LONGEST],
            "wanted": wanted,
            "longest": LONGEST,
            "groups": found,
            "count": count(found),
            "said": said(found, wanted),
            "numbered": _numbered(found),
            "more": any(group.more for group in found),
        }


class OptionsView(SearchView):
    """The options of the dialog's list."""

    most = IN_DIALOG
    # It asks again with every few letters: several entries for one question, of names that nobody looked at.
    leaves_a_trace = False

    def get_template_names(self) -> list[str]:
        """A fragment, whoever asks."""
        return ["search/options.html"]


def _numbered(found: list[Any]) -> list[tuple[Any, list[tuple[int, Any]]]]:
    """Each group with its results, which are counted through: an option has an id."""
    numbers = iter(range(count(found)))
    return [(group, [(next(numbers), result) for result in group.results]) for group in found]
