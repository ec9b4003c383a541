"""The panels of the client's own pages."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Capability
from portal.companies.freshness import PEOPLE_KINDS
from portal.companies.in_period import lacks_period
from portal.companies.models import Company, Run, RunWage
from portal.companies.periods import Chosen, chosen
from portal.companies.results import why_not, with_output
from portal.companies.status import covering
from portal.companies.tiles import Tile
from portal.dashboards import contacts
from portal.dashboards import panels as dashboard_panels
from portal.dashboards.sums import cost
from portal.dashboards.sums.cost import COST_KINDS
from portal.dashboards.sums.page import page_of
from portal.dashboards.sums.panels import company_contacts, debtor_contacts
from portal.dashboards.variance.rows import amount_in_cents
from portal.deadlines.panels import RESOURCES as DEADLINE_KINDS
from portal.deadlines.panels import never_of_company, never_of_debtor
from portal.debtors.models import Debtor
from portal.employees import panels as people_panels
from portal.selfservice import periods, plain
from portal.selfservice.standing import STANDING_KINDS, standing
from portal.ui.panels import Panel, register

#: The pages of these panels.
CLIENT, PERIOD = "selfservice_client", "selfservice_period"

#: Those that stand above the figures of a period.
ABOVE = ("standing", "dates")


def dates(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """What is still to be done for the organisation, the nearest first."""
    rows = periods.dates(request.user, company__debtor=debtor)
    if rows is None:
        return never_of_debtor(request, debtor)
    return {"dates": rows, "several": len({row["company"].pk for row in rows}) > 1}


def dates_of_company(request: HttpRequest, company: Company) -> dict[str, Any]:
    """What is still to be done for the company."""
    rows = periods.dates(request.user, company=company)
    return never_of_company(request.user, company) if rows is None else {"dates": rows, "several": False}


def amounts(request: HttpRequest, company: Company) -> dict[str, Any]:
    """What the runs of the period came to, by wage component; `problem`: why that is not known."""
    choice = chosen(request, company)
    if choice is None:
        return {"reason": lacks_period(request, company)}
    problem = why_not(request.user, company, runs_over(request, company, choice), choice.period)
    if problem:
        return {"problem": problem.said}
    rows = components(request, company, choice)
    return {
        "rows": [{**row, "amount": Decimal(row["total"]) / 100} for row in rows],
        "period": choice.label,
    }


def runs_over(request: HttpRequest, company: Company, choice: Chosen) -> list[Any]:
    """The runs over the period for who may see what they came to."""
    own = Run.objects.visible_to(request.user, Capability.VIEW_SALARIES).filter(company=company)
    return list(with_output(covering(own, choice.period.year, choice.period.number)))


def components(request: HttpRequest, company: Company, choice: Chosen) -> list[Any]:
    """Each wage component with its `total` in cents and its people, as far as the output of runs is here."""
    lines = (
        RunWage.objects.visible_to(request.user, Capability.VIEW_SALARIES)
        .filter(company=company, run__missing_since__isnull=True)
        .in_period(choice.period)
    )
    by_component = lines.order_by("code", "description").values("code", "description")
    people = Count("employee", distinct=True, filter=~Q(amount=0))
    return list(by_component.annotate(total=Sum(amount_in_cents()), people=people))


def cost_tile(request: HttpRequest, company: Company, note: str) -> Tile | None:
    """Wage cost of the shown period with the periods before it; None where it is not known or nothing to see."""
    page = page_of(request, company)
    if page is None or not page.sees_wages or page.never(COST_KINDS):
        return None
    points = [one.cost for one in cost.costs(page.sums)]
    if points[-1] is None:
        return None
    return Tile(_("Wage cost"), points[-1], note, points, unit="money", term="wage_cost", resources=COST_KINDS)


def movements(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Who came and who left in the period, by name."""
    choice = chosen(request, company)
    when = plain.name(choice.kind, choice.period) if choice else ""
    return {**people_panels.movements(request, company), "when": when}


def register_all() -> None:
    """Put the panels on the two pages."""
    for page, due, moves, call, whom in (
        (CLIENT, dates, dashboard_panels.movements, debtor_contacts, contacts.KINDS),
        (PERIOD, dates_of_company, movements, company_contacts, contacts.OF_COMPANY),
    ):
        register(
            page,
            Panel(
                name="dates",
                title=_("Dates that concern you"),
                template="selfservice/panels/dates.html",
                capability=Capability.VIEW,
                context=due,
                resources=DEADLINE_KINDS,
                order=10,
            ),
        )
        register(
            page,
            Panel(
                name="movements",
                title=_("Who came and who left"),
                template="selfservice/panels/movements.html",
                capability=Capability.VIEW,
                context=moves,
                resources=PEOPLE_KINDS,
                order=30,
            ),
        )
        register(
            page,
            Panel(
                name="contacts",
                title=_("Whom to call"),
                template="dashboards/panels/contacts.html",
                capability=Capability.VIEW,
                context=call,
                resources=contacts.resources_of(whom),
                order=60,
                wide=True,
            ),
        )
    register(
        PERIOD,
        Panel(
            name="standing",
            title=_("Where it stands"),
            template="selfservice/panels/standing.html",
            capability=Capability.VIEW,
            context=standing,
            resources=STANDING_KINDS,
            order=5,
        ),
    )
    register(
        PERIOD,
        Panel(
            name="amounts",
            title=_("What the payroll of this period came to"),
            template="selfservice/panels/amounts.html",
            capability=Capability.VIEW_SALARIES,
            context=amounts,
            resources=("current_period", "runs", "run_output"),
            order=20,
        ),
    )
