"""Where no clients stand above the companies: Business environments, and companies given by themselves."""

from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Capability
from portal.companies import freshness
from portal.companies.models import Company
from portal.companies.standing import Standing, standings, told
from portal.connections.models import EnvironmentKind
from portal.dashboards.start import single_companies
from portal.dashboards.tables import CompanyTable
from portal.dashboards.views import DebtorView
from portal.deadlines.responsible import of_own_office
from portal.debtors.models import Debtor
from portal.debtors.place import page_of, way_to
from portal.ui.freshness import FreshnessSummary
from portal.ui.menu import mark_kind
from portal.ui.panels import Panel
from portal.ui.permissions import of_client
from portal.ui.values import Crumb
from portal.ui.views import ScopedListView

#: The panel of the debtor's page that comes first here.
COMPANIES = "companies"


class CompaniesView(ScopedListView):
    """The companies that no client of the person stands above; those of a single organisation have a better page."""

    model = Company
    table_class = CompanyTable
    capability = Capability.VIEW
    heading = _("Companies")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """With one organisation its page is the list."""
        found = list(self.debtors.select_related("environment")[:2])
        if len(found) == 1 and not single_companies(request).exists():
            return redirect(page_of(found[0]))
        mark_kind(request, EnvironmentKind.BUSINESS)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def debtors(self) -> "QuerySet[Debtor]":
        """The organisations that the person sees as a whole."""
        return Debtor.objects.visible_to(self.request.user).filter(environment__kind=EnvironmentKind.BUSINESS)

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Companies of Business environments by organisation, and those that the person sees by themselves."""
        by_themselves = single_companies(self.request).order_by().values("pk")
        user = self.request.user
        own = queryset.filter(Q(environment__kind=EnvironmentKind.BUSINESS) | Q(pk__in=by_themselves))
        rows: QuerySet[Any] = (
            own.filter(debtor__missing_since__isnull=True)
            .select_related("debtor")
            .annotate(internal=of_own_office(user))
            .order_by("debtor__name", "debtor", "name", "pk")
        )
        return rows

    def get_table_kwargs(self) -> dict[str, Any]:
        """Only organisations that the person sees are named."""
        return super().get_table_kwargs() | {"organisations": frozenset(self.debtors.values_list("pk", flat=True))}

    def get_table_data(self) -> list[Standing]:
        """Each with where it stands."""
        rows: Any = self.object_list
        return standings(told(rows, self.request.user), self.request.user)

    @cached_property
    def badge(self) -> FreshnessSummary:
        """How old the lists are, and what is told of each company."""
        companies = self.narrow(Company.objects.visible_to(self.request.user))
        kinds = ("companies", "current_period", "runs", "wage_tax_returns")
        return freshness.of_scope(self.request.user, self.debtors, companies, kinds)

    def get_freshness(self) -> FreshnessSummary:
        """How old what the table shows is."""
        return self.badge


class BusinessView(DebtorView):
    """The companies of one Business environment, with the figures of all of them together."""

    template_name = "dashboards/business.html"

    def get_panels(self) -> list[Panel]:
        """The companies first."""
        return sorted(super().get_panels(), key=lambda panel: panel.name != COMPANIES)

    def get_breadcrumb(self) -> list[Crumb]:
        """Companies; people of a client have their own page above it."""
        if of_client(self.request):
            return super().get_breadcrumb()
        (here,) = way_to(self.request, self.object)
        return [Crumb(here.label)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The companies as the heading; whose they are stands below it."""
        return {**super().get_context_data(**kwargs), "heading": _("Companies")}
