"""The calendar of deadlines: a month and its list."""

from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.grants import roles_of
from portal.accounts.roles import INTERNAL, READ_ONLY, Capability
from portal.companies import freshness
from portal.deadlines import earlier, feeds, month
from portal.deadlines.certainty import CHECK, meaning_for
from portal.deadlines.filters import DeadlineFilter
from portal.deadlines.models import Deadline
from portal.deadlines.refusals import with_refusals
from portal.deadlines.responsible import with_responsible
from portal.deadlines.tables import DeadlineTable
from portal.deadlines.trouble import KINDS
from portal.deadlines.views import user_of
from portal.debtors import asked
from portal.debtors.models import Debtor
from portal.debtors.place import clients_seen
from portal.periods import Period
from portal.ui import formats
from portal.ui.freshness import FreshnessSummary
from portal.ui.moment import Asks
from portal.ui.permissions import capabilities_of, of_client
from portal.ui.views import ScopedListView

#: What Nmbrs still has.
PRESENT = {"company__missing_since__isnull": True, "company__debtor__missing_since__isnull": True}


class CalendarView(ScopedListView):
    """What is due in a month, for every company that the person sees."""

    model = Deadline
    table_class = DeadlineTable
    filterset_class = DeadlineFilter
    capability = Capability.VIEW
    template_name = "deadlines/calendar.html"
    heading = gettext_lazy("Calendar")
    subtitle = gettext_lazy("Pay days, pension returns and wage-tax returns")
    asks = Asks.MONTH

    @cached_property
    def month(self) -> Period:
        """The month in the address."""
        return asked.month(self.request)

    @cached_property
    def day(self) -> date | None:
        """The day in the address; one outside the month, or no day at all, counts as none."""
        if not self.request.GET.get("day"):
            return None
        day, days = asked.day(self.request, "day"), month.days_of(self.month)
        return day if days.first <= day <= days.last else None

    @cached_property
    def late_alone(self) -> bool:
        """Whether the address asks for what is late from earlier months, in place of a month."""
        return self.request.GET.get("late") == "1"

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """The month's, or what is late from earlier ones, with what a row shows."""
        shown = with_refusals(queryset.filter(**PRESENT)).select_related("company__debtor", "company__current")
        shown = with_responsible(shown, self.request.user, "company__")
        if self.late_alone:
            return earlier.late(shown)
        days = month.days_of(self.month)
        return shown.filter(due__range=(days.first, days.last)).order_by("due", "kind", "company__name", "pk")

    @cached_property
    def badge(self) -> FreshnessSummary:
        """Over the whole scope, whatever the filter."""
        return freshness.of_office(self.request.user, KINDS)

    def get_freshness(self) -> FreshnessSummary:
        """How old runs and returns are."""
        return self.badge

    def get_table_kwargs(self) -> dict[str, Any]:
        """Who works at no office does not read that somebody is responsible; who does reads it row by row. Without
        names of clients that one does not see."""
        own = {"internal": INTERNAL in capabilities_of(self.request), "clients": clients_seen(self.request)}
        return {**super().get_table_kwargs(), **own}

    @cached_property
    def client(self) -> Debtor | None:
        """The client that the calendar is of alone, if it is."""
        asked = self.request.GET.get("client", "")
        known = asked.isascii() and asked.isdecimal() and len(asked) < 19
        return Debtor.objects.visible_to(self.request.user).filter(pk=int(asked)).first() if known else None

    def get_when(self) -> list[tuple[str, str]]:
        """The month, and the chosen day of it; or before which day everything was due."""
        if self.late_alone:
            before = _("before %(day)s, still to be done") % {"day": formats.day(earlier.this_month())}
            when = [(_("Due"), before)]
        else:
            when = [(_("Period"), month.picker(self.request, self.month).label)]
            if self.day is not None:
                when.append((_("Day"), formats.day(self.day)))
        return [*when, (str(CHECK.label).capitalize(), str(meaning_for(client=of_client(self.request))))]

    def get_table_data(self) -> Any:
        """The list of the chosen day, else of the month or of what is late."""
        rows: Any = self.object_list
        return rows if self.late_alone or self.day is None else rows.filter(due=self.day)

    def get_late(self) -> earlier.Late | None:
        """What is late from earlier months, above the current one; under the filter of the list."""
        if self.late_alone or self.day is not None or month.days_of(self.month).first != earlier.this_month():
            return None
        seen = Deadline.objects.visible_to(self.request.user, self.capability).filter(**PRESENT)
        return earlier.first_of(self.request, self.filterset.filter_queryset(earlier.late(seen)))

    def get_month(self) -> dict[str, Any]:
        """Picker and grid; none of them where the list is of no month."""
        if self.late_alone:
            return {"late_alone": True, "whole_month": asked.address(self.request, late="")}
        rows: Any = self.object_list
        return {
            "picker": month.picker(self.request, self.month),
            "weeks": month.weeks(self.request, self.month, rows, self.day),
            "day_names": month.day_names(),
            "day": self.day,
            "whole_month": asked.address(self.request, day="", kind=""),
            "late": self.get_late(),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Grid, picker, what is late from earlier months, and the state of one's own address."""
        context = super().get_context_data(**kwargs)
        user = user_of(self.request)
        return {
            **context,
            **self.get_month(),
            "feeds": list(feeds.all_of(user)),
            "client": self.client,
            "internal": not of_client(self.request),
            "can_set": Capability.SET_DEADLINES in capabilities_of(self.request),
            # Nothing is made while looking as somebody else, nor by people who only read.
            "can_have_address": not hasattr(self.request, "look") and not roles_of(user) <= READ_ONLY,
        }
