"""Where people of a client begin, and one period of one of their companies."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.companies.booked import FIRM_WITH_ACCOUNTS
from portal.companies.models import Company
from portal.companies.periods import Chosen
from portal.companies.tiles import Tile
from portal.companies.views import CompanyView
from portal.dashboards.sums.cost import COST_KINDS
from portal.dashboards.views import DebtorView
from portal.debtors.place import way_to
from portal.selfservice import panels, periods
from portal.selfservice.standing import STANDING_KINDS
from portal.ui.moment import carried, know
from portal.ui.panels import Panel, ShownPanel, panels_of
from portal.ui.places import Place, mark
from portal.ui.values import Crumb


class ClientView(DebtorView):
    """One organisation for its own people: its periods, its figures, its people, the dates, and whom to call."""

    template_name = "selfservice/client.html"
    #: The office that does its payroll; the reader may be a client of others too.
    related = (f"environment__{FIRM_WITH_ACCOUNTS}",)
    #: With the periods of each company.
    head_kinds: ClassVar[tuple[str, ...]] = (*DebtorView.head_kinds, *STANDING_KINDS)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, at one address whatever lies above the organisation."""
        self.object = self.get_object()
        return self.render_to_response(self.get_context_data(object=self.object))

    def get_breadcrumb(self) -> list[Crumb]:
        """The organisation itself."""
        mark(self.request, self.object.pk)
        return [Crumb(str(self.object))]

    def get_panels(self) -> list[Panel]:
        """Those of this page."""
        return panels_of(panels.CLIENT)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The periods of every company above everything else."""
        context = super().get_context_data(**kwargs)
        companies = list(
            Company.objects.visible_to(self.request.user)
            .filter(debtor=self.object)
            .select_related("current")
            .order_by("name", "pk")
        )
        return {
            **context,
            "periods": periods.of_companies(self.request.user, companies),
            "all_figures": carried(self.request, reverse("dashboards:debtor", args=[self.object.pk])),
        }


class PeriodView(CompanyView):
    """One period of a company for the client's people: how far it is, what it came to, who came and went."""

    template_name = "selfservice/period.html"
    page: ClassVar[str] = panels.PERIOD

    def get_breadcrumb(self) -> list[Crumb]:
        """Organisation › company."""
        return [*way_to(self.request, self.object.debtor, self.object.pk), Crumb(str(self.object))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The period in words, what stands above its figures, and the way to the other companies."""
        context = super().get_context_data(**kwargs)
        boxes: list[ShownPanel] = context["panels"]
        above = [box for box in boxes if box.panel.name in panels.ABOVE]
        return {
            **context,
            "told": next((box.context["told"] for box in above if "told" in box.context), None),
            "above": above,
            "panels": [box for box in boxes if box not in above],
            "siblings": self._siblings(),
        }

    def _siblings(self) -> Sequence[Place]:
        """The companies of the same organisation that the reader sees, when there are several; same kind of page."""
        visible = Company.objects.visible_to(self.request.user).filter(debtor=self.object.debtor_id)
        companies = list(visible.select_related("current").order_by("name", "pk"))
        know(self.request, *companies)
        found = [
            Place(
                company.name,
                carried(self.request, reverse("selfservice:period", args=[company.pk])),
                company.pk == self.object.pk,
            )
            for company in companies
        ]
        return found if len(found) > 1 else []

    def _tiles(self, choice: Chosen) -> list[Tile]:
        """What the runs of the period cost the employer in the place of the contract wage, where it is known."""
        people, wage, *movements = super()._tiles(choice)
        cost = panels.cost_tile(self.request, self.object, _("From the payroll runs of this period."))
        if cost is None and wage.resources:
            # That the contract wage stands there follows from the journals, too.
            cost = replace(wage, resources=(*wage.resources, *COST_KINDS))
        return [people, cost or wage, *movements]
