"""Clients: all of them in a table, and one on a dashboard."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Capability
from portal.companies import freshness
from portal.companies.booked import FIRM_WITH_ACCOUNTS
from portal.companies.models import Company
from portal.companies.rights import holds_everywhere
from portal.companies.tiles import Tile, cautions, kinds_of
from portal.connections.models import EnvironmentKind
from portal.dashboards import clients, months, panels
from portal.dashboards.filters import ClientFilter
from portal.dashboards.start import nobodys_of, start
from portal.dashboards.sums.clients import ClientCost, costs_of
from portal.dashboards.sums.tiles import absence_tile, cost_tile
from portal.dashboards.tables import ClientTable
from portal.dashboards.tiles import tiles
from portal.debtors.models import Debtor
from portal.debtors.panels import tags_of
from portal.debtors.place import home_of, page_of, people_of, with_query
from portal.periods import Period
from portal.ui import formats, reading
from portal.ui.exports import asking
from portal.ui.freshness import FreshnessSummary
from portal.ui.moment import Asks, carried
from portal.ui.panels import Panel, kinds_seen, panels_of, shown_on
from portal.ui.permissions import holds_over, of_client, of_office
from portal.ui.places import mark
from portal.ui.values import Crumb, Missing
from portal.ui.views import ScopedDetailView, ScopedListView


class ClientsView(ScopedListView):
    """Every client in the person's scope with its figures of one month."""

    model = Debtor
    table_class = ClientTable
    filterset_class = ClientFilter
    capability = Capability.VIEW
    template_name = "dashboards/clients.html"
    heading = _("Clients")
    asks = Asks.MONTH

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """People of a client, and those who see companies alone, begin elsewhere."""
        address = start(request)
        if address is not None:
            return redirect(address)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def month(self) -> Period:
        """The month of the figures."""
        return months.asked_month(self.request)

    @cached_property
    def sees_wages(self) -> bool:
        """Whether the person may see the wages of every client in their scope."""
        return holds_everywhere(self.request, Capability.VIEW_SALARIES)

    @property
    def company_kinds(self) -> Sequence[str]:
        """The kinds of each company whose age counts: of wage cost for those who see it."""
        return clients.WITH_COST if self.sees_wages else clients.COMPANY_KINDS

    @cached_property
    def costs(self) -> Mapping[int, ClientCost]:
        """The wage cost of every client, for who may see all of them. One query."""
        return costs_of(self.request.user, self.month) if self.sees_wages else {}

    @cached_property
    def badge(self) -> FreshnessSummary:
        """Over the whole scope, whatever the filter."""
        kinds = ("debtors", "companies", *self.company_kinds)
        return freshness.of_office(self.request.user, kinds, (EnvironmentKind.ACCOUNTANT,))

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """The figures, and the companies of the rows that are shown."""
        own = clients.of_list(queryset)
        rows = clients.with_figures(self.request.user, own, self.month, kinds=self.company_kinds)
        companies = Company.objects.visible_to(self.request.user).select_related("current")
        return rows.prefetch_related(Prefetch("companies", queryset=companies, to_attr="present_companies"))

    def get_freshness(self) -> FreshnessSummary:
        """How old the clients, their companies and the people's figures are."""
        return self.badge

    def get_when(self) -> list[tuple[str, str]]:
        """The month, and its last day for what is of a day."""
        return [
            (str(_("Period")), months.picker(self.request, self.month).label),
            (str(_("As of")), formats.day(months.last_day(self.month))),
        ]

    @cached_property
    def everybody(self) -> bool:
        """Whether the list has all: none filtered out, and none left out that may not leave in a file."""
        return not asking.for_file(self.request) and not any(self.filterset.form.cleaned_data.values())

    @cached_property
    def totals_of_all(self) -> dict[str, Any]:
        """How many clients the person sees, and the sums over them."""
        return clients.totals_of_all(self.request.user, self.month)

    @cached_property
    def found(self) -> int:
        """How many clients the filter has."""
        rows: Any = self.object_list
        return int(self.totals_of_all["clients"] if self.everybody else rows.count())

    def get_totals(self, rows: "QuerySet[Any]") -> dict[str, Any]:
        """Sums over every client of the filter."""
        sums: dict[str, Any] = dict(self.totals_of_all) if self.everybody else clients.totals(rows)
        sums.pop("clients", None)
        cents = sums.pop("wage_cents")
        self.left_out = sums.pop("wage_left_out") or 0
        self.behind = sums.pop("behind")
        costs = self._costs_of(rows)
        self.recounting = any(cost.recounting for cost in costs)
        known = [cost.now for cost in costs if not isinstance(cost.now, Missing)]
        self.cost_unknown = sum(isinstance(cost.now, Missing) and cost.now is not Missing.NO_PERIOD for cost in costs)
        self.cost_months = Counter(cost.month for cost in costs if cost.month)
        return sums | {
            "wage_cost": sum(known, Decimal(0)) if known else None,
            "wage_cents": None if cents is None else Decimal(cents) / 100,
        }

    def _costs_of(self, rows: "QuerySet[Any]") -> list[ClientCost]:
        """The wage cost of the clients in `rows`: of all, unless some were filtered out or may not leave in a file."""
        if self.everybody or not self.costs:
            return list(self.costs.values())
        return [self.costs[pk] for pk in rows.order_by().values_list("pk", flat=True) if pk in self.costs]

    @property
    def has_earlier_costs(self) -> bool:
        """Whether the wage cost of some clients is that of an earlier month than the page is about."""
        return any(month != self.month for month in self.cost_months)

    def get_facts(self) -> list[tuple[str, str]]:
        """Of which months the total of the wage cost is."""
        if not self.has_earlier_costs:
            return []
        return [(str(_("Wage cost")), gettext("The total is of %(months)s.") % {"months": self._cost_months()})]

    def _cost_months(self) -> str:
        """The months that the wage costs are of, each with its clients, the newest first."""
        said = [
            ngettext("%(month)s (%(count)s client)", "%(month)s (%(count)s clients)", count)
            % {"month": months.label(month), "count": formats.number(count)}
            for month, count in sorted(self.cost_months.items(), reverse=True)
        ]
        return ", ".join(said)

    def get_table_kwargs(self) -> dict[str, Any]:
        """The month, and no column of wages for those who may not see them."""
        kwargs = super().get_table_kwargs() | {"month": self.month, "costs": self.costs}
        if self.has_earlier_costs:
            names = (months.label(month).replace(" ", formats.NO_BREAK) for month in sorted(self.cost_months))
            kwargs["total_of"] = ", ".join(names)
        if not self.sees_wages:
            hidden = ("wage_cost", "cost_change", "cost_line", "wage_cents")
            totals = {name: total for name, total in kwargs["totals"].items() if name not in hidden}
            kwargs |= {"exclude": hidden, "totals": totals}
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The month picker and whose wage is in no total."""
        context = super().get_context_data(**kwargs)
        found = nobodys_of(self.request)
        return {
            **context,
            "nobody": sum(found.values()),
            "nobody_of": next(iter(found), None),
            "picker": months.picker(self.request, self.month),
            "last_day": months.last_day(self.month),
            "left_out": self.left_out if self.sees_wages else 0,
            "cost_unknown": self.cost_unknown,
            "cost_months": self._cost_months() if self.has_earlier_costs else "",
            "behind": self.behind,
            "recounting": self.recounting,
            "sees_wages": self.sees_wages,
        }


class DebtorView(ScopedDetailView):
    """One client: its figures, charts, companies, who comes and goes, contracts that end."""

    model = Debtor
    capability = Capability.VIEW
    asks = Asks.MONTH
    template_name = "dashboards/debtor.html"
    #: The environment says whether it is a client.
    related = (f"environment__{FIRM_WITH_ACCOUNTS}",)
    #: What its head is made of.
    head_kinds: ClassVar[tuple[str, ...]] = ("debtors", "companies")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; where there are no clients it has another address."""
        self.object = self.get_object()
        address = page_of(self.object)
        if request.path != address:
            return redirect(with_query(request, address))
        return self.render_to_response(self.get_context_data(object=self.object))

    def get_breadcrumb(self) -> list[Crumb]:
        """Clients › this one; people of a client have no list above it."""
        mark(self.request, self.object.pk)
        if of_client(self.request):
            return [Crumb(str(self.object), home_of(self.object)), Crumb(_("All figures"))]
        return [Crumb(_("Clients"), reverse("dashboards:clients")), Crumb(str(self.object))]

    def get_panels(self) -> list[Panel]:
        """The panels in order."""
        return panels_of(panels.PAGE)

    @cached_property
    def tiles(self) -> list[Tile]:
        """The figures of the month in the address."""
        debtor, request = self.object, self.request
        month = months.asked_month(request)
        trend, _earlier = panels.trends(debtor, request.user, month)
        return tiles(
            trend,
            month,
            panels.known_of(debtor, request.user),
            panels.behind(debtor, request.user, month),
            sees_wages=holds_over(request, debtor, Capability.VIEW_SALARIES),
            cost=cost_tile(request, debtor),
            absence=absence_tile(request, debtor),
        )

    def get_freshness(self) -> FreshnessSummary:
        """How old every kind is of which this reader sees something."""
        seen = kinds_seen(self.request, self.object, self.get_panels())
        kinds = dict.fromkeys((*self.head_kinds, *kinds_of(self.tiles), *seen))
        return freshness.of_debtor(self.request, self.object, tuple(kinds))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Figures and panels of the month in the address."""
        debtor, request = self.object, self.request
        month = months.asked_month(request)
        boxes = shown_on(request, debtor, self.get_panels())
        reading.note_panels(debtor, boxes)
        return {
            **super().get_context_data(**kwargs),
            "debtor": debtor,
            "picker": months.picker(request, month),
            "tiles": self.tiles,
            "tile_width": 4,
            "responsible": partial(_responsible, request, debtor),
            "tags": partial(tags_of, request, debtor),
            "cautions": cautions(self.tiles),
            "panels": boxes,
            "people": carried(request, people_of(debtor)),
            "can_resync": holds_over(request, debtor, Capability.RESYNC),
            "can_explain": holds_over(request, debtor, Capability.MANAGE_USERS),
        }


def _responsible(request: HttpRequest, debtor: Debtor) -> str:
    """Who of the office sees to its companies; not for who does not work there."""
    if not of_office(request, debtor):
        return ""
    found = [standing.company for standing in panels.standings_of(request, debtor)]
    people = {one.arrangement.responsible for one in found if hasattr(one, "arrangement")} - {None}
    return ", ".join(sorted(map(str, people))) or str(_("nobody"))
