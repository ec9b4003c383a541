"""The filter over what is not up to date."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.forms import SearchInput
from django.utils.translation import gettext_lazy as _

from portal.connections.wording import by_reader
from portal.debtors.place import clients_seen
from portal.mirror.models import Freshness
from portal.mirror.resource import registry
from portal.sync.messages import sentence
from portal.sync.problems import PROBLEMS


def kinds() -> list[tuple[str, str]]:
    """The declared kinds, by name in the reader's language."""
    return sorted(((resource.name, sentence(resource.label)) for resource in registry), key=lambda choice: choice[1])


class ProblemFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Client, kind of record, problem."""

    client = django_filters.CharFilter(
        method="by_client",
        label=by_reader(_("Client"), _("Organisation")),
        widget=SearchInput(attrs={"class": "form-control", "placeholder": _("Name or number")}),
    )
    kind = django_filters.ChoiceFilter(
        field_name="resource", label=_("Kind of record"), empty_label=_("All"), choices=kinds
    )
    problem = django_filters.ChoiceFilter(
        field_name="problem",
        label=_("Problem"),
        empty_label=_("All"),
        choices=[(problem.value, status.label) for problem, status in PROBLEMS.items()],
    )

    class Meta:
        model = Freshness
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "problem"):
            self.form.fields[name].widget.attrs["class"] = "form-select"

    def by_client(self, rows: "QuerySet[Freshness]", name: str, value: str) -> "QuerySet[Freshness]":
        """Part of the name, or the first characters of the number, of clients that the reader sees as a whole."""
        clients = clients_seen(self.request)
        seen = rows if clients is None else rows.filter(debtor__in=clients)
        return seen.filter(Q(debtor__name__icontains=value) | Q(debtor__number__istartswith=value))
