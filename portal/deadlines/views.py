"""Who sees to a company and when its work is due. Several companies at once: portal.deadlines.several_views."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.models import User
from portal.accounts.roles import INTERNAL, Capability
from portal.companies import freshness
from portal.companies.models import Company
from portal.deadlines import arranging
from portal.deadlines.forms import MoveForm, TermsForm
from portal.deadlines.models import Deadline, Kind, MovedDate
from portal.deadlines.panels import never_of_company
from portal.deadlines.refusals import with_refusals
from portal.deadlines.stop_form import StopForm
from portal.deadlines.tables import DeadlineTable
from portal.deadlines.trouble import KINDS
from portal.debtors.place import way_to
from portal.periods import PeriodType
from portal.ui.freshness import FreshnessSummary
from portal.ui.paging import Asked
from portal.ui.permissions import holds_over, of_office
from portal.ui.pieces import piece_of
from portal.ui.values import Crumb
from portal.ui.views import ScopedDetailView


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
        form = TermsForm(request.POST, user=user_of(request), of=getattr(self.object, "arrangement", None))
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
        moved = MovedDate.objects.visible_to(request.user, INTERNAL).filter(company=company).select_related("moved_by")
        known = list(rows)
        lack = {} if known else never_of_company(request.user, company)
        table = DeadlineTable(
            with_refusals(rows).select_related("company__debtor", "company__arrangement__responsible"),
            internal=False,
            clients=frozenset(),
            exclude=("company",),
            empty_kind=lack.get("empty", "nothing"),
            empty_title=lack.get("empty_title") or _("No deadlines yet"),
            empty_text=lack.get("empty_text")
            or _("They appear when the current period of this company has been fetched from Nmbrs."),
        )
        Asked(request, paginate={"per_page": 100, "silent": True}).configure(table)
        own = {
            "company": company,
            "table": table,
            "arrangement": arrangement,
            "internal": of_office(request, company),
            # The latest first: those of a year to come are twelve or thirteen.
            "moved": piece_of(request, "moved", list(moved.order_by("-due", "-pk"))),
            "form": TermsForm(user=user_of(request), of=arrangement) if mine else None,
            "move_form": MoveForm(deadlines=known) if mine else None,
            "stop_form": StopForm() if mine else None,
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
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """No payroll or no pension return of a company after a day; or it goes on after all."""
    _company(request, pk)
    form = StopForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
    elif (asked := form.stop_asked) is None:
        messages.error(request, _("Choose what has ended."))
    else:
        asked.carry_out(user_of(request), [pk])
        messages.success(request, _("The dates of this company are set."))
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
            request,
            _(
                "Not everything was set: the person does not see this company, or its periods are too short for a day "
                "of the month or not known yet."
            ),
        )
    else:
        messages.success(request, _("The dates of this company are set."))
