"""The period board: where people of an office begin."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.roles import Capability
from portal.companies import freshness
from portal.companies.models import Company
from portal.dashboards.board import foot, rows
from portal.dashboards.board.filters import BOARD_ALONE, OF_PERIOD, BoardFilter
from portal.dashboards.board.looking import Look, asked_for, steps
from portal.dashboards.board.tables import BoardTable
from portal.dashboards.changes.unseen import CAPABILITY as READS_CHANGES
from portal.dashboards.changes.unseen import unseen_counts
from portal.dashboards.start import nobodys_of, start
from portal.deadlines.certainty import CHECK, MEANING
from portal.deadlines.covering import filter_of
from portal.deadlines.due import OVERDUE, TODAY, WEEK, WORDS
from portal.deadlines.responsible import with_responsible
from portal.deadlines.trouble import KINDS
from portal.debtors import asked
from portal.debtors.place import clients_seen
from portal.ui import filtering
from portal.ui.exports import asking
from portal.ui.freshness import FreshnessSummary
from portal.ui.moment import Asks
from portal.ui.permissions import capabilities_of
from portal.ui.views import ScopedListView


@dataclass(frozen=True)
class Part:
    """A part of the list with its number, as a link above it."""

    label: str
    count: int
    url: str
    current: bool


class BoardView(ScopedListView):
    """Every company of one's clients in its current period, in one before it, or in that of a day."""

    model = Company
    table_class = BoardTable
    filterset_class = BoardFilter
    capability = Capability.VIEW
    template_name = "dashboards/board.html"
    heading = gettext_lazy("Start")
    asks = Asks.BACK
    #: Most cells of a row are a status with its picture: 200 rows would be 347 KB.
    most_rows = 100

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """People of a client, and those who see companies alone, begin elsewhere."""
        address = start(request)
        if address is not None:
            return redirect(address)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def look(self) -> Look:
        """Which period of each company."""
        return asked_for(self.request)

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With where they stood then, and who sees to them."""
        told = with_responsible(rows.at(queryset, self.look), self.request.user)
        return rows.attention_first(told, self.request.user)

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Which companies have changes that the reader has not seen, asked when the filter wants them."""
        return {"unseen": lambda: self.unseen or {}}

    @cached_property
    def unseen(self) -> dict[int, int] | None:
        """Changes that the reader has not seen by company; None for who reads none."""
        return unseen_counts(self.request.user) if READS_CHANGES in capabilities_of(self.request) else None

    @cached_property
    def badge(self) -> FreshnessSummary:
        """Over the whole scope, whatever the filter."""
        kinds = dict.fromkeys((*KINDS, *foot.kinds_of(wages=self.sees_wages)))
        return freshness.of_office(self.request.user, tuple(kinds))

    @cached_property
    def sees_wages(self) -> bool:
        """Whether the person may see the wages of any company."""
        return Capability.VIEW_SALARIES in capabilities_of(self.request)

    def get_freshness(self) -> FreshnessSummary:
        """How old periods, runs and returns are, and what the foot is made of."""
        return self.badge

    @cached_property
    def numbers(self) -> dict[str, int]:
        """How many companies there are in each part, whatever the filter."""
        return rows.numbers(self.request.user, self.look)

    @cached_property
    def filtered(self) -> list[int] | None:
        """The keys of the companies of the filter; None: all of them, none left out that may not leave in a file."""
        listed: Any = self.object_list
        if not asking.for_file(self.request) and not filtering.applied(self.filterset):
            return None
        return list(listed.order_by().values_list("pk", flat=True))

    @cached_property
    def found(self) -> int:
        """How many companies the filter has: without one all of them, which were counted by part."""
        return self.numbers["all"] if self.filtered is None else len(self.filtered)

    @cached_property
    def foot(self) -> foot.Foot:
        """People and wage cost of the companies of the filter."""
        kept = foot.kept_of(self.request.user, self.look, wages=self.sees_wages)
        shown = kept if self.filtered is None else self.filtered
        return foot.foot_of(kept[pk] for pk in shown if pk in kept)

    def get_table_data(self) -> Any:
        """With what each row shows."""
        listed: Any = self.object_list
        return rows.with_details(listed, self.request.user, self.look)

    def get_table_kwargs(self) -> dict[str, Any]:
        """Changes only for who reads them."""
        own = {
            "user": self.request.user,
            "unseen": self.unseen,
            "look": self.look,
            "clients": clients_seen(self.request),
        }
        return {**super().get_table_kwargs(), **own}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The parts of the list, and the steps back."""
        context = super().get_context_data(**kwargs)
        nobodys = nobodys_of(self.request)
        return {
            **context,
            "nobody": sum(nobodys.values()),
            "nobody_of": next(iter(nobodys), None),
            "foot": self.foot,
            "parts": self._parts(),
            "steps": steps(self.request, self.look),
            "can_set": Capability.SET_DEADLINES in capabilities_of(self.request),
            "assign": self._assign(),
        }

    def get_when(self) -> list[tuple[str, str]]:
        """Which period of each company, what its foot says, and what the mark of an unsure date means."""
        period = _("each company by its own: %(period)s") % {"period": self.look.label}
        return [(_("Period"), period), *foot.told(self.foot), (str(CHECK.label).capitalize(), str(MEANING))]

    def _assign(self) -> str:
        """The way to changing what the filter shows; none where a filter was left out or is the board's alone, and from
        an earlier period when what is of that period narrows it.
        """
        asks = set(filtering.applied(self.filterset))
        here = BOARD_ALONE if self.look.is_now else BOARD_ALONE | OF_PERIOD
        if filtering.left_out(self.filterset) or here & asks:
            return ""
        return f"{reverse('deadlines:arrangements')}?covers=all&{filter_of(self.request.GET)}"

    def _parts(self) -> list[Part]:
        """Numbers over the whole scope, whatever the filter; each link sets one filter and keeps the others."""
        asks = filtering.applied(self.filterset)
        due, run = asks.get("due", ""), asks.get("run", "")

        def part(label: Any, name: str, **to: str) -> Part:
            wanted = {"due": "", "run": "", **to}
            address = asked.address(self.request, **wanted)
            return Part(str(label), self.numbers[name], address, (due, run) == (wanted["due"], wanted["run"]))

        return [
            part(WORDS[OVERDUE], OVERDUE, due=OVERDUE),
            part(WORDS[TODAY], TODAY, due=TODAY),
            part(WORDS[WEEK], WEEK, due=WEEK),
            part(_("Not made"), "none", run="none"),
            part(_("Made, not locked"), "made", run="made"),
            part(_("Locked"), "locked", run="locked"),
            part(_("All"), "all"),
        ]
