"""The panels of both pages that share one query: wage cost, head count, absence, splits; and contacts."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import clock
from portal.accounts.prepared import PreparedRows
from portal.accounts.roles import Capability
from portal.companies import panels as company_panels
from portal.companies.freshness import PEOPLE_KINDS, WAGE_KINDS, lacks
from portal.companies.in_period import lacks_period
from portal.companies.models import Company
from portal.companies.periods import Chosen, chosen
from portal.connections.wording import by_side
from portal.dashboards import contacts, months, panels
from portal.dashboards.debtor import contracts_of
from portal.dashboards.sums import cost, splits
from portal.dashboards.sums.absence import ABSENCE_KINDS, SMALL_GROUP, absence_of, why_not
from portal.dashboards.sums.cost import COST_KINDS
from portal.dashboards.sums.numbers import Sums
from portal.dashboards.sums.reading import May, read
from portal.dashboards.sums.windows import of_months, of_periods
from portal.debtors.models import Debtor
from portal.ui import formats
from portal.ui.charts import Chart, Figure, Series
from portal.ui.empty import lacking, not_asked
from portal.ui.panels import Panel, register
from portal.ui.permissions import holds_over
from portal.ui.pieces import piece_of
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.companies.freshness import Person
    from portal.employees.models import Contract

DEPARTMENT_KINDS = (*PEOPLE_KINDS, "departments")
CENTER_KINDS = (*PEOPLE_KINDS, "employee_cost_centers")


@dataclass(frozen=True)
class Page:
    """What one of the two pages is about: its row, the numbers, and what ever came in."""

    row: Debtor | Company
    sums: Sums
    sees_wages: bool
    never: Callable[[Sequence[str]], Missing | None]
    #: The companies that have all of some kinds, and how many have not.
    having: Callable[[Sequence[str]], Container[int]]
    lacking: Callable[[Sequence[str]], int]

    @property
    def when(self) -> str:
        """The shown month or period, as people read it."""
        return self.sums.windows.shown.label

    def note(self, kinds: Sequence[str], others: int = 0) -> str:
        """How many companies are left out of what is made of these kinds, with `others`; empty where none is."""
        count = self.lacking(kinds) + others
        text = ngettext("%(count)s company is not counted here.", "%(count)s companies are not counted here.", count)
        return text % {"count": count} if count else ""


def page_of(request: HttpRequest, row: Debtor | Company) -> Page | None:
    """The numbers of the page, read once for it; None while the company's current period is not known."""
    if "_sums" not in row.__dict__:
        row.__dict__["_sums"] = _page(request, row)
    found: Page | None = row.__dict__["_sums"]
    return found


def _lacks_page(request: HttpRequest, row: Debtor | Company) -> Missing:
    """Why there are no numbers: only the page of a company without a period has none."""
    return lacks_period(request, row) if isinstance(row, Company) else Missing.NEVER_FETCHED


def _lacks(request: HttpRequest, row: Debtor | Company, page: Page | None, kinds: Sequence[str]) -> Missing | None:
    """Why nothing can be said that is made of these kinds."""
    return _lacks_page(request, row) if page is None else page.never(kinds)


def _page(request: HttpRequest, row: Debtor | Company) -> Page | None:
    user = request.user
    may = May(
        wages=holds_over(request, row, Capability.VIEW_SALARIES),
        absence=holds_over(request, row, Capability.VIEW_SICKNESS),
    )
    if isinstance(row, Debtor):
        windows = of_months(months.asked_month(request), _("Month"))
        known = panels.known_of(row, user)
        sums = read(user, row, windows, may)
        return Page(row, sums, may.wages, known.lacks, known.having, known.lacking)
    choice: Chosen | None = chosen(request, row)
    if choice is None:
        return None
    sums = read(user, row, of_periods(choice, _("Period")), may)
    return Page(row, sums, may.wages, lambda kinds: lacks(user, row, *kinds), lambda kinds: {row.pk}, lambda kinds: 0)


# --- wage cost and head count ----------------------------------------------------------------------------------------


