"""Filters of the list of people."""

from typing import Any

import django_filters
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.forms import SearchInput
from django.utils.translation import gettext_lazy as _

from portal.debtors import asked
from portal.employees.figures import in_service
from portal.employees.models import Department, Employee
from portal.employees.people import types_of

EVERYBODY = "all"


class PeopleFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Search by name or number, employee type, department, in service on the day or everybody.

    An office has too many departments to choose from, and looking them up takes a tenth of the page's time: a part of
    the name is typed.
    """

    q = django_filters.CharFilter(
        method="search",
        label=_("Search"),
        widget=SearchInput(attrs={"class": "form-control", "placeholder": _("Name or number")}),
    )
    service = django_filters.ChoiceFilter(
        method="by_service",
        label=_("Service"),
        empty_label=_("In service on this day"),
        choices=[(EVERYBODY, _("Everybody"))],
    )
    type = django_filters.ChoiceFilter(method="by_type", label=_("Employee type"), empty_label=_("All"), choices=())
    department = django_filters.CharFilter(
        method="by_department",
        label=_("Department"),
        widget=SearchInput(attrs={"class": "form-control", "placeholder": _("Part of the name")}),
    )

    class Meta:
        model = Employee
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = asked.day(self.request)
        self.types = self._types_by_word()
        self._offer("type", [(self._key(keys), word) for word, keys in self.types.items()])
        self.form.fields["service"].widget.attrs["class"] = "form-select"

    def filter_queryset(self, queryset: "QuerySet[Employee]") -> "QuerySet[Employee]":
        """Those in service on the day, unless everybody is asked for."""
        rows = super().filter_queryset(queryset)
        return rows if self.shows_everybody else in_service(rows, self.day)

    @property
    def shows_everybody(self) -> bool:
        """Whether people are in the list who are not in service on the day. Known once the filter was applied."""
        return bool(self.form.cleaned_data.get("service") == EVERYBODY)

    def search(self, rows: "QuerySet[Employee]", name: str, value: str) -> "QuerySet[Employee]":
        """Part of the name, or the first digits of the number."""
        if not value.isdecimal():
            return rows.filter(display_name__icontains=value)
        numbered = rows.alias(number_text=Cast("number", CharField()))
        return numbered.filter(Q(display_name__icontains=value) | Q(number_text__startswith=value))

    def by_service(self, rows: "QuerySet[Employee]", name: str, value: str) -> "QuerySet[Employee]":
        """Applied in filter_queryset, also when nothing is chosen."""
        return rows

    def by_type(self, rows: "QuerySet[Employee]", name: str, value: str) -> "QuerySet[Employee]":
        """People whose type has the same word, in whichever environment."""
        return rows.filter(employee_type__in=next(keys for keys in self.types.values() if int(value) in keys))

    def by_department(self, rows: "QuerySet[Employee]", name: str, value: str) -> "QuerySet[Employee]":
        """People whose department on the day has this in its name."""
        return self._in_department(rows, description__icontains=value)

    def _types_by_word(self) -> dict[str, list[int]]:
        """The types of these people. Each environment has its own, mostly with the words of the others."""
        found: dict[str, list[int]] = {}
        for kind in types_of(self.queryset).order_by("pk"):
            found.setdefault(str(kind), []).append(kind.pk)
        return found

    def _key(self, keys: list[int]) -> int:
        """What stands for all types of a word in an address: the one that is asked for, which may be any of them."""
        return next((key for key in keys if str(key) == self.data.get("type")), keys[0])

    def _in_department(self, rows: "QuerySet[Employee]", **described: str) -> "QuerySet[Employee]":
        return rows.filter(Exists(self._departments().filter(employee=OuterRef("pk"), **described)))

    def _departments(self) -> "QuerySet[Department]":
        visible = Department.objects.visible_to(self.request.user, Department.resource.capability)
        return visible.as_of(self.day)

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        """Let the reader choose among these; an address that asks for another one matches nobody."""
        field = self.form.fields[name]
        field.choices = sorted(((str(key), words) for key, words in choices), key=lambda choice: choice[1].casefold())
        field.widget.attrs["class"] = "form-select"


class PeopleOfOneFilter(PeopleFilter):
    """The same for the people of one client or company, whose departments are offered."""

    department = django_filters.ChoiceFilter(
        method="by_department", label=_("Department"), empty_label=_("All"), choices=()
    )

    def __init__(self, *args: Any, of_people: dict[str, Any], **kwargs: Any) -> None:
        """`of_people`: what holds of the rows of the list, for another row that has a company."""
        super().__init__(*args, **kwargs)
        # Not by the keys of the people: PostgreSQL took five times as long for a firm of 100,000.
        names = self._departments().filter(employee__missing_since=None, **of_people).exclude(description="")
        offered = names.order_by().values_list("description", flat=True).distinct()
        self._offer("department", [(name, name) for name in offered])

    def by_department(self, rows: "QuerySet[Employee]", name: str, value: str) -> "QuerySet[Employee]":
        """People whose department on the day has this name."""
        return self._in_department(rows, description=value)
