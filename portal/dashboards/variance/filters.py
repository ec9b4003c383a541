"""What is shown of a comparison: one component, rows of one standing, a name."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.forms import SearchInput
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.companies.models import RunWage
from portal.dashboards.variance.rows import Standing

#: The words in the address for what is shown.
DIFFERENCES = "differences"
SHOWN = {
    "large": Standing.LARGE,
    "notable": Standing.NOTABLE,
    "new": Standing.NEW,
    "gone": Standing.GONE,
    "one-off": Standing.ONE_OFF,
    "within": Standing.WITHIN,
}
SHOWN_WORDS = {
    DIFFERENCES: _("Only differences"),
    "large": _("Large"),
    "notable": _("Notable"),
    "new": _("New"),
    "gone": _("Gone"),
    "one-off": _("One-off"),
    "within": _("Within the band"),
}


@dataclass(frozen=True)
class Offer:
    """What can be chosen: the components of both sides by code, and whether rows are of single people and compared."""

    components: dict[int, str]
    by_person: bool
    comparable: bool


def offer(request: HttpRequest, what: Offer) -> None:
    """Say what the filter of this request offers. Its view does so before the filter is made."""
    request.__dict__["_variance_offer"] = what


class VarianceFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Over rows of portal.dashboards.variance.rows.

    Each filter looks at what tells rows apart, so that no row loses a part of its amounts.
    """

    q = django_filters.CharFilter(
        method="search", label=_("Search"), widget=SearchInput(attrs={"class": "form-control"})
    )
    code = django_filters.ChoiceFilter(method="by_code", label=_("Component"), empty_label=_("All"), choices=())
    show = django_filters.ChoiceFilter(
        method="by_standing", label=_("Show"), empty_label=_("All"), choices=list(SHOWN_WORDS.items())
    )

    class Meta:
        model = RunWage
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered: Offer = self.request.__dict__["_variance_offer"]
        fields = self.form.fields
        fields["code"].choices = [(str(code), f"{code} {text}") for code, text in self.offered.components.items()]
        for name in ("code", "show"):
            fields[name].widget.attrs["class"] = "form-select"
        unused = [] if self.offered.by_person else ["code"]
        for name in unused if self.offered.comparable else [*unused, "show"]:
            del fields[name], self.filters[name]
        if self.offered.by_person:
            fields["q"].widget.attrs["placeholder"] = _("Name, number or component")

    def search(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Part of a component's name or the beginning of its code; person by person also of theirs."""
        wanted = value.casefold()
        components = self.offered.components
        codes = [code for code, text in components.items() if wanted in text.casefold() or str(code).startswith(wanted)]
        found = Q(code__in=codes)
        if not self.offered.by_person:
            return rows.filter(found)
        found |= Q(employee__display_name__icontains=value)
        if value.isascii() and value.isdecimal():
            rows = rows.alias(employee_number=Cast("employee__number", CharField()))
            found |= Q(employee_number__startswith=value)
        return rows.filter(found)

    def by_code(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """One component."""
        return rows.filter(code=int(value))

    def by_standing(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Of one standing, or everything that is not the same on both sides."""
        return rows.exclude(difference=0) if value == DIFFERENCES else rows.filter(standing=SHOWN[value].value)
