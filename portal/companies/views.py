"""One company, period by period, and its records kind by kind."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.roles import Capability
from portal.companies import freshness, panels
from portal.companies.booked import FIRM_WITH_ACCOUNTS
from portal.companies.freshness import PEOPLE_KINDS, WAGE_KINDS, ever_fetched, lacks
from portal.companies.in_period import was_asked
from portal.companies.models import Company, Snapshot
from portal.companies.periods import Chosen, chosen, figures_kept, navigator
from portal.companies.tiles import Tile, cautions, kinds_of, left_out_words, no_access, on
from portal.debtors.place import way_to
from portal.ui import reading
from portal.ui.charts import Figure
from portal.ui.formats import day
from portal.ui.freshness import FreshnessSummary
from portal.ui.moment import Asks
from portal.ui.panels import kinds_seen, panels_of, shown_on
from portal.ui.permissions import holds_over
from portal.ui.records import RecordListView, When
from portal.ui.values import Crumb, Missing
from portal.ui.views import ScopedDetailView

#: Points of the line beside a figure: thirteen periods, the shown one last.
POINTS = 13


class CompanyView(ScopedDetailView):
    """A company in one of its periods: figures, runs, returns, people."""

    model = Company
    capability = Capability.VIEW
    asks = Asks.PERIOD
    template_name = "companies/company.html"
    related = (f"debtor__environment__{FIRM_WITH_ACCOUNTS}", "current")
    #: Whose panels it shows.
    page: ClassVar[str] = panels.PAGE
    #: What its head is made of.
    head_kinds: ClassVar[tuple[str, ...]] = ("companies", "current_period")

    def get_breadcrumb(self) -> list[Crumb]:
        """Client › company."""
        return [*way_to(self.request, self.object.debtor, self.object.pk), Crumb(str(self.object))]

    def get_freshness(self) -> FreshnessSummary:
        """How old every kind is of which this reader sees something."""
        seen = kinds_seen(self.request, self.object, panels_of(self.page))
        kinds = dict.fromkeys((*self.head_kinds, *kinds_of(self.tiles), *seen))
        return freshness.on_page(self.request, self.object, tuple(kinds))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Figures and panels of the period in the address."""
        company, request = self.object, self.request
        choice, tiles = chosen(request, company), self.tiles
        boxes = shown_on(request, company, panels_of(self.page))
        reading.note_panels(company, boxes)
        return {
            **super().get_context_data(**kwargs),
            "company": company,
            "choice": choice,
            "navigator": navigator(request, company, choice) if choice else None,
            "tiles": tiles,
            "cautions": cautions(tiles),
            "panels": boxes,
            "can_resync": holds_over(request, company, Capability.RESYNC),
            "can_explain": holds_over(request, company, Capability.MANAGE_USERS),
        }

    @cached_property
    def tiles(self) -> list[Tile]:
        """The figures of the period in the address; none while no period is known."""
        choice = chosen(self.request, self.object)
        return self._tiles(choice) if choice else []

    def _tiles(self, choice: Chosen) -> list[Tile]:
        sees_wages = holds_over(self.request, self.object, Capability.VIEW_SALARIES)
        rows = self._snapshots(choice)
        days = choice.days
        window = _("From %(first)s to %(last)s.") % {"first": day(days.first), "last": day(days.last)}
        people = [row.head_count if row else None for row in rows]
        came = [row.joiners if row else None for row in rows]
        went = [row.leavers if row else None for row in rows]
        return [
            self._of_people(_("Head count"), people, on(days.last), "head_count"),
            self._wage(rows, choice) if sees_wages else no_access(_("Contract wage a month"), "contract_wage"),
            self._of_people(_("Joiners"), came, window, "joiner"),
            self._of_people(_("Leavers"), went, window, "leaver"),
        ]

    def _of_people(self, label: str, points: Sequence[Figure], note: str, term: str) -> Tile:
        value = self._shown(points, PEOPLE_KINDS)
        return Tile(label, value, note, points, term=term, resources=PEOPLE_KINDS)

    def _wage(self, rows: Sequence[Snapshot | None], choice: Chosen) -> Tile:
        known = ever_fetched(self.request.user, self.object, *WAGE_KINDS)
        wages = [row.contract_wage if row and known else None for row in rows]
        last = rows[-1]
        lacks = [left_out_words(last.wage_left_out)] if known and last and last.wage_left_out else []
        value = self._shown(wages, WAGE_KINDS)
        label, when = _("Contract wage a month"), on(choice.last_day)
        return Tile(label, value, when, wages, unit="money", cautions=lacks, term="contract_wage", resources=WAGE_KINDS)

    def _snapshots(self, choice: Chosen) -> list[Snapshot | None]:
        """The thirteen periods up to the chosen one, None where no figures are kept."""
        kept = figures_kept(self.request, self.object)
        rows: list[Snapshot | None] = [*[row for row in kept if row.last_day <= choice.last_day][-POINTS:]]
        if not ever_fetched(self.request.user, self.object, *PEOPLE_KINDS):
            return [None]
        last = rows[-1] if rows else None
        if last is None or last.last_day != choice.last_day:
            return [*rows[-POINTS + 1 :], None]
        return rows

    def _shown(self, points: Sequence[Figure], kinds: tuple[str, ...]) -> int | Decimal | Missing:
        """The last point, or why there is none."""
        last = points[-1]
        reason = lacks(self.request.user, self.object, *kinds)
        return reason or (last if isinstance(last, int | Decimal) else Missing.UNKNOWN)


class CompanyRecordsView(RecordListView):
    """One kind of record of a company, as of the last day of a period or in it."""

    owner_column = "company"
    asks = Asks.PERIOD
    template_name = "companies/records.html"

    @cached_property
    def owner(self) -> Company:
        """The company; outside the scope it does not exist."""
        visible = Company.objects.visible_to(self.request.user).select_related("debtor__environment", "current")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    @cached_property
    def choice(self) -> Chosen | None:
        """The period in the address; None while the company's current period is not known."""
        return chosen(self.request, self.owner)

    @cached_property
    def when(self) -> When:
        """The period and its last day."""
        return panels.when(self.choice)

    def get_badge(self) -> FreshnessSummary:
        """How old the kind is."""
        return freshness.of_company(self.request.user, self.owner, (self.resource.name,))

    @property
    def asked(self) -> bool:
        """Whether Nmbrs is asked for the kind in the period."""
        return self.choice is None or was_asked(self.resource, self.choice)

    def get_breadcrumb(self) -> list[Crumb]:
        """Client › company › kind."""
        company = self.owner
        return [
            *way_to(self.request, company.debtor, company.pk),
            Crumb(str(company), reverse("companies:company", args=[company.pk])),
            Crumb(self.table_class.title()),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The period navigator."""
        choice = self.choice
        return {
            **super().get_context_data(**kwargs),
            "choice": choice,
            "navigator": navigator(self.request, self.owner, choice) if choice else None,
        }
