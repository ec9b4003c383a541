"""The panels of both pages that share one query: wage cost, head count, absence, splits; and contacts."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.accounts.prepared import PreparedRows
from portal.accounts.roles import Capability
from portal.companies import panels as company_panels
from portal.companies.freshness import PEOPLE_KINDS, lacks
from portal.companies.models import Company
from portal.connections.wording import by_side
from portal.dashboards import contacts, months, panels
from portal.dashboards.debtor import contracts_of
from portal.dashboards.sums import cost, splits
from portal.dashboards.sums.absence import ABSENCE_KINDS, SMALL_GROUP, absence_of, why_not
from portal.dashboards.sums.cost import COST_KINDS
from portal.dashboards.sums.cost_panel import RECOUNTING, wage_cost
from portal.dashboards.sums.page import Page, chart_of, lacks_of, lacks_page, page_of
from portal.debtors.models import Debtor
from portal.ui import formats
from portal.ui.charts import Series
from portal.ui.empty import lacking, not_asked
from portal.ui.panels import Panel, register
from portal.ui.pieces import piece_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.companies.freshness import Person
    from portal.employees.models import Contract

DEPARTMENT_KINDS = (*PEOPLE_KINDS, "departments")
CENTER_KINDS = (*PEOPLE_KINDS, "employee_cost_centers")


# --- head count ------------------------------------------------------------------------------------------------------


def head_count(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Head count of thirteen periods of a company."""
    page = page_of(request, company)
    reason = lacks_of(request, company, page, PEOPLE_KINDS)
    if page is None or reason:
        return lacking(reason)
    kept = [page.sums.kept.get((company.pk, place)) for place in range(months.TREND)]
    series = [Series(_("Head count"), [one.head_count if one else None for one in kept])]
    return {"chart": chart_of(page, "people", _("People in service on the last day of each period"), series)}


# --- absence ---------------------------------------------------------------------------------------------------------


def absence(request: HttpRequest, row: Debtor | Company) -> dict[str, Any]:
    """How many people were absent on the last day of thirteen windows. No names, no causes, no small groups."""
    page = page_of(request, row)
    if page is None:
        return {"reason": lacks_page(request, row)}
    reason = why_not(page.sums, page.never(ABSENCE_KINDS))
    if reason:
        return {"reason": reason}
    found = absence_of(page.sums, page.having(ABSENCE_KINDS))
    people, shown = found.people[-1], found.absent[-1]
    return {
        "chart": chart_of(
            page, "absence", _("People absent on the last day, wholly or in part"), [Series(_("Absent"), found.absent)]
        ),
        "small": found.small,
        "smallest": SMALL_GROUP,
        "people": people,
        "absent": shown,
        "part": formats.number(100 * shown / people, 1) if shown is not None and people else "",
        "day": page.sums.windows.shown.last,
        "note": page.note(ABSENCE_KINDS),
    }


# --- splits ----------------------------------------------------------------------------------------------------------


def departments(request: HttpRequest, row: Debtor | Company) -> dict[str, Any]:
    """Head count by department on the last day, and the wage cost that the journal books on each."""
    page = page_of(request, row)
    reason = lacks_of(request, row, page, DEPARTMENT_KINDS)
    if page is None or reason:
        return lacking(reason)
    split = splits.departments(page.sums, page.having(DEPARTMENT_KINDS), cost_known=_cost_known(page))
    return {
        **_split(page, split),
        "parts": piece_of(request, "departments", split.parts),
        "heading": _("Department"),
        "people_address": reverse("employees:of_company", args=[row.pk]) if isinstance(row, Company) else "",
        "note": page.note(DEPARTMENT_KINDS),
    }


def centers(request: HttpRequest, row: Debtor | Company) -> dict[str, Any]:
    """People and wage cost by cost centre."""
    page = page_of(request, row)
    reason = lacks_of(request, row, page, CENTER_KINDS)
    if page is None or reason:
        return lacking(reason)
    split = splits.centers(page.sums, page.having(CENTER_KINDS), cost_known=_cost_known(page))
    if split.people is None and not split.parts:
        return not_asked()
    return {
        **_split(page, split),
        "parts": piece_of(request, "centers", split.parts),
        "heading": _("Cost centre"),
        "unknown": split.people is None,
        "parts_of_people": True,
        "note": page.note(CENTER_KINDS, split.left_out),
    }


