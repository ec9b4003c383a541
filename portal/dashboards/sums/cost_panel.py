"""The panel of wage cost: its chart, and what must be known about the figures in it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.companies.freshness import WAGE_KINDS
from portal.companies.models import Company
from portal.companies.periods import figures_kept
from portal.connections.wording import by_side
from portal.dashboards import panels
from portal.dashboards.sums import cost
from portal.dashboards.sums.cost import COST_KINDS
from portal.dashboards.sums.page import Page, chart_of, lacks_page, page_of
from portal.dashboards.tables import without_period
from portal.debtors.models import Debtor
from portal.periods import Period
from portal.ui import formats
from portal.ui.charts import Figure, Series
from portal.ui.empty import lacking
from portal.ui.values import Missing

#: In place of what a wage cost lacks.
RECOUNTING = by_side(
    gettext_lazy(
        "Wage cost is being worked out anew, because the office chose other accounts. It is not shown until then."
    ),
    gettext_lazy("Wage cost is being worked out anew. It is shown again in a while."),
)


def wage_cost(request: HttpRequest, row: Debtor | Company) -> dict[str, Any]:
    """What the runs came to for the employer, a year earlier in grey behind it; where that is not known, the contract
    wage under its own name.
    """
    page = page_of(request, row)
    if page is None:
        return lacking(lacks_page(request, row))
    found = cost.costs(page.sums, page.having(WAGE_KINDS))
    reason = page.never(COST_KINDS)
    no_contract = page.never(WAGE_KINDS) is not None
    own: list[Figure] = [None if reason else one.cost for one in found]
    instead: list[Figure] = [None if no_contract else (one.contract if reason else one.instead) for one in found]
    before: list[Figure] = [None if reason else value for value in cost.costs_before(page.sums)]
    none_due = {at: Missing.NO_PERIOD for at, one in enumerate(found) if one.no_period and not reason}
    series = [Series(_("Wage cost"), own, lacks=none_due)]
    if any(value is not None for value in before):
        series.insert(0, Series(_("A year earlier"), before, muted=True))
    if any(value is not None for value in instead):
        series.append(Series(_instead_title(row), instead))
    notes = _cost_notes(page, found, reason)
    if not no_contract:
        without = [one.unwaged for one in found if reason or (one.cost is None and not one.no_period)]
        notes += _wage_notes(max(without, default=0), _left_out(request, page, instead))
    return {"chart": chart_of(page, "cost", _cost_title(), series, money=True), "notes": notes}


def _wage_notes(without: int, left_out: int) -> list[str]:
    """What must be known about the contract wage that stands in: the companies of which it is not known, so that it
    does not, and people that it lacks."""
    notes: list[str] = []
    if without:
        text = ngettext(
            "Contract wage does not stand in where it is not known of %(count)s company either.",
            "Contract wage does not stand in where it is not known of %(count)s companies either.",
            without,
        )
        notes.append(text % {"count": without})
    if left_out:
        text = ngettext(
            "The contract wage beside it lacks up to %(count)s person: the salary is net or of an unknown kind.",
            "The contract wage beside it lacks up to %(count)s people: their salary is net or of an unknown kind.",
            left_out,
        )
        notes.append(text % {"count": left_out})
    return notes


def _left_out(request: HttpRequest, page: Page, instead: Sequence[Figure]) -> int:
    """How many people the contract wage lacks in the window with the most, among those where it stands in."""
    shown = [window.period for window, value in zip(page.sums.windows.all, instead, strict=True) if value is not None]
    if not shown:
        return 0
    if isinstance(page.row, Company):
        kept = {Period(one.year, one.number): one.wage_left_out for one in figures_kept(request, page.row)}
    else:
        months, _before = panels.trends(page.row, request.user, page.sums.windows.shown.period)
        windows = page.sums.windows.all
        kept = {window.period: one.wage_left_out for window, one in zip(windows, months, strict=True) if one}
    return max(kept.get(period, 0) for period in shown)


def _instead_title(row: Debtor | Company) -> str:
    if isinstance(row, Debtor):
        return _("Contract wage a month (cost not known)")
    return _("Contract wage a period (cost not known)")


def _cost_title() -> str:
    return str(by_side(_("Euros, by the journals of the payroll runs"), _("Euros, as the payroll came to")))


def _cost_notes(page: Page, found: Sequence[cost.Cost], reason: Missing | None) -> list[str]:
    """What must be known about the figures: how an office checks them, and in plain words for people of a client."""
    if reason is Missing.NOT_PERMITTED:
        office = _("Nmbrs does not give the journals of the payroll runs, so wage cost is not known.")
        return [by_side(office, _("Wage cost is not known here. Ask your accountant about it."))]
    if reason is not None:
        office = _("The journals of the payroll runs were not fetched from Nmbrs yet, so wage cost is not known.")
        return [by_side(office, _("Wage cost is not known here yet."))]
    accounts = formats.any_of(page.sums.accounts)
    notes: list[str] = [
        by_side(
            _("Wage cost is what the journals book on accounts that begin with %(accounts)s, debit less credit.")
            % {"accounts": accounts},
            _("Wage cost is what the payroll came to for the employer: wages, and what is paid on top of them."),
        )
    ]
    if page.sums.recounting:
        return [*notes, str(RECOUNTING)]
    if isinstance(page.row, Debtor):
        notes.append(_("A period counts in the month that its last day lies in."))
        notes += _none_due(page, found)
    shown = found[-1]
    if shown.lacking and isinstance(page.row, Company):
        text = by_side(
            _("Wage cost of %(when)s is not known: it has no run, or no journal of it."),
            _("Wage cost of %(when)s is not known yet: its payroll was not worked out or booked."),
        )
        notes.append(str(text) % {"when": page.when})
    elif shown.lacking:
        text = by_side(
            _("Wage cost of %(when)s is not known: %(lacking)s of %(count)s companies lack a run or its journal."),
            _(
                "Wage cost of %(when)s is not known yet: of %(lacking)s of %(count)s companies the payroll was not "
                "worked out or booked."
            ),
        )
        notes.append(str(text) % {"when": page.when, "lacking": shown.lacking, "count": shown.companies})
    return notes


def _none_due(page: Page, found: Sequence[cost.Cost]) -> list[str]:
    """In which of the months no period of a client ends, and in the shown one of how many of its companies."""
    notes: list[str] = []
    windows = page.sums.windows.all
    months = [str(window.label) for window, one in zip(windows, found, strict=True) if one.no_period]
    if months:
        notes.append(
            _("No period of it ends in %(months)s, so there is no wage cost then.") % {"months": ", ".join(months)}
        )
    if found[-1].without_period and not found[-1].no_period:
        notes.append(without_period(found[-1].without_period))
    return notes