def wage_cost(request: HttpRequest, row: Debtor | Company) -> dict[str, Any]:
    """What the runs came to for the employer, a year earlier in grey behind it; where that is not known, the contract
    wage under its own name.
    """
    page = page_of(request, row)
    if page is None:
        return lacking(_lacks_page(request, row))
    found = cost.costs(page.sums)
    reason = page.never(COST_KINDS)
    no_contract = page.never(WAGE_KINDS) is not None
    own: list[Figure] = [None if reason else one.cost for one in found]
    instead: list[Figure] = [None if no_contract else (one.contract if reason else one.instead) for one in found]
    before: list[Figure] = [None if reason else value for value in cost.costs_before(page.sums)]
    series = [Series(_("Wage cost"), own)]
    if any(value is not None for value in before):
        series.insert(0, Series(_("A year earlier"), before, muted=True))
    if any(value is not None for value in instead):
        series.append(Series(_instead_title(row), instead))
    return {
        "chart": _chart(page, "cost", _cost_title(), series, money=True),
        "notes": _cost_notes(page, found[-1], reason),
    }


def _instead_title(row: Debtor | Company) -> str:
    if isinstance(row, Debtor):
        return _("Contract wage a month (cost not known)")
    return _("Contract wage a period (cost not known)")


def _cost_title() -> str:
    return str(by_side(_("Euros, by the journals of the payroll runs"), _("Euros, as the payroll came to")))


def _cost_notes(page: Page, shown: cost.Cost, reason: Missing | None) -> list[str]:
    """What must be known about the figures: how an office checks them, and in plain words for people of a client."""
    if reason is Missing.NOT_PERMITTED:
        office = _("Nmbrs does not give the journals of the payroll runs, so wage cost is not known.")
        return [by_side(office, _("Wage cost is not known here. Ask your accountant about it."))]
    if reason is not None:
        office = _("The journals of the payroll runs were not fetched from Nmbrs yet, so wage cost is not known.")
        return [by_side(office, _("Wage cost is not known here yet."))]
    notes: list[str] = [
        by_side(
            _("Wage cost is what the journals book on accounts that begin with 4 (or WPer), debit less credit."),
            _("Wage cost is what the payroll came to for the employer: wages, and what is paid on top of them."),
        )
    ]
    if isinstance(page.row, Debtor):
        notes.append(_("A period counts in the month that its last day lies in."))
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


def head_count(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Head count of thirteen periods of a company."""
    page = page_of(request, company)
    reason = _lacks(request, company, page, PEOPLE_KINDS)
    if page is None or reason:
        return lacking(reason)
    kept = [page.sums.kept.get((company.pk, place)) for place in range(months.TREND)]
    series = [Series(_("Head count"), [one.head_count if one else None for one in kept])]
    return {"chart": _chart(page, "people", _("People in service on the last day of each period"), series)}


def _chart(page: Page, key: str, title: str, series: Sequence[Series], *, money: bool = False) -> Chart:
    windows = page.sums.windows
    return Chart(
        key=key,
        title=title,
        labels=[window.label for window in windows.all],
        series=series,
        unit="money" if money else "number",
        places=2 if money else 0,
        label_heading=windows.heading,
    )


# --- absence ---------------------------------------------------------------------------------------------------------


def absence(request: HttpRequest, row: Debtor | Company) -> dict[str, Any]:
    """How many people were absent on the last day of thirteen windows. No names, no causes, no small groups."""
    page = page_of(request, row)
    if page is None:
        return {"reason": _lacks_page(request, row)}
    reason = why_not(page.sums, page.never(ABSENCE_KINDS))
    if reason:
        return {"reason": reason}
    found = absence_of(page.sums, page.having(ABSENCE_KINDS))
    people, shown = found.people[-1], found.absent[-1]
    return {
        "chart": _chart(
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
    reason = _lacks(request, row, page, DEPARTMENT_KINDS)
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
    reason = _lacks(request, row, page, CENTER_KINDS)
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
        "cost_unknown": by_side(
            _("Wage cost is not known: a run or its journal is lacking."),
            _("Wage cost is not known yet: a payroll was not worked out or booked."),
        ),
    }


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
