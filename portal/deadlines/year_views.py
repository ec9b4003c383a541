"""The due dates of a year's wage-tax returns, entered at once: for one company, or for several."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from portal import clock
from portal.accounts.roles import Capability
from portal.companies import words
from portal.companies.models import Company
from portal.companies.status import RETURN_KINDS
from portal.deadlines import arranging
from portal.deadlines.covering import STALE, covered, filter_of, told_apart
from portal.deadlines.models import Deadline, Kind, MovedDate
from portal.deadlines.several_done import NAMED, named
from portal.deadlines.views import user_of
from portal.deadlines.year_dates import first_year, of_year, years
from portal.deadlines.year_form import YearForm
from portal.debtors.place import way_to
from portal.periods import PeriodType
from portal.ui import formats
from portal.ui.permissions import capabilities_of
from portal.ui.values import Crumb
from portal.ui.views import ScopedDetailView

TEMPLATE = "deadlines/year.html"


def asked_year(given: QueryDict) -> int:
    """The year that was chosen; the one whose letter is on its way where none was."""
    today = clock.today()
    return next((year for year in years(today) if str(year) == given.get("year")), first_year(today))


def asked_length(given: QueryDict, lengths: list[PeriodType]) -> PeriodType | None:
    """The length of return periods that was chosen, or the first; None: nobody knows of any."""
    return next((one for one in lengths if one.value == given.get("length")), lengths[0] if lengths else None)


class YearView(ScopedDetailView):
    """Of one company: what was set before stands in the fields, and an emptied field gives the computed date back."""

    model = Company
    capability = Capability.SET_DEADLINES
    template_name = TEMPLATE

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With debtor and environment."""
        return queryset.select_related("debtor__environment")

    def get_breadcrumb(self) -> list[Crumb]:
        """Client › company › deadlines › dates of a year."""
        return [
            *way_to(self.request, self.object.debtor, self.object.pk),
            Crumb(str(self.object), reverse("companies:company", args=[self.object.pk])),
            Crumb(_("Deadlines"), reverse("deadlines:company", args=[self.object.pk])),
            Crumb(_("Dates of a year")),
        ]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set the dates; a pasted list is put into the fields first."""
        self.object = self.get_object()
        length = asked_length(request.POST, self.lengths())
        form = self.form(request.POST, length, request.POST) if length else None
        if form is None or length is None or not _is_to_store(request, form):
            status = 200 if form is not None and _is_well_filled(form) else 422
            return self.render_to_response(self.get_context_data(object=self.object, form=form), status=status)
        year = asked_year(request.POST)
        _carry_out(request, [pk], length, year, form)
        return redirect("deadlines:company", pk)

    def lengths(self) -> list[PeriodType]:
        """The lengths of return periods that the company has, that of its settings first."""
        rows = Deadline.objects.visible_to(self.request.user, self.capability)
        found = rows.filter(company=self.object, kind=Kind.RETURN, year__in=years(clock.today()))
        other = found.order_by("period_type").values_list("period_type", flat=True).distinct()
        own = RETURN_KINDS.get(self.object.return_period)
        return list(dict.fromkeys([*([own] if own else []), *map(PeriodType, other)]))

    def form(self, chosen: QueryDict, length: PeriodType, data: QueryDict | None = None) -> YearForm:
        """Of the year and length that were chosen, over what was set before."""
        year = asked_year(chosen)
        rows = MovedDate.objects.visible_to(self.request.user, self.capability).filter(
            company=self.object, kind=Kind.RETURN, period_type=length.value, year=year
        )
        return YearForm(data, declared=of_year(length, year), moved={row.number: row.due for row in rows})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the years and lengths to choose from."""
        chosen = self.request.POST if self.request.method == "POST" else self.request.GET
        lengths = self.lengths()
        length = asked_length(chosen, lengths)
        if kwargs.get("form") is None and length is not None:
            kwargs["form"] = self.form(chosen, length)
        heading = _("Dates of the wage-tax returns of %(company)s") % {"company": self.object}
        own = {"heading": heading, "company": self.object, **_choices(chosen, lengths)}
        return {**own, **super().get_context_data(**kwargs), "heading": heading}


