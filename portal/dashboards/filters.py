"""Filters of the clients page."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.companies.models import Company, CurrentPeriod
from portal.dashboards.clients import RANKS
from portal.deadlines.filters import TYPES, ChoosingFilter, choice, of_person, search_field
from portal.debtors.models import Debtor
from portal.ui.freshness import State


class ClientFilter(ChoosingFilter):
    """Search by name or number, responsible person, team, tag, age of the data, period type of a company.

    Person, team and tag are offered as on the period board.
    """

    to_client = "pk"

    q = search_field()
    person = choice("by_person", _("Responsible"))
    team = choice("by_team", _("Team"))
    tag = choice("by_tag", _("Tag"))
    data = choice("by_data", _("Data from Nmbrs"), [("attention", _("Not up to date"))])
    period_type = choice("by_period_type", _("Period type"), TYPES)

    class Meta:
        model = Debtor
        fields: list[str] = []

    def search(self, rows: "QuerySet[Debtor]", name: str, value: str) -> "QuerySet[Debtor]":
        """Part of the name, or the first characters of the number."""
        return rows.filter(Q(name__icontains=value) | Q(number__istartswith=value))

    def by_person(self, rows: "QuerySet[Debtor]", name: str, value: str) -> "QuerySet[Debtor]":
        """Clients with a company that this person is responsible for, or nobody."""
        companies = Company.objects.visible_to(self.request.user).filter(of_person(self.request, value))
        return rows.filter(Exists(companies.filter(debtor=OuterRef("pk"))))

    def by_data(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Clients of which some kind is stale, failing, held, refused or was never fetched."""
        return rows.filter(fresh_rank__lt=RANKS[State.FRESH])

    def by_period_type(self, rows: "QuerySet[Debtor]", name: str, value: str) -> "QuerySet[Debtor]":
        """Clients with a company of this period type, which never changes, be its current period known or not."""
        companies = CurrentPeriod.everything.visible_to(self.request.user).filter(company__missing_since__isnull=True)
        return rows.filter(Exists(companies.filter(company__debtor=OuterRef("pk"), period_type=value)))
