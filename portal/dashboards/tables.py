"""The table of clients."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.companies import words
from portal.companies.tiles import left_out_words
from portal.connections import wording
from portal.dashboards import months
from portal.dashboards.clients import RANKS
from portal.dashboards.ordering import by_known
from portal.dashboards.sums.clients import LINE, ClientCost
from portal.debtors.models import Debtor
from portal.periods import Period
from portal.ui import formats, icons, markup
from portal.ui.charts import sparkline
from portal.ui.exports.parts import Part
from portal.ui.formats import NO_BREAK
from portal.ui.freshness import FreshnessLine, FreshnessSummary
from portal.ui.tables import (
    CodeColumn,
    FreshnessColumn,
    LinkColumn,
    MoneyColumn,
    NumberColumn,
    StatusColumn,
    Table,
    TextColumn,
)
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.db.models import QuerySet

_STATES = {rank: state for state, rank in RANKS.items()}


class ClientTable(Table):
    """One row a debtor. Figures are those of `month`; the rows come from portal.dashboards.clients.

    `costs`: the wage cost by client, for who may see wages; `total_of`: the months that its total is of, where those
    are not the one of the list alone.
    """

    caption = _("Clients")
    counted = ngettext_lazy("client", "clients")
    remarks = True
    apart: Mapping[str, Sequence[Part]] = MappingProxyType(
        {
            "wage_cost": (
                Part(_("Wage cost (€)"), lambda table, row: table.cost_of(row), is_figure=True),
                Part(_("Wage cost: month"), lambda table, row: table.month_of(row)),
            ),
        }
    )

    name = LinkColumn("dashboards:debtor", verbose_name=_("Client"), empty_values=())
    number = TextColumn(verbose_name=_("Number"))
    company_count = NumberColumn(verbose_name=_("Companies"), empty_values=())
    head_count = NumberColumn(verbose_name=_("Head count"), term="head_count", empty_values=())
    wage_cost = MoneyColumn(verbose_name=_("Wage cost"), term="wage_cost", accessor="pk")
    cost_change = NumberColumn(verbose_name=_("Cost change (%)"), accessor="pk", places=1)
    cost_line = TextColumn(verbose_name=_("Cost trend"), accessor="pk", orderable=False, exclude_from_export=True)
    wage_cents = MoneyColumn(verbose_name=_("Contract wage a month"), term="contract_wage", empty_values=())
    joiners = NumberColumn(verbose_name=_("Joiners"), term="joiner", empty_values=())
    leavers = NumberColumn(verbose_name=_("Leavers"), term="leaver", empty_values=())
    periods = TextColumn(verbose_name=_("Open period"), term="period", accessor="pk", order_by="period_order")
    data = FreshnessColumn(
        verbose_name=_("Data"),
        term="freshness",
        accessor="fresh_rank",
        order_by=("fresh_rank", "fresh_oldest"),
        orderable=True,
    )

    class Meta:
        model = Debtor
        fields = ("name", "number")
        order_by_field = "sort"

    def __init__(
        self, *args: Any, month: Period, costs: Mapping[int, ClientCost], total_of: str = "", **kwargs: Any
    ) -> None:
        self.month, self.costs, self.total_of = month, costs, total_of
        super().__init__(*args, **kwargs)

    def _total(self, column: Any) -> Any:
        drawn = super()._total(column)
        return of_month(drawn, self.total_of) if column.name == "wage_cost" and self.total_of else drawn

    def render_name(self, record: Debtor) -> str:
        """The name; a client without one is shown by its number."""
        return str(record)

    def render_company_count(self, value: int | None) -> SafeString:
        """How many companies; not known until their list was fetched."""
        return markup.number(Missing.NEVER_FETCHED if value is None else value)

    def render_head_count(self, value: int | None, record: Any) -> SafeString:
        """People in service on the last day of the month."""
        return self._figure(value, record, record.companies_without_people)

    def render_joiners(self, value: int | None, record: Any) -> SafeString:
        """People whose service began in the month."""
        return self._figure(value, record, record.companies_without_people)

    def render_leavers(self, value: int | None, record: Any) -> SafeString:
        """People whose last day was in the month."""
        return self._figure(value, record, record.companies_without_people)

    def render_wage_cost(self, record: Any) -> SafeString:
        """What the journals book on accounts of costs, in euros, with the name of its month where that is an earlier
        one; see docs/wage-cost.md."""
        return of_month(self.cost_of(record), self._earlier(record))

    def render_cost_change(self, record: Any) -> SafeString:
        """Per cent more or less than in the month before; of which month stands with the cost, or here without it."""
        earlier = self._earlier(record)
        return of_month(self.change_of(record), earlier, is_said="wage_cost" in self.columns.names())

    def render_cost_line(self, record: Any) -> SafeString:
        """The cost of six months, the one of the list last, as a line; what is not known is a gap."""
        line = self._cost(record).line
        if not line:
            return SafeString("")
        known = (Missing.UNKNOWN.label if euros is None else formats.number(euros) for euros in line)
        said = (f"{name} {euros}" for name, euros in zip(self._line_months, known, strict=True))
        return markup.spark(sparkline(line, width=56, height=20), "; ".join(said))

    @cached_property
    def _line_months(self) -> list[str]:
        return [months.label(month) for month in months.trend(self.month)[-LINE:]]

    def cost_of(self, record: Any) -> SafeString:
        """The wage cost, with what is not in it."""
        cost = self._cost(record)
        drawn = markup.number(cost.now, 2)
        if isinstance(cost.now, Missing):
            return drawn
        notes = [unread(cost.lacking)] if cost.lacking else []
        return with_notes(drawn, [*notes, without_period(cost.without_period)] if cost.without_period else notes)

    def change_of(self, record: Any) -> SafeString:
        """The change of the wage cost."""
        cost = self._cost(record)
        return markup.number(cost.now if isinstance(cost.now, Missing) else cost.change, 1)

    def month_of(self, record: Any) -> str:
        """The month that the wage cost is of; nothing where it is not known."""
        month = self._cost(record).month
        return months.text(month) if month else ""

    def _earlier(self, record: Any) -> str:
        month = self._cost(record).month
        return months.label(month) if month and month != self.month else ""

    def order_wage_cost(self, rows: "QuerySet[Any]", is_descending: bool) -> "tuple[QuerySet[Any], bool]":
        """By the amount; clients of whom it is not known come last either way."""
        known = {pk: int(cost.now * 100) for pk, cost in self.costs.items() if not isinstance(cost.now, Missing)}
        return by_known(rows, known, is_descending)

    def order_cost_change(self, rows: "QuerySet[Any]", is_descending: bool) -> "tuple[QuerySet[Any], bool]":
        """By the change; clients of whom it is not known come last either way."""
        known = {pk: int(cost.change * 10) for pk, cost in self.costs.items() if cost.change is not None}
        return by_known(rows, known, is_descending)

    def _cost(self, record: Any) -> ClientCost:
        if record.company_count == 0:
            return ClientCost(Decimal(0), self.month)
        return self.costs.get(record.pk, ClientCost(Missing.NEVER_FETCHED))

    def render_wage_cents(self, value: int | None, record: Any) -> SafeString:
        """Contract wage a month, in euros, with a mark when people are not in it."""
        euros = None if value is None else Decimal(value) / 100
        notes = [left_out_words(record.wage_left_out)] if record.wage_left_out else []
        return self._figure(euros, record, record.companies_without_wage, places=2, notes=notes)

    def render_periods(self, record: Any) -> SafeString:
        """The current periods of the companies, each once: 11 M, 12 4W."""
        known = {}
        for company in record.present_companies:
            if hasattr(company, "current"):
                known[words.short(company.current, self.month.year)] = company.current.bounds.last
        if known:
            return markup.words(
                ", ".join(each.replace(" ", NO_BREAK) for each in sorted(known, key=lambda text: (known[text], text)))
            )
        return markup.missing(Missing.NEVER_FETCHED if record.present_companies else Missing.UNKNOWN)

    def render_data(self, record: Any) -> SafeString:
        """The worst state of the client's data and the age of its oldest part."""
        state = _STATES[record.fresh_rank]
        return markup.freshness(FreshnessSummary((FreshnessLine("", state, record.fresh_oldest),)))

    def _figure(
        self,
        value: int | Decimal | None,
        record: Any,
        lacking: int,
        places: int = 0,
        notes: list[str] | None = None,
    ) -> SafeString:
        """A figure, with what must be known about it; or why there is none."""
        if value is None:
            reason = reason_for(record.company_count, lacking, record.refused)
            partly = reason is Missing.UNKNOWN and _partly(record)
            return with_notes(markup.missing(reason), [behind_words(record.companies_behind)] if partly else [])
        said = list(notes or [])
        if lacking:
            said.insert(0, lacking_words(lacking))
        return with_notes(markup.number(value, places), said)


