"""Two periods or runs of a company side by side: per component, person by person, and one person's components."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.companies import freshness
from portal.companies.in_period import no_period
from portal.companies.models import Company, RunWage
from portal.companies.periods import text
from portal.dashboards.variance import rows as comparison
from portal.dashboards.variance.bands import Bands, asked_bands, of_firm
from portal.dashboards.variance.filters import DIFFERENCES, SHOWN, SHOWN_WORDS, Offer, VarianceFilter, offer
from portal.dashboards.variance.journal import reconciled
from portal.dashboards.variance.links import BY_EMPLOYEE, EMPLOYEE, LEVEL, Links
from portal.dashboards.variance.sides import BEFORE, FIXED_KINDS, NEIGHBOURS, NOW, Chooser, Pair
from portal.dashboards.variance.tables import VarianceTable
from portal.debtors import asked
from portal.debtors.place import way_to
from portal.employees.models import Employee
from portal.periods import Period, PeriodType, exists
from portal.ui import filtering, moment
from portal.ui.freshness import FreshnessSummary
from portal.ui.moment import Asks
from portal.ui.permissions import capabilities_of, holds_over
from portal.ui.values import Crumb
from portal.ui.views import ScopedListView

#: What the page is made of.
KINDS = ("current_period", "runs", "employees", "run_output", *FIXED_KINDS, "journal")


@dataclass(frozen=True)
class Part:
    """A part of the list with its number, as a link above it."""

    label: Any
    count: int
    url: str
    current: bool


class VarianceView(ScopedListView):
    """The wage components of a company in two periods or runs, with differences, bands and the journal."""

    model = RunWage
    capability = Capability.VIEW_SALARIES
    table_class = VarianceTable
    filterset_class = VarianceFilter
    reads = Kind.LIST_READ
    asks = Asks.PERIOD
    template_name = "dashboards/variance/page.html"
    heading = gettext_lazy("Variance")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Outside the scope 404, inside it without the right to see wages 403."""
        if not holds_over(request, self.company, Capability.VIEW_SALARIES):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def company(self) -> Company:
        """The company; outside the scope it does not exist."""
        visible = Company.objects.visible_to(self.request.user)
        read = visible.select_related("debtor__environment", "environment__firm__variance_bands", "current")
        return get_object_or_404(read, pk=self.kwargs["pk"])

    @cached_property
    def employee(self) -> Employee | None:
        """The one person whose components are shown; somebody of another company does not exist here."""
        given = self.request.GET.get(EMPLOYEE, "").strip()
        if not given:
            return None
        if not (given.isascii() and given.isdecimal() and len(given) <= 18):
            raise Http404
        people = Employee.everything.visible_to(self.request.user, Capability.VIEW_SALARIES)
        found: Employee = get_object_or_404(people, pk=int(given), company=self.company)
        return found

    @property
    def owner(self) -> Company | Employee:
        """Whose data the audit trail says was looked at."""
        return self.employee or self.company

    @cached_property
    def by_person(self) -> bool:
        """Whether rows are of single people."""
        return self.employee is not None or self.request.GET.get(LEVEL) == BY_EMPLOYEE

    @cached_property
    def chooser(self) -> Chooser | None:
        """What can be compared; None while the company's current period is not known."""
        current = getattr(self.company, "current", None)
        if current is None:
            return None
        return Chooser(self.request, self.company, PeriodType(current.period_type))

    @cached_property
    def pair(self) -> Pair | None:
        """The two sides in the address."""
        pair = self.chooser.pair() if self.chooser else None
        last = _last_period(pair)
        if pair and last and self.request.GET.get(NOW):
            moment.know(self.request, self.company)
            moment.stand(self.request, moment.of_period(pair.kind, last, self.company.current.period))
        return pair

    @cached_property
    def bands(self) -> Bands:
        """The bands in the address, or those of the firm."""
        return asked_bands(self.request, of_firm(self.company))

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """The lines of the company on both sides, one row for each component, or component and person."""
        self.lines = queryset.filter(company=self.company)
        of_whom = self.lines.filter(employee=self.employee) if self.employee else self.lines
        by = comparison.PERSON if self.by_person else comparison.COMPONENT
        pair, components = self.pair, comparison.components(self.lines, self.pair) if self.pair else {}
        offer(self.request, Offer(components, self.by_person, pair is not None and pair.comparable))
        self.rows = comparison.compared(of_whom, self.pair, self.bands, by)
        order = ("employee__display_name", "employee", "code") if self.by_person else ("code",)
        return self.rows.order_by(*order, "pk")

    @cached_property
    def badge(self) -> FreshnessSummary:
        """How old runs, output, fixed components and journal are."""
        return freshness.of_company(self.request.user, self.company, KINDS)

    def get_freshness(self) -> FreshnessSummary:
        """How old runs, output, fixed components and journal are."""
        return self.badge

    def get_breadcrumb(self) -> list[Crumb]:
        """Client › company › variance."""
        company = self.company
        last = _last_period(self.pair)
        query = f"?period={text(last)}" if last else ""
        return [
            *way_to(self.request, company.debtor, company.pk),
            Crumb(str(company), reverse("companies:company", args=[company.pk]) + query),
            Crumb(str(self.heading)),
        ]

    @cached_property
    def all_numbers(self) -> dict[str, Any]:
        """Counts and sums of this level, whatever the filter."""
        return comparison.numbers(self.rows, self.pair) if self.pair else {"count": 0}

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """Counts and sums over the whole filter."""
        rows: Any = self.object_list
        return comparison.numbers(rows, self.pair) if self.pair and self._filtered else self.all_numbers

    @property
    def _filtered(self) -> bool:
        return bool(filtering.applied(self.filterset))

    def get_totals(self, rows: "QuerySet[Any]") -> dict[str, Any]:
        """Both sums, their difference, and what part of the earlier one it is."""
        pair, found = self.pair, self.numbers
        if pair is None or not found["count"]:
            return {}
        totals = {
            name: side.problem.missing if side.problem else found[name]
            for name, side in (("before", pair.before), ("now", pair.now))
        }
        if pair.comparable:
            totals["difference"] = found["difference"]
            totals |= percentage(found["before"], found["difference"])
        return totals

    def get_table_kwargs(self) -> dict[str, Any]:
        """Sides, links, totals, and the reason when there is nothing."""
        pair = self.pair
        known = pair is not None and (pair.before.known or pair.now.known)
        kwargs: dict[str, Any] = {
            "pair": pair,
            "links": Links(self.request, pair) if pair else None,
            "people": comparison.people(self.lines, pair) if pair and known and not self.by_person else None,
            "by_person": self.by_person,
            "one_person": self.employee is not None,
            "totals": self.get_totals(self.rows),
        }
        if pair is None:
            lack = no_period(self.request, self.company)
            title = lack.get("empty_title") or _("The current period is not known yet")
            said = lack.get("empty_text") or _("Without it no periods can be told apart.")
            return kwargs | {"empty_kind": lack.get("empty", "never_synced"), "empty_title": title, "empty_text": said}
        if not known:
            said = " ".join(f"{label}: {problem}" for label, problem in pair.problems)
            return kwargs | {"empty_kind": "never_synced", "empty_title": _("Nothing to compare"), "empty_text": said}
        return kwargs | {"empty_kind": self.get_empty_kind() if not self.numbers["count"] else "nothing"}

    def get_when(self) -> list[tuple[str, str]]:
        """Both sides, for a file."""
        pair = self.pair
        return [(_("Later"), pair.now.label), (_("Earlier"), pair.before.label)] if pair else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The two sides, what can be chosen, the parts of the list, and the journal."""
        context = super().get_context_data(**kwargs)
        pair, chooser = self.pair, self.chooser
        context |= {"company": self.company, "employee": self.employee, "by_person": self.by_person, "pair": pair}
        if pair is None or chooser is None:
            return context
        earlier, later = chooser.steps(pair)
        return {
            **context,
            "links": Links(self.request, pair),
            "choices": chooser.choices(pair),
            "earlier": earlier,
            "later": later,
            "names": {"now": NOW, "before": BEFORE},
            "kept": self._kept(),
            "bands": self.bands.words,
            "parts": self._parts() if pair.comparable else [],
            "numbers": self.numbers,
            "neighbours": NEIGHBOURS,
            "journal": reconciled(self.request.user, self.company, self.lines, pair),
            "can_set": Capability.MANAGE_SETTINGS in capabilities_of(self.request),
        }

    def _parts(self) -> list[Part]:
        """Numbers whatever the filter; each link sets what is shown and keeps the rest of the filter."""
        found, shown = self.all_numbers, filtering.applied(self.filterset).get("show", "")
        counts = {"": found["count"], DIFFERENCES: found["differing"]}
        counts |= {word: found[standing.name] for word, standing in SHOWN.items()}
        labels = {"": _("All"), **SHOWN_WORDS}
        return [
            Part(labels[word], count, asked.address(self.request, show=word), word == shown)
            for word, count in counts.items()
        ]

    def _kept(self) -> list[tuple[str, str]]:
        """What the form of the two sides keeps of the address."""
        own = {NOW, BEFORE, "notable", "large", "page"}
        return [(name, value) for name, values in self.request.GET.lists() for value in values if name not in own]


def _last_period(pair: Pair | None) -> Period | None:
    """The last period of the later side; None where a run has a number that the calendar does not have."""
    last = pair.now.span[-1] if pair else None
    return last if pair and last and exists(pair.kind, last) else None


def percentage(before: Decimal, difference: Decimal) -> dict[str, Decimal]:
    """The difference as a part of the earlier amount, as a total; of nothing there is none."""
    if not before:
        return {}
    return {"percent": (difference * 100 / abs(before)).quantize(Decimal("0.01"), ROUND_HALF_UP)}
