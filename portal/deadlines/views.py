"""Who sees to which company and when its work is due: one company, and several at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from portal.accounts.models import User
from portal.accounts.roles import Capability
from portal.companies import freshness
from portal.companies.models import Company
from portal.deadlines import arranging
from portal.deadlines.filters import ArrangementFilter
from portal.deadlines.forms import MoveForm, TermsForm
from portal.deadlines.models import Deadline, Kind, MovedDate
from portal.deadlines.tables import ArrangementTable, DeadlineTable
from portal.debtors.place import way_to
from portal.periods import PeriodType
from portal.ui.freshness import FreshnessSummary
from portal.ui.paging import Asked
from portal.ui.permissions import capabilities_of, holds_over, of_client
from portal.ui.values import Crumb
from portal.ui.views import ScopedDetailView, ScopedListView

#: What deadlines and their progress are made of.
KINDS = ("companies", "current_period", "runs", "wage_tax_returns", "pension_exports")
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
        """With what the table shows."""
        return queryset.select_related("debtor", "current", "arrangement__responsible").order_by("name", "pk")

    def get_breadcrumb(self) -> list[Crumb]:
        """Below the calendar."""
        return [Crumb(_("Calendar"), reverse("deadlines:calendar")), Crumb(str(self.heading))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the filter it goes with."""
        return {
            **super().get_context_data(**kwargs),
            "form": TermsForm(user=user_of(self.request), keep=True),
            "filter": filter_of(self.request.GET),
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
    form = TermsForm(request.POST, user=user, keep=True)
    pks, all_of_filter = _covered(request, query)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
    elif not pks:
        messages.error(request, _("Choose companies: tick some, or take all of the filter."))
    elif not form.said:
        messages.error(request, _("Choose what should change."))
    elif request.POST.get("confirmed") != str(len(pks)):
        return _asked_again(request, form, pks, query, all_of_filter=all_of_filter)
    else:
        _carry_out(request, user, form, pks)
    return redirect(address)


def _covered(request: HttpRequest, query: QueryDict) -> tuple[list[int], bool]:
    """The companies that the change is about: the ticked ones, or all of the filter."""
    rows = Company.objects.visible_to(request.user, Capability.SET_DEADLINES).order_by("name", "pk")
    if request.POST.get("covers") == "all":
        found: Any = ArrangementFilter(query, queryset=rows, request=request).qs
        return list(found.values_list("pk", flat=True)), True
    ticked = [int(pk) for pk in request.POST.getlist("company") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    return list(rows.filter(pk__in=ticked[:TICKED_MOST]).values_list("pk", flat=True)), False


def _asked_again(
    request: HttpRequest, form: TermsForm, pks: list[int], query: QueryDict, *, all_of_filter: bool
) -> HttpResponse:
    """The page that says what is covered and what will change."""
    rows = Company.objects.visible_to(request.user, Capability.SET_DEADLINES).filter(pk__in=pks[:NAMED])
    kept = [
        (name, value)
        for name in ("responsible", "pay_rule", "pay_number", "pension", "pension_days")
        if (value := request.POST.get(name, ""))
    ]
    context = {
        "heading": _("Change several companies"),
        "breadcrumb": [
            Crumb(_("People and dates"), reverse("deadlines:arrangements")),
            Crumb(_("Change several companies")),
        ],
        "said": form.said,
        "count": len(pks),
        "names": [str(row) for row in rows.order_by("name", "pk")],
        "more": max(0, len(pks) - NAMED),
        "all_of_filter": all_of_filter,
        "filtered": bool(filter_of(query)),
        "companies_ticked": [] if all_of_filter else pks,
        "filter": filter_of(query),
        "kept": kept,
    }
    return render(request, "deadlines/bulk.html", context)


def _carry_out(request: HttpRequest, user: User, form: TermsForm, pks: list[int]) -> None:
    left_out, terms = 0, form.terms
    if form.changes_person:
        left_out += arranging.assign(user, pks, form.person).left_out
    if terms.pay is not None or terms.pension is not None:
        left_out = max(left_out, arranging.set_terms(user, pks, terms).left_out)
    done = len(pks) - left_out
    messages.success(
        request, ngettext("%(count)s company was set.", "%(count)s companies were set.", done) % {"count": done}
    )
    if left_out:
        text = ngettext(
            "%(count)s company was left out: the person does not see it, or its periods are too short.",
            "%(count)s companies were left out: the person does not see them, or their periods are too short.",
            left_out,
        )
        messages.warning(request, text % {"count": left_out})


class CompanyDeadlinesView(ScopedDetailView):
    """The deadlines of one company, and what was agreed about them."""

    model = Company
    capability = Capability.VIEW
    template_name = "deadlines/company.html"

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With debtor, environment and arrangement."""
        return queryset.select_related("debtor__environment", "current", "arrangement__responsible")

    def get_breadcrumb(self) -> list[Crumb]:
        """Client › company › deadlines."""
        above = way_to(self.request, self.object.debtor, self.object.pk)
        return [
            *above,
            Crumb(str(self.object), reverse("companies:company", args=[self.object.pk])),
            Crumb(_("Deadlines")),
        ]

    def get_freshness(self) -> FreshnessSummary:
        """How old runs and returns are."""
        return freshness.of_company(self.request.user, self.object, KINDS)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set who sees to the company and what was agreed."""
        self.object = self.get_object()
        if not holds_over(request, self.object, Capability.SET_DEADLINES):
            raise PermissionDenied
        form = TermsForm(request.POST, user=user_of(request))
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(object=self.object, form=form), status=422)
        done = [arranging.set_terms(user_of(request), [pk], form.terms)]
        if form.changes_person:
            done.append(arranging.assign(user_of(request), [pk], form.person))
        _tell_about_one(request, done)
        return redirect("deadlines:company", pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The dates, and the forms for who may set them."""
        company, request = self.object, self.request
        arrangement = getattr(company, "arrangement", None)
        mine = holds_over(request, company, Capability.SET_DEADLINES)
        rows = deadlines_of(request, company)
        moved = MovedDate.objects.visible_to(request.user).filter(company=company).select_related("moved_by")
        table = DeadlineTable(
            rows.select_related("company__debtor", "company__arrangement__responsible"),
            internal=False,
            exclude=("company",),
            empty_title=_("No deadlines yet"),
            empty_text=_("They appear when the current period of this company has been fetched from Nmbrs."),
        )
        Asked(request, paginate={"per_page": 100, "silent": True}).configure(table)
        own = {
            "company": company,
            "table": table,
            "arrangement": arrangement,
            "internal": not of_client(request),
            "moved": [] if of_client(request) else list(moved),
            "form": TermsForm(user=user_of(request), initial=TermsForm.initial_of(arrangement)) if mine else None,
            "move_form": MoveForm(deadlines=list(rows)) if mine else None,
        }
        heading = _("Deadlines of %(company)s") % {"company": company}
        return {**own, **super().get_context_data(**{"heading": heading, **kwargs})}


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another due date for one deadline of a company."""
    company = _company(request, pk)
    rows = Deadline.objects.visible_to(request.user, Capability.SET_DEADLINES).filter(company=company)
    form = MoveForm(request.POST, deadlines=list(rows))
    if form.is_valid():
        chosen, given = form.chosen, form.cleaned_data
        arranging.move(
            user_of(request),
            [pk],
            Kind(chosen.kind),
            PeriodType(chosen.period_type),
            chosen.period,
            due=given["due"],
            reason=given["reason"],
        )
        messages.success(request, _("The date was moved. The computed date stays beside it."))
    else:
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
    return redirect("deadlines:company", pk)


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The computed date counts again."""
    moved = MovedDate.objects.visible_to(request.user).filter(pk=pk).select_related("company").first()
    if moved is None:
        raise Http404
    if not holds_over(request, moved.company, Capability.SET_DEADLINES):
        raise PermissionDenied
    company = moved.company_id
    arranging.put_back(user_of(request), moved)
    messages.success(request, _("The computed date counts again."))
    return redirect("deadlines:company", company)


def deadlines_of(request: HttpRequest, company: Company) -> "QuerySet[Deadline]":
    """The deadlines of a company that the person sees."""
    rows: QuerySet[Deadline] = Deadline.objects.visible_to(request.user).filter(company=company).order_by("due", "pk")
    return rows


def filter_of(query: QueryDict) -> str:
    """The part of an address that is the filter of companies."""
    kept = query.copy()
    for name in list(kept):
        if name not in ArrangementFilter.base_filters or not kept.get(name):
            kept.pop(name)
    return kept.urlencode()


def user_of(request: HttpRequest) -> User:
    """Who is signed in; every page of this room but the feed is behind the sign-in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _company(request: HttpRequest, pk: int) -> Company:
    company = Company.objects.visible_to(request.user).filter(pk=pk).first()
    if company is None:
        raise Http404
    if not holds_over(request, company, Capability.SET_DEADLINES):
        raise PermissionDenied
    return company


def _tell_about_one(request: HttpRequest, done: "list[arranging.Done]") -> None:
    if any(one.left_out for one in done):
        messages.error(
            request, _("Not everything was set: the person does not see this company, or its periods are too short.")
        )
    else:
        messages.success(request, _("The dates of this company are set."))