def _partly(record: Any) -> bool:
    """Whether figures of the month are kept of some of the companies and not of the others."""
    behind: int = record.companies_behind
    present: int = record.companies_present - record.companies_without_people
    return 0 < behind < present


class CompanyTable(Table):
    """One row a company that no client stands above. Rows are portal.companies.standing.Standing.

    Each company says whether the reader works at its office (`internal`). `organisations`: those that the reader sees;
    the column is there when there are any.
    """

    caption = _("Companies")
    counted = ngettext_lazy("company", "companies")

    company = TextColumn(verbose_name=_("Company"))
    organisation = TextColumn(verbose_name=_("Organisation"), accessor="company__debtor")
    number = CodeColumn(verbose_name=_("Number"), accessor="company__number")
    period = TextColumn(verbose_name=_("Current period"), empty_values=())
    run_status = StatusColumn(verbose_name=_("Run of this period"), term="run")
    last_run_status = StatusColumn(verbose_name=_("Last run"))
    last_return_status = StatusColumn(verbose_name=_("Last wage-tax return"), term="wage_tax_return")

    class Meta:
        orderable = False

    def __init__(self, *args: Any, organisations: frozenset[int], **kwargs: Any) -> None:
        self.organisations = organisations
        hidden = () if organisations else ("organisation",)
        super().__init__(*args, **{**kwargs, "exclude": (*kwargs.get("exclude", ()), *hidden)})

    def render_organisation(self, value: Any) -> SafeString:
        """The organisation, unless the reader sees only this company of it."""
        if value.pk not in self.organisations:
            return markup.missing(Missing.NOT_PERMITTED)
        return markup.words(str(value))

    def render_company(self, value: Any) -> SafeString:
        """The name with a link to its page: that of its period for who is the client there."""
        page = "companies:company" if value.internal else "selfservice:period"
        return format_html('<a href="{}">{}</a>', reverse(page, args=[value.pk]), value)

    def render_period(self, value: Any) -> SafeString:
        """The period, or why it is not known."""
        return markup.words(value)


