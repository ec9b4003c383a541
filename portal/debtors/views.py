"""The records of a client, kind by kind."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.debtors import asked, freshness
from portal.debtors.models import Debtor
from portal.debtors.place import is_client, records_of, way_to, with_query
from portal.ui.freshness import FreshnessSummary
from portal.ui.moment import Asks
from portal.ui.permissions import of_client
from portal.ui.records import RecordListView, When
from portal.ui.values import Crumb


class DebtorRecordsView(RecordListView):
    """One kind of record of a client, as of a day."""

    owner_column = "debtor"
    asks = Asks.DAY
    template_name = "debtors/records.html"

    @cached_property
    def owner(self) -> Debtor:
        """The client; outside the scope it does not exist."""
        visible = Debtor.objects.visible_to(self.request.user).select_related("environment")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Where there are no clients the same list has another address."""
        address = records_of(self.owner, self.kind)
        if request.path != address:
            return redirect(with_query(request, address))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def when(self) -> When:
        """The day in the address."""
        return When(asked.day(self.request))

    def get_badge(self) -> FreshnessSummary:
        """How old the kind is."""
        return freshness.of_kinds(self.request.user, self.owner, [self.resource.name])

    def get_breadcrumb(self) -> list[Crumb]:
        """Clients › client › kind."""
        listed = is_client(self.owner) and not of_client(self.request)
        top = [Crumb(_("Clients"), reverse("dashboards:clients"))] if listed else []
        return [*top, *way_to(self.request, self.owner), Crumb(self.table_class.title())]
