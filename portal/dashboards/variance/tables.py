"""The table of a comparison."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from portal.dashboards.variance.links import Links
from portal.dashboards.variance.rows import Standing
from portal.dashboards.variance.sides import Pair, Side
from portal.ui import markup
from portal.ui.tables import MoneyColumn, NumberColumn, StatusColumn, Table, TextColumn
from portal.ui.values import Level, Missing, Status

STATUSES = {
    Standing.LARGE.value: Status(Level.LATE, gettext_lazy("large")),
    Standing.NOTABLE.value: Status(Level.SOON, gettext_lazy("notable"), "alert-circle"),
    Standing.NEW.value: Status(Level.SOON, gettext_lazy("new"), "arrow-up"),
    Standing.GONE.value: Status(Level.SOON, gettext_lazy("gone"), "arrow-down"),
    Standing.ONE_OFF.value: Status(Level.NEUTRAL, gettext_lazy("one-off"), "activity"),
    Standing.WITHIN.value: Status(Level.FINE, gettext_lazy("within the band")),
}


class VarianceTable(Table):
    """Components side by side, of everybody or person by person; rows come from portal.dashboards.variance.rows.

    `people`: how many have each component on both sides, where rows are of everybody. `by_person`: rows are of single
    people; `one_person`: all of the same one. `pair` and `links` are None where there are no rows.
    """

    caption = gettext_lazy("Two periods side by side")
    counted = ngettext_lazy("row", "rows")

    employee = TextColumn(
        verbose_name=gettext_lazy("Employee"),
        accessor="employee__display_name",
        order_by=("employee__display_name", "employee", "code"),
    )
    component = TextColumn(
        verbose_name=gettext_lazy("Component"), term="wage_code", accessor="code", order_by=("code",)
    )
    people = TextColumn(verbose_name=gettext_lazy("People"), accessor="code", orderable=False)
    before = MoneyColumn(verbose_name=gettext_lazy("Before"), empty_values=())
    now = MoneyColumn(verbose_name=gettext_lazy("Now"), empty_values=())
    difference = MoneyColumn(verbose_name=gettext_lazy("Difference"))
    percent = NumberColumn(places=2, verbose_name=gettext_lazy("Difference (%)"), empty_values=())
    standing = StatusColumn(statuses=STATUSES, verbose_name=gettext_lazy("Standing"), term="one_off")

    def __init__(
        self,
        *args: Any,
        pair: Pair | None,
        links: Links | None,
        people: Mapping[int, tuple[int, int]] | None,
        by_person: bool,
        one_person: bool,
        **kwargs: Any,
    ) -> None:
        self.pair, self.links, self.counts, self.by_person = pair, links, people or {}, by_person
        hidden = ("employee", "people") if one_person else ("people",) if by_person else ("employee",)
        super().__init__(*args, **{**kwargs, "exclude": (*kwargs.get("exclude", ()), *hidden)})
        for name, side in (("before", pair.before), ("now", pair.now)) if pair else ():
            if name in self.columns.names():
                self.columns[name].column.verbose_name = side.label

    def render_employee(self, value: str, record: Any) -> SafeString:
        """The name, with the way to all components of this person."""
        address = self.links.person(record["employee"]) if self.links else ""
        number = str(record["employee__number"])
        return format_html(
            '<a href="{}">{}</a> <span class="ui-soft ui-num">{}</span>', address, value or number, number
        )

    def render_component(self, value: int, record: Any) -> SafeString:
        """Code and description; of everybody also the way to the people."""
        said = f"{value} {record['text']}"
        if self.by_person or self.links is None:
            return markup.words(said)
        return format_html('<a href="{}">{}</a>', self.links.component(value), said)

    def render_people(self, value: int) -> SafeString:
        """How many had it and have it."""
        had, have = self.counts.get(value, (0, 0))
        before = _figure(had, self.pair.before if self.pair else None)
        now = _figure(have, self.pair.now if self.pair else None)
        arrow = format_html('<span aria-hidden="true">→</span><span class="visually-hidden">{}</span>', _("is now"))
        return format_html('<span class="text-nowrap">{} {} {}</span>', before, arrow, now)

    def render_before(self, value: Decimal | None) -> SafeString:
        """The earlier amount."""
        return _figure(value, self.pair.before if self.pair else None, 2)

    def render_now(self, value: Decimal | None) -> SafeString:
        """The later amount."""
        return _figure(value, self.pair.now if self.pair else None, 2)

    def render_percent(self, value: Decimal | None) -> SafeString:
        """The difference as a part of the earlier amount; of nothing there is none."""
        if value is None and self.pair and self.pair.comparable:
            return format_html('<span class="ui-soft">{}</span>', _("none"))
        return markup.number(value, 2)


def _figure(value: int | Decimal | None, side: Side | None, places: int = 0) -> SafeString:
    """A figure; a side that is not known has none, and one that has no line for the component says so."""
    if side is None or side.problem:
        return markup.missing(side.problem.missing if side and side.problem else Missing.UNKNOWN)
    if value is None:
        return format_html('<span class="ui-soft">{}</span>', _("none"))
    return markup.number(value, places)
