"""The table of the period board."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from portal.dashboards.board.looking import Look
from portal.dashboards.board.parts import (
    APART,
    next_lack,
    pension_status,
    period_lack,
    return_status,
    run_status,
    trouble_of,
)
from portal.dashboards.board.rows import period_of, state_of
from portal.dashboards.ordering import by_age, by_known
from portal.deadlines.certainty import check
from portal.deadlines.due import Dated, act_words, near
from portal.deadlines.models import Kind, Progress
from portal.deadlines.rules import act_by
from portal.deadlines.tables import OfClientsTable, person_words
from portal.deadlines.trouble import OF_COMPANY
from portal.ui import formats, markup
from portal.ui.freshness import summarise
from portal.ui.tables import TextColumn
from portal.ui.values import Missing, Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.companies.freshness import Person


class BoardTable(OfClientsTable):
    """One row a company. Its state is in `shown_states`, as portal.dashboards.board.rows.with_details reads it.

    `unseen`: changes that the reader has not seen by company; None for who reads no changes.
    """

    caption = gettext_lazy("Companies in their current period")
    counted = ngettext_lazy("company", "companies")
    apart = APART

    company = TextColumn(verbose_name=gettext_lazy("Company"), accessor="pk", order_by=("name",))
    period = TextColumn(verbose_name=gettext_lazy("Period"), term="period", accessor="last_day", empty_values=())
    run = TextColumn(verbose_name=gettext_lazy("Run"), term="run", accessor="run", empty_values=())
    wage_tax = TextColumn(
        verbose_name=gettext_lazy("Wage-tax return"),
        term="wage_tax_return",
        accessor="return_due",
        order_by=("return_due",),
        empty_values=(),
    )
    pension = TextColumn(
        verbose_name=gettext_lazy("Pension return"),
        term="pension_return",
        accessor="pension_due",
        order_by=("pension_due",),
        empty_values=(),
    )
    next_due = TextColumn(verbose_name=gettext_lazy("Next due"), order_by=("act_by",), empty_values=())
    responsible = TextColumn(verbose_name=gettext_lazy("Responsible"), accessor="responsible_name", empty_values=())
    changes = TextColumn(verbose_name=gettext_lazy("Changes"), accessor="pk", initial_sort_descending=True)
    data = TextColumn(verbose_name=gettext_lazy("Data"), term="freshness", accessor="pk")

    def __init__(self, *args: Any, user: "Person", unseen: Mapping[int, int] | None, look: Look, **kwargs: Any) -> None:
        self.user = user
        self.unseen, self.look = unseen or {}, look
        hidden = () if unseen is not None else ("changes",)
        super().__init__(*args, **{**kwargs, "exclude": (*kwargs.get("exclude", ()), *hidden)})

    def order_changes(self, rows: "QuerySet[Any]", is_descending: bool) -> "tuple[QuerySet[Any], bool]":
        """By how many the reader has not seen."""
        return by_known(rows, self.unseen, is_descending, default=0)

    def order_data(self, rows: "QuerySet[Any]", is_descending: bool) -> "tuple[QuerySet[Any], bool]":
        """The worst state first, then the oldest data."""
        return by_age(rows, self.user, OF_COMPANY, is_descending)

    def render_company(self, record: Any) -> SafeString:
        """The way to the company, in the period of the row."""
        state = state_of(record)
        address = reverse("companies:company", args=[record.pk])
        if state and not self.look.is_now:
            address = f"{address}?period={state.year:04d}-{state.number:02d}"
        return self.company_cell(record, address)

    def render_period(self, record: Any) -> SafeString:
        """Its number and length."""
        label = period_of(record)
        if label is None:
            return markup.missing(period_lack(record))
        period, doubt, said = label.partition(" (")
        return format_html('<span class="ui-num text-nowrap">{}</span>{}', period, f"{doubt}{said}")

    def render_run(self, record: Any) -> SafeString:
        """None, made or locked, with the day; without a run the pay day."""
        state, shown = state_of(record), run_status(record)
        if state is None or isinstance(shown, Missing):
            return markup.status(shown)
        if state.run == Progress.NONE:
            return _with_day(shown, _("pay day %(day)s"), state.pay_due, unsure=state.pay_unsure)
        return _with_day(shown, "%(day)s", state.run_at)

    def render_wage_tax(self, record: Any) -> SafeString:
        """How far the return of the period is, and when it is due."""
        state, shown = state_of(record), return_status(record)
        if state is None or isinstance(shown, Missing) or state.return_due is None:
            return markup.status(shown)
        due, unsure = state.return_due, state.return_unsure
        dated = Dated(Kind.RETURN, due, act_by(due), state.return_progress, state.return_open)
        return _filed(dated, shown, state.return_sent_at, unsure=unsure)

    def render_pension(self, record: Any) -> SafeString:
        """How far the pension return is; a dash where none is expected."""
        state, shown = state_of(record), pension_status(record)
        if state is None or isinstance(shown, Missing) or state.pension_due is None:
            return markup.status(shown)
        due, unsure = state.pension_due, state.pension_unsure
        dated = Dated(Kind.PENSION, due, act_by(due), state.pension, state.pension_open)
        return _filed(dated, shown, state.pension_sent_at, unsure=unsure)

    def render_next_due(self, record: Any) -> SafeString:
        """The first thing that is still open, also of earlier periods; and why what is known cannot be relied on."""
        troubles = ((markup.status(one),) for one in trouble_of(record))
        return self._next_due(record) + format_html_join("", '<span class="ui-below">{}</span>', troubles)

    def _next_due(self, record: Any) -> SafeString:
        state = state_of(record)
        if state is None or state.next_due is None or state.next_act_by is None:
            return markup.status(next_lack(record))
        acts = act_words(state.next_due, state.next_act_by, formats.short_day)
        return format_html(
            '{}<span class="ui-below">{} <span class="text-nowrap">{}</span>{} {}</span>',
            markup.status(near(state.next_due, state.next_act_by, formats.short_day)),
            Kind(state.next_kind).label,
            state.next_period,
            format_html(' <span class="text-nowrap">· {}</span>', acts) if acts else "",
            check(state.next_unsure),
        )

    def render_responsible(self, record: Any) -> SafeString:
        """Who sees to it, where the reader works at the office."""
        return person_words(getattr(record, "arrangement", None)) if record.internal else SafeString("")

    def render_changes(self, record: Any) -> SafeString:
        """How many changes the reader has not seen."""
        number = self.unseen.get(record.pk, 0)
        if not number:
            return format_html("{}", "")
        said = ngettext("%(count)s new", "%(count)s new", number) % {"count": formats.number(number)}
        address = reverse("dashboards:client_changes", args=[record.debtor_id])
        return format_html('<a class="text-nowrap" href="{}">{}</a>', address, said)

    def render_data(self, record: Any) -> SafeString:
        """The worst state of what the row shows and the age of its oldest part."""
        return markup.freshness(summarise(record.fresh_rows, OF_COMPANY))


def _filed(dated: Dated, shown: Status, sent_at: Any, *, unsure: bool) -> SafeString:
    """How far a return is, below it when: sent, or due as long as somebody has to see to it."""
    if dated.progress == Progress.DONE:
        return _with_day(shown, "%(day)s", sent_at)
    if not dated.open:
        return markup.status(shown)
    when = near(dated.due, dated.act_by, formats.short_day)
    if dated.progress == Progress.MADE:
        return _above(markup.status(shown), str(when.label), unsure=unsure)
    return _above(markup.status(when), "", unsure=unsure) if unsure else markup.status(when)


def _with_day(shown: Status, text: str, day: Any, *, unsure: bool = False) -> SafeString:
    if day is None:
        return markup.status(shown)
    return _above(markup.status(shown), text % {"day": formats.short_day(day)}, unsure=unsure)


def _above(shown: SafeString, below: str, *, unsure: bool) -> SafeString:
    """A status with what stands below it, and the mark of an unsure date."""
    return format_html('{}<span class="ui-below">{} {}</span>', shown, below, check(unsure))