def reason_for(companies: int | None, lacking: int, refused: bool) -> Missing:
    """Why a sum over companies is not known: refused by Nmbrs, never fetched, or no figure kept of that month."""
    if companies is None or lacking >= companies:
        return Missing.NOT_PERMITTED if refused else Missing.NEVER_FETCHED
    return Missing.UNKNOWN


def lacking_words(count: int) -> str:
    """What a sum lacks."""
    text = ngettext(
        "%(count)s company is not in this figure: what it is made of has not come in from Nmbrs.",
        "%(count)s companies are not in this figure: what it is made of has not come in from Nmbrs.",
        count,
    )
    return text % {"count": count}


def behind_words(count: int) -> str:
    """Why a sum over companies is not known in a month that some of them have and others have not."""
    text = ngettext(
        "Of %(count)s company there are no figures of this month yet: they go up to the month of its current period. A "
        "sum of the others would tell too little, so none is shown.",
        "Of %(count)s companies there are no figures of this month yet: they go up to the month of their current "
        "period. A sum of the others would tell too little, so none is shown.",
        count,
    )
    return text % {"count": count}


def unread(count: int) -> str:
    """What a wage cost lacks."""
    if wording.of_client():
        plain = ngettext(
            "%(count)s company is not in this figure: what its payroll came to is not known here yet.",
            "%(count)s companies are not in this figure: what their payroll came to is not known here yet.",
            count,
        )
        return plain % {"count": count}
    text = ngettext(
        "Runs and journals of %(count)s company have not come in from Nmbrs.",
        "Runs and journals of %(count)s companies have not come in from Nmbrs.",
        count,
    )
    return text % {"count": count}


def without_period(count: int) -> str:
    """Why companies with people are not in the wage cost of a month."""
    text = ngettext(
        "Of %(count)s company no period ends in this month: it has no wage cost in it.",
        "Of %(count)s companies no period ends in this month: they have no wage cost in it.",
        count,
    )
    return text % {"count": count}


def of_month(figure: SafeString, month: str, *, is_said: bool = False) -> SafeString:
    """A figure with the name of the month that it is of, which a file has beside it; `is_said`: another cell of the row
    has it on the page. No month: the figure alone."""
    if not month:
        return figure
    drawn = figure if is_said else format_html('{}<span class="ui-below">{}</span>', figure, month)
    if not isinstance(figure, markup.Shown):
        return drawn
    note = gettext("Wage cost and its change are those of %(month)s.") % {"month": month}
    return markup.Shown.of(drawn, figure.value, figure.places, " ".join(filter(None, (figure.note, note))))


def with_notes(figure: SafeString, notes: list[str]) -> SafeString:
    """A figure with a mark that tells `notes` on hover, to screen readers, and beside the figure in a file."""
    if not notes:
        return figure
    text = " ".join(notes)
    drawn = format_html(
        '<span title="{}">{} {}<span class="visually-hidden">{}</span></span>',
        text,
        icons.draw("info-circle"),
        figure,
        text,
    )
    if not isinstance(figure, markup.Shown):
        return drawn
    return markup.Shown.of(drawn, figure.value, figure.places, text)
