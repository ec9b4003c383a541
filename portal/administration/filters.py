"""The filter over the audit trail: who, whose data, what, when."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.forms import DateInput, SearchInput
from django.utils.translation import gettext_lazy as _

from portal.accounts.grants import firms_of
from portal.accounts.models import User
from portal.accounts.trail import TrailEntry
from portal.audit.kinds import Kind, Outcome
from portal.clock import AMSTERDAM
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.ui import filtering

#: Days beyond these have no moment that a database can compare; no entry is older or newer.
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)


def kinds() -> list[tuple[str, str]]:
    """Every kind of entry, by its words in the reader's language."""
    return sorted(((kind.value, str(kind.label)) for kind in Kind), key=lambda choice: choice[1].casefold())


def _search(placeholder: Any) -> SearchInput:
    return SearchInput(attrs={"class": "form-control", "placeholder": placeholder})


def _day() -> DateInput:
    return DateInput(format="%Y-%m-%d", attrs={"class": "form-control", "type": "date"})


class TrailFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Firm for who reads several, person, client, employee, kind, outcome, first and last day."""

    firm = django_filters.ChoiceFilter(field_name="firm_id", label=_("Firm"), empty_label=_("All"))
    who = django_filters.CharFilter(method="by_person", label=_("Person"), widget=_search(_("Part of the name")))
    client = django_filters.CharFilter(method="by_client", label=_("Client"), widget=_search(_("Name or number")))
    employee = django_filters.CharFilter(method="by_employee", label=_("Employee"), widget=_search(_("Name or number")))
    kind = django_filters.ChoiceFilter(label=_("What"), empty_label=_("All"), choices=kinds)
    outcome = django_filters.ChoiceFilter(label=_("Outcome"), empty_label=_("All"), choices=Outcome.choices)
    first = django_filters.DateFilter(method="from_day", label=_("From"), widget=_day())
    last = django_filters.DateFilter(method="until_day", label=_("Up to and including"), widget=_day())

    class Meta:
        model = TrailEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firms = firms_of(self.request.user)
        if len(firms) < 2:
            del self.filters["firm"]
        else:
            self.filters["firm"].extra["choices"] = [(str(pk), name) for pk, name in firms.items()]
        for name in {"firm", "kind", "outcome"} & set(self.filters):
            self.form.fields[name].widget.attrs["class"] = "form-select"

    @property
    def used(self) -> list[str]:
        """The names of the filters in use."""
        return sorted(filtering.applied(self))

    def by_person(self, rows: "QuerySet[TrailEntry]", name: str, value: str) -> "QuerySet[TrailEntry]":
        """What somebody did, what was done in their view, and what was done to their account."""
        people = User.objects.filter(name__icontains=value).values("pk")
        return rows.filter(
            Q(actor_id__in=people) | Q(look_as_id__in=people) | Q(object_type="user", object_id__in=people)
        )

    def by_client(self, rows: "QuerySet[TrailEntry]", name: str, value: str) -> "QuerySet[TrailEntry]":
        """Part of the name, or the first characters of the number."""
        known = Debtor.everything.visible_to(self.request.user)
        found = known.filter(Q(name__icontains=value) | Q(number__istartswith=value))
        return rows.filter(debtor_id__in=found.order_by().values("pk"))

    def by_employee(self, rows: "QuerySet[TrailEntry]", name: str, value: str) -> "QuerySet[TrailEntry]":
        """Part of the name, or the number."""
        wanted = Q(display_name__icontains=value)
        if value.isdecimal() and len(value) < 10:
            wanted |= Q(number=int(value))
        found = Employee.everything.visible_to(self.request.user).filter(wanted)
        return rows.filter(employee_id__in=found.order_by().values("pk"))

    def from_day(self, rows: "QuerySet[TrailEntry]", name: str, value: date) -> "QuerySet[TrailEntry]":
        """From the beginning of the day, Dutch time."""
        return rows.filter(at__gte=_midnight(value))

    def until_day(self, rows: "QuerySet[TrailEntry]", name: str, value: date) -> "QuerySet[TrailEntry]":
        """Until the end of the day, Dutch time."""
        return rows.filter(at__lt=_midnight(min(value, LATEST) + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(min(max(day, EARLIEST), LATEST), time(), tzinfo=AMSTERDAM)