def _split(page: Page, split: splits.Split) -> dict[str, Any]:
    return {
        "split": split,
        "sees_wages": page.sees_wages,
        "day": page.sums.windows.shown.last,
        "width": splits.BAR,
        "cost_unknown": _no_cost(page),
    }


def _no_cost(page: Page) -> str:
    """Why there is no wage cost, where there is none."""
    if page.sums.recounting:
        return str(RECOUNTING)
    if cost.costs(page.sums)[-1].no_period:
        return _("No period ends in this month, so there is no wage cost in it.")
    lacking_words = by_side(
        _("Wage cost is not known: a run or its journal is lacking."),
        _("Wage cost is not known yet: a payroll was not worked out or booked."),
    )
    return str(lacking_words)


def _cost_known(page: Page) -> bool:
    return page.sees_wages and not page.never(COST_KINDS) and cost.costs(page.sums)[-1].cost is not None


# --- contracts and contacts ------------------------------------------------------------------------------------------


def ending(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Contracts of a company that end within sixty days from today, whatever period the page shows."""
    today = clock.today()
    rows = _ending_at(request.user, company.pk, day=today)
    reason = lacks(request.user, company, "employees", "contracts")
    return panels.ending_rows(request, rows, today, reason)


@PreparedRows
def _ending_at(user: "Person", company: int, *, day: date) -> "QuerySet[Contract]":
    return contracts_of(user, day).filter(company=company)


def debtor_contacts(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """Whom to call at a client and at the office."""
    known = panels.known_of(debtor, request.user)
    return contacts.of_debtor(request, debtor, known.names, known.lacks_of_any)


def company_contacts(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Whom to call at a company and at the office."""
    return contacts.of_company(request, company, lambda kind: lacks(request.user, company, kind))


def both() -> None:
    """Put the panels on the pages of a client and of a company."""
    for page, start, ill in ((panels.PAGE, 5, 25), (company_panels.PAGE, 16, 52)):
        for panel in (
            Panel(
                name="cost",
                title=gettext_lazy("Wage cost"),
                template="dashboards/sums/cost.html",
                capability=Capability.VIEW_SALARIES,
                context=wage_cost,
                resources=COST_KINDS,
                order=start,
                term="wage_cost",
            ),
            Panel(
                name="absence",
                title=gettext_lazy("Absence"),
                template="dashboards/sums/absence.html",
                capability=Capability.VIEW_SICKNESS,
                context=absence,
                resources=ABSENCE_KINDS,
                order=ill,
            ),
            Panel(
                name="departments",
                title=gettext_lazy("Departments"),
                template="dashboards/sums/split.html",
                capability=Capability.VIEW,
                context=departments,
                resources=DEPARTMENT_KINDS,
                order=54,
            ),
            Panel(
                name="centers",
                title=gettext_lazy("Cost centres"),
                template="dashboards/sums/split.html",
                capability=Capability.VIEW,
                context=centers,
                resources=CENTER_KINDS,
                order=56,
                term="cost_centre",
            ),
        ):
            register(page, panel)
    register(panels.PAGE, _contacts(debtor_contacts, contacts.KINDS))
    register(company_panels.PAGE, _contacts(company_contacts, contacts.OF_COMPANY))
    register(
        company_panels.PAGE,
        Panel(
            name="people",
            title=gettext_lazy("Head count"),
            template="dashboards/panels/chart.html",
            capability=Capability.VIEW,
            context=head_count,
            resources=PEOPLE_KINDS,
            order=24,
            term="head_count",
        ),
    )
    register(
        company_panels.PAGE,
        Panel(
            name="ending",
            title=gettext_lazy("Contracts ending within 60 days"),
            template="dashboards/panels/ending.html",
            capability=Capability.VIEW_PERSONAL,
            context=ending,
            resources=("employees", "contracts"),
            order=35,
        ),
    )


def _contacts(context: Callable[[HttpRequest, Any], dict[str, Any]], models: Iterable[type[Any]]) -> Panel:
    return Panel(
        name="contacts",
        title=gettext_lazy("Contacts"),
        template="dashboards/panels/contacts.html",
        capability=Capability.VIEW,
        context=context,
        resources=contacts.resources_of(models),
        order=58,
        wide=True,
    )
