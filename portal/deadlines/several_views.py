"""Who sees to which company and when its work is due: several companies at once."""

from functools import cached_property
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from portal import clock
from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.companies import freshness
from portal.companies.models import Company
from portal.deadlines import arranging
from portal.deadlines.certainty import CHECK, MEANING
from portal.deadlines.filters import ArrangementFilter
from portal.deadlines.refusals import with_refused_period
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
#: Names that the page before a change of several repeats.
NAMED = 10
#: More than a person can have ticked.
TICKED_MOST = 500


class ArrangementsView(ScopedListView):
    """Every company whose dates the person may set, with the form that changes several of them."""

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
        """Whose clients' names the reader may read."""
        return {**super().get_table_kwargs(), "clients": clients_seen(self.request)}

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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the filter it goes with."""
        user = user_of(self.request)
        return {
            **super().get_context_data(**kwargs),
            "form": SeveralForm(user=user, returns=returns_of(self.request)),
            "filter": filter_of(self.request.GET),
            # Who comes from another list wants all of what it showed.
            "takes_all": self.request.GET.get("covers") == "all",
        }


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Change several companies: first a page that says what is covered, then the change."""
    user = user_of(request)
    if Capability.SET_DEADLINES not in capabilities_of(request):
        raise PermissionDenied
    back = reverse("deadlines:arrangements")
    query = QueryDict(request.POST.get("filter", "")[:2000])
    address = f"{back}?{filter_of(query)}" if query else back
    form = SeveralForm(request.POST, user=user, returns=returns_of(request))
    filterset = ArrangementFilter(query, queryset=_changeable(request), request=request)
    all_of_filter = request.POST.get("covers") == "all"
    # A filter that is left out covers everything: nobody asked for that.
    astray = all_of_filter and bool(filtering.left_out(filterset))
    pks = [] if astray else _covered(request, filterset, all_of_filter=all_of_filter)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
    elif astray:
        messages.error(request, _("The filter names something that is not there any more; nothing was changed."))
    elif not pks:
        messages.error(request, _("Choose companies: tick some, or take all of the filter."))
    elif not form.said:
        messages.error(request, _("Choose what should change."))
    elif request.POST.get("confirmed") != _told_apart(pks):
        return _asked_again(request, form, pks, query, all_of_filter=all_of_filter, filterset=filterset)
    else:
        _carry_out(request, user, form, pks)
    return redirect(address)


def _changeable(request: HttpRequest) -> "QuerySet[Company]":
    """The companies of the list, whatever the filter."""
    rows: QuerySet[Company] = Company.objects.visible_to(request.user, Capability.SET_DEADLINES)
    return rows.filter(debtor__missing_since__isnull=True).order_by("name", "pk")


def _covered(request: HttpRequest, filterset: ArrangementFilter, *, all_of_filter: bool) -> list[int]:
    """The companies that the change is about: the ticked ones, or all of the filter."""
    if all_of_filter:
        return list(filterset.qs.values_list("pk", flat=True))
    ticked = [int(pk) for pk in request.POST.getlist("company") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    return list(_changeable(request).filter(pk__in=ticked[:TICKED_MOST]).values_list("pk", flat=True))


def _told_apart(pks: list[int]) -> str:
    """What the page that asks sends back: another one for every other set of companies, also of the same number."""
    return sha256(",".join(map(str, sorted(pks))).encode()).hexdigest()


def _asked_again(
    request: HttpRequest,
    form: SeveralForm,
    pks: list[int],
    query: QueryDict,
    *,
    all_of_filter: bool,
    filterset: ArrangementFilter,
) -> HttpResponse:
    """The page that says what is covered and what will change."""
    if request.POST.get("confirmed"):
        messages.warning(request, _("The companies are others than a moment ago. Nothing was changed yet; look again."))
    rows = Company.objects.visible_to(request.user, Capability.SET_DEADLINES).filter(pk__in=pks[:NAMED])
    kept = [(name, value) for name in form.fields if (value := request.POST.get(name, ""))]
    context = {
        "heading": _("Change several companies"),
        "breadcrumb": [
            Crumb(_("People and dates"), reverse("deadlines:arrangements")),
            Crumb(_("Change several companies")),
        ],
        "said": form.said,
        "count": len(pks),
        "confirms": _told_apart(pks),
        "names": [str(row) for row in rows.order_by("name", "pk")],
        "more": max(0, len(pks) - NAMED),
        "all_of_filter": all_of_filter,
        "filtered": bool(filtering.applied(filterset)),
        "companies_ticked": [] if all_of_filter else pks,
        "filter": filter_of(query),
        "kept": kept,
    }
    return render(request, "deadlines/bulk.html", context)


def _carry_out(request: HttpRequest, user: User, form: SeveralForm, pks: list[int]) -> None:
    left_out, terms = 0, form.terms
    if form.changes_person:
        left_out += arranging.assign(user, pks, form.person).left_out
    if terms.pay is not None or terms.pension is not None:
        left_out = max(left_out, arranging.set_terms(user, pks, terms).left_out)
    if form.changes_person or terms != arranging.Terms():
        _tell_set(request, len(pks) - left_out, left_out)
    if (moved := form.moved) is not None:
        done = arranging.move(user, pks, *moved.subject, due=moved.due, reason=moved.reason)
        _tell_moved(request, done)


def _tell_set(request: HttpRequest, done: int, left_out: int) -> None:
    messages.success(
        request, ngettext("%(count)s company was set.", "%(count)s companies were set.", done) % {"count": done}
    )
    if left_out:
        text = ngettext(
            "%(count)s company was left out: the person does not see it, or its periods are too short for a day of the "
            "month or not known yet.",
            "%(count)s companies were left out: the person does not see them, or their periods are too short for a day "
            "of the month or not known yet.",
            left_out,
        )
        messages.warning(request, text % {"count": left_out})


def _tell_moved(request: HttpRequest, done: arranging.Done) -> None:
    text = ngettext(
        "The date was moved for %(count)s company. The computed date stays beside it.",
        "The date was moved for %(count)s companies. The computed date stays beside it.",
        done.changed,
    )
    messages.success(request, text % {"count": done.changed})
    if done.left_out:
        text = ngettext(
            "%(count)s company was left out: it has no return of this period.",
            "%(count)s companies were left out: they have no return of this period.",
            done.left_out,
        )
        messages.warning(request, text % {"count": done.left_out})


def filter_of(query: QueryDict) -> str:
    """The part of an address that is the filter of companies."""
    kept = query.copy()
    for name in list(kept):
        if name not in ArrangementFilter.base_filters or not kept.get(name):
            kept.pop(name)
    return kept.urlencode()
