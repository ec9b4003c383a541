"""Filters of the pages about deadlines, and the choices that they share with the period board."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.companies.models import Company
from portal.companies.words import PERIOD_TYPES
from portal.deadlines.models import Arrangement, Deadline, Kind
from portal.ui.permissions import of_client

ME, NOBODY = "me", "nobody"
TYPES = [(kind.value, words) for kind, words in PERIOD_TYPES.items()]


def people(request: HttpRequest) -> list[tuple[str, Any]]:
    """Those who are responsible for a company that the reader sees: oneself, nobody, and the others by name."""
    own = request.user.pk
    found = (
        Arrangement.objects.visible_to(request.user)
        .filter(responsible__isnull=False, company__missing_since__isnull=True)
        .exclude(responsible=own)
        .order_by("responsible__name", "responsible")
        .values_list("responsible", "responsible__name")
        .distinct()
    )
    return [(ME, _("Me")), (NOBODY, _("Nobody")), *((str(pk), name) for pk, name in found)]


def of_person(request: HttpRequest, value: str, path: str = "") -> Q:
    """The rows of whose company this choice of `people` is responsible; `path` leads to the company."""
    at = f"{path}arrangement__responsible"
    if value == NOBODY:
        return Q(**{f"{at}__isnull": True})
    return Q(**{at: request.user.pk if value == ME else int(value)})


def search_field() -> django_filters.CharFilter:
    """Name or number of a client or company."""
    return django_filters.CharFilter(
        method="search",
        label=_("Search"),
        widget=forms.SearchInput(attrs={"class": "form-control", "placeholder": _("Name or number")}),
    )


def named(value: str, path: str = "") -> Q:
    """Part of the name of company or client, or the first characters of the client's number, or the company's own."""
    found = Q(**{f"{path}name__icontains": value}) | Q(**{f"{path}debtor__name__icontains": value})
    found |= Q(**{f"{path}debtor__number__istartswith": value})
    if value.isascii() and value.isdecimal() and len(value) < 10:
        found |= Q(**{f"{path}number": int(value)})
    return found


def choice(method: str, label: Any, choices: list[tuple[str, Any]] | None = None) -> django_filters.ChoiceFilter:
    """A list to choose from; the first of it leaves everything."""
    return django_filters.ChoiceFilter(method=method, label=label, empty_label=_("All"), choices=choices or [])


class ChoosingFilter(django_filters.FilterSet):  # type: ignore[misc]
    """A filter over companies whose choices belong to the reader. A value that is none of them is left out."""

    #: From the rows to their company.
    path = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of_client(self.request):
            # Who does it at the office is the office's.
            for one in (self.form.fields, self.filters):
                one.pop("person", None)
        elif "person" in self.filters:
            self._offer("person", people(self.request))
        for field in self.form.fields.values():
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["class"] = "form-select"

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.form.fields[name].choices = choices

    def search(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """By name or number."""
        return rows.filter(named(value, self.path))

    def by_person(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Of one responsible person."""
        return rows.filter(of_person(self.request, value, self.path))

    def by_period_type(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Companies with this period type."""
        return rows.filter(**{f"{self.path}current__period_type": value})


class ArrangementFilter(ChoosingFilter):
    """Companies by name, responsible person, period type."""

    q = search_field()
    person = choice("by_person", _("Responsible"))
    period_type = choice("by_period_type", _("Period type"), TYPES)

    class Meta:
        model = Company
        fields: list[str] = []


class DeadlineFilter(ChoosingFilter):
    """Deadlines by name, responsible person, what is due, and whether it is done."""

    path = "company__"

    q = search_field()
    person = choice("by_person", _("Responsible"))
    kind = choice("by_kind", _("What"), list(Kind.choices))
    state = choice("by_state", _("State"), [("open", _("to do")), ("done", _("done"))])

    class Meta:
        model = Deadline
        fields: list[str] = []

    def by_kind(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Of one kind."""
        return rows.filter(kind=value)

    def by_state(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Still to be done, or not."""
        return rows.filter(open=value == "open")
