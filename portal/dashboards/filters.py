"""Filters of the clients page."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import SearchInput
from django.utils.translation import gettext_lazy as _

from portal.companies.models import CurrentPeriod
from portal.companies.words import PERIOD_TYPES
from portal.dashboards.clients import RANKS
from portal.debtors.models import Debtor
from portal.ui.freshness import State


class ClientFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Search by name or number, age of the data, period type of a company."""

    q = django_filters.CharFilter(
        method="search",
        label=_("Search"),
        widget=SearchInput(attrs={"class": "form-control", "placeholder": _("Name or number")}),
    )
    data = django_filters.ChoiceFilter(
        method="by_data",
        label=_("Data from Nmbrs"),
        empty_label=_("All"),
        choices=[("attention", _("Not up to date"))],
    )
    period_type = django_filters.ChoiceFilter(
        method="by_period_type",
        label=_("Period type"),
        empty_label=_("All"),
        choices=[(kind.value, words) for kind, words in PERIOD_TYPES.items()],
    )

    class Meta:
        model = Debtor
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("data", "period_type"):
            self.form.fields[name].widget.attrs["class"] = "form-select"

    def search(self, rows: "QuerySet[Debtor]", name: str, value: str) -> "QuerySet[Debtor]":
        """Part of the name, or the first characters of the number."""
        return rows.filter(Q(name__icontains=value) | Q(number__istartswith=value))

    def by_data(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Clients of which some kind is stale, failing, held, refused or was never fetched."""
        return rows.filter(fresh_rank__lt=RANKS[State.FRESH])

    def by_period_type(self, rows: "QuerySet[Debtor]", name: str, value: str) -> "QuerySet[Debtor]":
        """Clients with a company of this period type, which never changes, be its current period known or not."""
        companies = CurrentPeriod.everything.visible_to(self.request.user).filter(company__missing_since__isnull=True)
        return rows.filter(Exists(companies.filter(company__debtor=OuterRef("pk"), period_type=value)))
