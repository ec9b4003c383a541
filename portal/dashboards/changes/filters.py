"""The filter over changes: client, kind of record, what became of it, when we learned it."""

from datetime import datetime, timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.forms import SearchInput
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.grants import capabilities
from portal.companies.models import Company
from portal.connections.wording import by_reader
from portal.debtors.models import Debtor
from portal.mirror.models import Change, ChangeKind
from portal.mirror.resource import registry
from portal.sync.messages import sentence

#: How far back one may look over all clients, and in one client: as far as the log is kept.
SHORT = {"7": _("in the last 7 days"), "30": _("in the last 30 days"), "92": _("in the last 3 months")}
LONG = {**SHORT, "366": _("in the last 12 months"), "732": _("in the last 24 months")}


class ChangeFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Of all clients. `condition` and `since` say what was asked; a value that cannot be is as if none was given."""

    periods = SHORT

    client = django_filters.CharFilter(
        method="untouched",
        label=by_reader(_("Client"), _("Organisation")),
        widget=SearchInput(attrs={"class": "form-control", "placeholder": _("Name or number")}),
    )
    learned = django_filters.ChoiceFilter(
        method="untouched", label=_("Learned"), empty_label=_("since I last looked"), choices=[]
    )
    kind = django_filters.ChoiceFilter(method="untouched", label=_("Kind of record"), empty_label=_("All"), choices=[])
    what = django_filters.ChoiceFilter(
        method="untouched", label=_("Record was"), empty_label=_("All"), choices=ChangeKind.choices
    )

    class Meta:
        model = Change
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = capabilities(self.request.user)
        kinds = [(one.name, sentence(one.label)) for one in registry if one.watched and one.capability in held]
        self.filters["learned"].extra["choices"] = list(self.periods.items())
        self.filters["kind"].extra["choices"] = sorted(kinds, key=lambda choice: choice[1])
        for name in ("learned", "kind", "what"):
            if name in self.filters:
                self.form.fields[name].widget.attrs["class"] = "form-select"

    def untouched(self, rows: "QuerySet[Change]", name: str, value: str) -> "QuerySet[Change]":
        """The rows as they are: what was asked is a condition, for counts as for rows."""
        return rows

    @property
    def asked(self) -> dict[str, str]:
        """What was given and can be."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def since(self) -> datetime | None:
        """The moment after which changes were learned; None: what the reader has not seen."""
        days = self.asked.get("learned")
        return clock.now() - timedelta(days=int(days)) if days else None

    @property
    def condition(self) -> Q:
        """What was asked besides the time."""
        asked, found = self.asked, Q()
        if "kind" in asked:
            found &= Q(resource=asked["kind"])
        if "what" in asked:
            found &= Q(kind=asked["what"])
        if "client" in asked:
            named = Q(name__icontains=asked["client"]) | Q(number__istartswith=asked["client"])
            user = self.request.user
            # Somebody may see a company without its client, and so must not find it by the client's name.
            debtors = Debtor.everything.visible_to(user).filter(named).order_by()
            companies = Company.everything.visible_to(user).filter(name__icontains=asked["client"]).order_by()
            found &= Q(debtor__in=debtors.values("pk")) | Q(company__in=companies.values("pk"))
        return found


class ClientChangeFilter(ChangeFilter):
    """Of one client."""

    periods = LONG
    client = None
