"""Wage cost and absence among the figures on top of a client's page: from the numbers that its panels are made of."""

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.accounts.roles import Capability
from portal.companies.tiles import Tile, no_access, on
from portal.dashboards import months
from portal.dashboards.sums import cost
from portal.dashboards.sums.absence import ABSENCE_KINDS, SMALL_GROUP, absence_of, why_not
from portal.dashboards.sums.clients import last_known, looks_back
from portal.dashboards.sums.cost import COST_KINDS
from portal.dashboards.sums.cost_panel import RECOUNTING
from portal.dashboards.sums.page import Page, page_of
from portal.dashboards.tables import unread, without_period
from portal.debtors.models import Debtor
from portal.ui.charts import Figure
from portal.ui.permissions import holds_over
from portal.ui.values import Missing


def cost_tile(request: HttpRequest, debtor: Debtor) -> Tile:
    """What the runs of the month came to for the employer, with the months before it. Where that of this month, or of
    one to come, is not known yet, it is that of the last month that is, by its name."""
    page = _page(request, debtor)
    if not page.sees_wages:
        return no_access(_("Wage cost"), "wage_cost")
    lacks, lacking = page.never(COST_KINDS), page.lacking(COST_KINDS)
    found = cost.costs(page.sums)
    points: list[Decimal | None] = [None if lacks else one.cost for one in found]
    shown = page.sums.windows.shown.period
    none_due = found[-1].no_period and not lacks
    at = None if none_due else last_known(points.__getitem__, len(points) - 1, looks_back(shown))
    month = shown if at is None else page.sums.windows.all[at].period
    note = (_("No period of it ends in %(month)s.") if none_due else _("In %(month)s.")) % {"month": months.name(month)}
    if month != shown:
        text = _("In %(month)s: that of %(shown)s is not known yet.")
        note = text % {"month": months.name(month), "shown": months.name(shown)}
    if page.sums.recounting and not lacks:
        note = str(RECOUNTING)
    value: Decimal | Missing = Missing.NO_PERIOD if none_due else lacks or Missing.UNKNOWN
    cautions: list[str] = []
    if at is not None and (known := points[at]) is not None:
        value = known
        cautions += [unread(lacking)] if lacking else []
        cautions += [without_period(found[at].without_period)] if found[at].without_period else []
    return Tile(
        _("Wage cost"), value, note, points, unit="money", cautions=cautions, term="wage_cost", resources=COST_KINDS
    )


def absence_tile(request: HttpRequest, debtor: Debtor) -> Tile | None:
    """How many people are absent on the last day; None for who may not see absence."""
    if not holds_over(request, debtor, Capability.VIEW_SICKNESS):
        return None
    page = _page(request, debtor)
    note = on(page.sums.windows.shown.last)
    reason = why_not(page.sums, page.never(ABSENCE_KINDS))
    if reason:
        return Tile(_("Absent"), reason, note, resources=ABSENCE_KINDS)
    found = absence_of(page.sums, page.having(ABSENCE_KINDS))
    if found.small:
        note = _("No number is shown of fewer than %(smallest)s people.") % {"smallest": SMALL_GROUP}
    cautions = list(filter(None, [page.note(ABSENCE_KINDS)]))
    value = _shown(found.absent, None)
    return Tile(_("Absent"), value, note, found.absent, cautions=cautions, resources=ABSENCE_KINDS)


def _page(request: HttpRequest, debtor: Debtor) -> Page:
    page = page_of(request, debtor)
    if page is None:
        raise TypeError("The page of a client always has numbers.")
    return page


def _shown(points: Sequence[Figure], lacks: Missing | None) -> int | Decimal | Missing:
    """The last point, or why there is none."""
    last = points[-1]
    return last if isinstance(last, int | Decimal) else lacks or Missing.UNKNOWN
