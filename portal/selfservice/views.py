"""Where people of a client begin, and one period of one of their companies."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from portal.accounts.roles import Capability
from portal.companies.freshness import ever_fetched
from portal.companies.models import Company, Run
from portal.companies.periods import Chosen, chosen, text
from portal.companies.status import covering
from portal.companies.tiles import Tile
from portal.companies.views import CompanyView
from portal.dashboards.views import DebtorView
from portal.deadlines.models import PeriodState
from portal.debtors.place import way_to
from portal.periods import preceding
from portal.selfservice import panels, periods, plain
from portal.ui.moment import carried, know
from portal.ui.panels import Panel, panels_of
from portal.ui.permissions import holds_over
from portal.ui.places import Place, mark
from portal.ui.values import Crumb


class ClientView(DebtorView):
    """One organisation for its own people: its periods, its figures, its people, the dates, and whom to call."""

    template_name = "selfservice/client.html"

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
            Company.objects.visible_to(self.request.user).filter(debtor=self.object).order_by("name", "pk")
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
        """The period in words, the dates, and the way to the other companies."""
        context = super().get_context_data(**kwargs)
        company, choice = self.object, chosen(self.request, self.object)
        return {
            **context,
            "told": self._told(choice) if choice else None,
            "dates": periods.dates(self.request.user, company=company),
            "siblings": self._siblings(),
            "compare": self._compare(choice) if choice else "",
        }

    def _told(self, choice: Chosen) -> periods.Told | None:
        """How far the period is; None while runs were never read."""
        user, company = self.request.user, self.object
        states = PeriodState.objects.visible_to(user).filter(company=company)
        state = states.filter(year=choice.period.year, number=choice.period.number).first()
        if state is not None:
            return periods.told(company.pk, state)
        if not ever_fetched(user, company, "runs"):
            return None
        standing = plain.standing_of(self._covering)
        back = (choice.period < choice.current) - (choice.period > choice.current)
        named = plain.name(choice.kind, choice.period)
        return periods.Told(
            title=plain.title(choice.kind, choice.period),
            sentence=plain.sentence(standing, named, back=back),
            status=plain.status(standing, back=back),
            url="",
            pay_due=None,
            return_due=None,
            return_sent=False,
        )

    @cached_property
    def _covering(self) -> list[Run]:
        """The runs of the period."""
        choice = chosen(self.request, self.object)
        own = Run.objects.visible_to(self.request.user).filter(company=self.object)
        return list(covering(own, choice.period.year, choice.period.number)) if choice else []

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

    def _compare(self, choice: Chosen) -> str:
        """The way to this period beside the one before it, for who may see wages and only when a run was made."""
        if not holds_over(self.request, self.object, Capability.VIEW_SALARIES) or not self._covering:
            return ""
        try:
            address = reverse("dashboards:variance", args=[self.object.pk])
        except NoReverseMatch:
            return ""
        return f"{address}?period={text(choice.period)}&against={text(preceding(choice.kind, choice.period))}"

    def _tiles(self, choice: Chosen) -> list[Tile]:
        """What the runs of the period cost the employer in the place of the contract wage, where it is known."""
        people, wage, *movements = super()._tiles(choice)
        cost = panels.cost_tile(self.request, self.object, _("From the payroll runs of this period."))
        return [people, cost or wage, *movements]
