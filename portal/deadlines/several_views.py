"""Who sees to which company and when its work is due: several companies at once."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts.roles import Capability
from portal.companies import freshness
from portal.companies.models import Company
from portal.deadlines.certainty import CHECK, MEANING
from portal.deadlines.covering import STALE, filter_of, of_keys, ticked, told_apart
from portal.deadlines.filters import ArrangementFilter
from portal.deadlines.refusals import with_refused_period
from portal.deadlines.several_done import NAMED, carry_out, named
from portal.deadlines.several_form import SeveralForm, returns_of
from portal.deadlines.tables import ArrangementTable
from portal.deadlines.views import user_of
from portal.debtors.place import clients_seen
from portal.ui import filtering, formats
from portal.ui.freshness import FreshnessSummary
from portal.ui.permissions import capabilities_of
from portal.ui.values import Crumb
from portal.ui.views import ScopedListView

#: What the list is made of, besides what the office itself set.
KINDS = ("debtors", "companies", "current_period")


class ArrangementsView(ScopedListView):
    """Every company whose dates the person may set, with the form that changes several of them.

    The form posts to the address of the list, which says its filter, order, columns and view: what was wrong is shown
    again on that very list, with what was ticked and typed.
    """

    model = Company
    table_class = ArrangementTable
    filterset_class = ArrangementFilter
    capability = Capability.SET_DEADLINES
    template_name = "deadlines/arrangements.html"
    heading = gettext_lazy("People and dates")
    subtitle = gettext_lazy("Who sees to which company, and what was agreed about its pay day and pension return")

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With what the table shows; the companies of the period board."""
        rows = with_refused_period(queryset.filter(debtor__missing_since__isnull=True))
        return rows.select_related("debtor", "current", "arrangement__responsible").order_by("name", "pk")

    def get_table_kwargs(self) -> dict[str, Any]:
        """Whose clients' names the reader may read, and what is ticked already."""
        own = {"clients": clients_seen(self.request), "ticked": frozenset(self.ticked)}
        return {**super().get_table_kwargs(), **own}

    @cached_property
    def badge(self) -> FreshnessSummary:
        """Over the whole scope, whatever the filter."""
        return freshness.of_office(self.request.user, KINDS)

    def get_freshness(self) -> FreshnessSummary:
        """How old the companies and their period types are."""
        return self.badge

    def get_breadcrumb(self) -> list[Crumb]:
        """Below the calendar."""
        return [Crumb(_("Calendar"), reverse("deadlines:calendar")), Crumb(str(self.heading))]

    def get_when(self) -> list[tuple[str, str]]:
        """As of now, with what the mark of an unsure date means."""
        return [(_("As of"), formats.moment(clock.now())), (str(CHECK.label).capitalize(), str(MEANING))]

    @cached_property
    def form(self) -> SeveralForm:
        """The change: as it was posted, else one that leaves everything as it is."""
        posted = self.request.POST if self.request.method == "POST" else None
        return SeveralForm(posted, user=user_of(self.request), returns=returns_of(self.request))

    @cached_property
    def takes_all(self) -> bool:
        """Whether the change is about all of the filter; who comes from another list wants all of what it showed."""
        return (self.request.POST.get("covers") or self.request.GET.get("covers")) == "all"

    @cached_property
    def ticked(self) -> list[int]:
        """The keys that were posted as ticked; whose they are is not asked."""
        return ticked(self.request.POST)

    @cached_property
    def covered(self) -> list[int]:
        """The companies that the change is about: the ticked ones, or all of the filter."""
        if self.takes_all:
            listed: Any = self.object_list
            return list(listed.values_list("pk", flat=True))
        return of_keys(self.request, self.ticked)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the filter it goes with."""
        own = {
            "form": self.form,
            "filtered": bool(filtering.applied(self.filterset)),
            "takes_all": self.takes_all,
            "filter": filter_of(self.request.GET),
        }
        return {**super().get_context_data(**kwargs), **own}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change several companies: first a page that says what is covered, then the change."""
        if self.capability not in capabilities_of(request):
            raise PermissionDenied
        self.object_list = self.get_queryset()
        if wrong := self._wrong():
            return self._shown_again(wrong)
        if request.POST.get("confirmed") != told_apart(self.covered):
            return self._asked_again()
        carry_out(request, user_of(request), self.form, self.covered)
        return redirect(self._address)

    def _wrong(self) -> list[str]:
        """Why nothing can be changed."""
        if not self.form.is_valid():
            return [" ".join(map(str, errors)) for errors in self.form.errors.values()]
        # A filter that is left out covers everything: nobody asked for that.
        if self.takes_all and filtering.left_out(self.filterset):
            return [str(STALE)]
        if not self.covered:
            return [_("Choose companies: tick some, or take all of the filter.")]
        return [] if self.form.said else [_("Choose what should change.")]

    def _shown_again(self, wrong: list[str]) -> HttpResponse:
        """The same list, with what is wrong above it and beside the fields."""
        for text in wrong:
            messages.error(self.request, text)
        for name in self.form.errors:
            if name in self.form.fields:
                # The form stands below a long list: the browser goes to the first field that is wrong.
                self.form.fields[name].widget.attrs["autofocus"] = True
                break
        return self.render_to_response(self.get_context_data(), status=422)

    def _asked_again(self) -> HttpResponse:
        """The page that says what is covered and what will change."""
        request, pks = self.request, self.covered
        if request.POST.get("confirmed"):
            text = _("The companies are others than a moment ago. Nothing was changed yet; look again.")
            messages.warning(request, text)
        context = {
            "heading": _("Change several companies"),
            "breadcrumb": [
                Crumb(_("People and dates"), reverse("deadlines:arrangements")),
                Crumb(_("Change several companies")),
            ],
            "said": self.form.said,
            "count": len(pks),
            "confirms": told_apart(pks),
            "names": named(request, pks),
            "more": max(0, len(pks) - NAMED),
            "all_of_filter": self.takes_all,
            "filtered": bool(filtering.applied(self.filterset)),
            "companies_ticked": [] if self.takes_all else pks,
            "kept": [(name, value) for name in self.form.fields if (value := request.POST.get(name, ""))],
            "list": self._address,
        }
        return render(request, "deadlines/bulk.html", context)

    @property
    def _address(self) -> str:
        """The list as it was, for who is done with the change."""
        query = self.request.GET.copy()
        query.pop("covers", None)
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path