@require_POST
def several(request: HttpRequest) -> HttpResponse:
    """Of several companies: those that the list of people and dates covered, with the form from the first page on."""
    user = user_of(request)
    if Capability.SET_DEADLINES not in capabilities_of(request):
        raise PermissionDenied
    query = QueryDict(request.POST.get("filter", "")[:2000])
    back = reverse("deadlines:arrangements") + (f"?{filter_of(query)}" if query else "")
    about = covered(request, query)
    pks = about.pks
    if not pks:
        chooses = _("Choose companies: tick some, or take all of the filter.")
        messages.error(request, str(STALE) if about.is_stale else chooses)
        return redirect(back)
    rows = Company.objects.visible_to(user, Capability.SET_DEADLINES).filter(pk__in=pks)
    lengths = _lengths_of(rows)
    length, year = asked_length(request.POST, lengths), asked_year(request.POST)
    form = YearForm(declared=of_year(length, year)) if length else None
    status = 200
    if length and "confirmed" in request.POST and request.POST.get("step") != "show":
        form = YearForm(request.POST, declared=of_year(length, year))
        if request.POST["confirmed"] != told_apart(pks):
            messages.warning(
                request, _("The companies are others than a moment ago. Nothing was changed yet; look again.")
            )
        elif _is_to_store(request, form):
            _carry_out(request, pks, length, year, form)
            return redirect(back)
        elif not _is_well_filled(form):
            status = 422
    context = {
        "heading": _("Dates of the wage-tax returns of several companies"),
        "breadcrumb": [
            Crumb(_("People and dates"), reverse("deadlines:arrangements")),
            Crumb(_("Dates of a year")),
        ],
        "form": form,
        "several": True,
        "count": len(pks),
        "names": named(request, pks),
        "more": max(0, len(pks) - NAMED),
        "confirms": told_apart(pks),
        "covers": "all" if about.takes_all else "ticked",
        "companies_ticked": [] if about.takes_all else pks,
        "filter": filter_of(query),
        **_choices(request.POST, lengths),
    }
    return render(request, TEMPLATE, context, status=status)


def _is_to_store(request: HttpRequest, form: YearForm) -> bool:
    """Whether the dates stand in their fields and make sense; pasted ones are only put there."""
    if request.POST.get("paste", "").strip():
        form.fill()
        return False
    return form.is_valid()


def _is_well_filled(form: YearForm) -> bool:
    return form.was_filled and not form.errors


def _carry_out(request: HttpRequest, pks: list[int], length: PeriodType, year: int, form: YearForm) -> None:
    done = arranging.move_year(user_of(request), pks, length, year, dues=form.dues, reason=form.cleaned_data["reason"])
    said = ngettext(
        "The dates of %(year)s are set for %(count)s company. The computed dates stay beside them.",
        "The dates of %(year)s are set for %(count)s companies. The computed dates stay beside them.",
        done.changed,
    )
    messages.success(request, said % {"year": year, "count": formats.number(done.changed)})
    if done.left_out:
        said = ngettext(
            "%(count)s company was left out: it has no return periods of this length.",
            "%(count)s companies were left out: they have no return periods of this length.",
            done.left_out,
        )
        messages.warning(request, said % {"count": formats.number(done.left_out)})


def _lengths_of(companies: "QuerySet[Company]") -> list[PeriodType]:
    """The lengths of return periods of these companies, in the order in which people look for them."""
    found = set(companies.order_by().values_list("return_period", flat=True).distinct())
    return [kind for own, kind in RETURN_KINDS.items() if own.value in found]


def _choices(given: QueryDict, lengths: Iterable[PeriodType]) -> dict[str, Any]:
    """What a page offers to choose from, and what is chosen."""
    known = list(lengths)
    return {
        "year": asked_year(given),
        "years": years(clock.today()),
        "length": asked_length(given, known),
        "lengths": [(one.value, words.PERIOD_TYPES[one]) for one in known],
    }
