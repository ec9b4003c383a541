"""The panels of the debtor's dashboard. Higher rooms register theirs beside them."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.prepared import PreparedRows
from portal.accounts.roles import Capability
from portal.companies.freshness import PEOPLE_KINDS, WAGE_KINDS
from portal.companies.models import Company
from portal.companies.standing import Standing, standings, told
from portal.dashboards import months
from portal.dashboards.changes.panel import new_of_client
from portal.dashboards.changes.unseen import CAPABILITY
from portal.dashboards.debtor import (
    ENDING_WITHIN,
    Known,
    Month,
    by_month,
    contracts_ending,
    known,
)
from portal.dashboards.debtor import movements as of_month
from portal.debtors.models import Debtor
from portal.employees.models import Contract
from portal.employees.panels import moves_of
from portal.periods import Period
from portal.ui import formats, moment, panels
from portal.ui.charts import Chart, Series
from portal.ui.empty import lacking
from portal.ui.panels import Panel
from portal.ui.permissions import holds_over
from portal.ui.pieces import piece_of
from portal.ui.values import Missing

if TYPE_CHECKING:
    from portal.companies.freshness import Person

#: The page of these panels.
PAGE = "debtor"


def wage_chart(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """Contract wage of thirteen months, the same months a year earlier in grey behind."""
    month = months.asked_month(request)
    now, before = trends(debtor, request.user, month)
    wages = [figures.wage if figures else None for figures in now]
    earlier = [figures.wage if figures else None for figures in before]
    series = [Series(_("Contract wage"), wages)]
    if any(value is not None for value in earlier):
        series.insert(0, Series(_("A year earlier"), earlier, muted=True))
    chart = Chart(
        key="wage",
        title=_("Euros a month, on the last day of each month"),
        labels=[months.label(each) for each in months.trend(month)],
        series=series,
        unit="money",
        places=2,
        label_heading=_("Month"),
    )
    return {"chart": chart, **lacking(known_of(debtor, request.user).lacks(WAGE_KINDS))}


def head_count_chart(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """Head count of thirteen months, the same months a year earlier in grey behind."""
    month = months.asked_month(request)
    now, before = trends(debtor, request.user, month)
    series = [Series(_("Head count"), [figures.head_count if figures else None for figures in now])]
    earlier = [figures.head_count if figures else None for figures in before]
    if any(value is not None for value in earlier):
        series.insert(0, Series(_("A year earlier"), earlier, muted=True))
    chart = Chart(
        key="people",
        title=_("People in service on the last day of each month"),
        labels=[months.label(each) for each in months.trend(month)],
        series=series,
        label_heading=_("Month"),
    )
    return {"chart": chart, **lacking(known_of(debtor, request.user).lacks(PEOPLE_KINDS))}


def companies(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """Every company with its current period, its last run and its last wage-tax return."""
    found = standings_of(request, debtor)
    moment.know(request, *(one.company for one in found))
    return {
        "standings": piece_of(request, "standings", found),
        "sees_wages": holds_over(request, debtor, Capability.VIEW_SALARIES),
        "empty": "nothing",
        **lacking(known_of(debtor, request.user).lacks_companies),
    }


def standings_of(request: HttpRequest, debtor: Debtor) -> list[Standing]:
    """How each company of the client stands and who sees to it, read once for the page."""
    if "_standings" not in debtor.__dict__:
        lacks = known_of(debtor, request.user).by_company
        debtor.__dict__["_standings"] = standings(_companies_of(request.user, debtor.pk), request.user, lacks)
    found: list[Standing] = debtor.__dict__["_standings"]
    return found


@PreparedRows
def _companies_of(user: "Person", debtor: int) -> "QuerySet[Company]":
    """With what is told of each, and who sees to it."""
    rows = Company.objects.visible_to(user).filter(debtor=debtor)
    return told(rows, user).select_related("current", "arrangement__responsible")


def movements(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """Who joined and who left in the month, by name; `read`: the kind, for the trail, where there are any."""
    month = months.asked_month(request)
    came, went = of_month(debtor, request.user, month)
    reason = known_of(debtor, request.user).lacks(PEOPLE_KINDS)
    return {
        "when": months.name(month),
        "by_company": True,
        "moves": moves_of(request, came, went),
        "read": ["employments"] if (came or went) and not reason else [],
        **lacking(reason),
    }


def ending(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """Contracts that end within sixty days from today, whatever month the page shows: what is to be done about them is
    to be done now. The panel says the day."""
    today = clock.today()
    rows = contracts_ending(request.user, debtor.pk, day=today)
    reason = known_of(debtor, request.user).lacks(("employees", "contracts"))
    return {**ending_rows(request, rows, today, reason), "by_company": True}


def ending_rows(
    request: HttpRequest, rows: "Iterable[Contract]", today: date, reason: Missing | None
) -> dict[str, Any]:
    """The contracts with how many days each still has, or why none are known; `read`: the kind, for the trail, where
    there are any.
    """
    found = [
        {"contract": contract, "days": (contract.end_date - today).days}
        for contract in rows
        if contract.end_date is not None
    ]
    return {
        "contracts": piece_of(request, "ending", found),
        "read": ["contracts"] if found else [],
        "within": ENDING_WITHIN.days,
        "head_note": "" if reason else gettext("Counted from today, %(day)s.") % {"day": formats.day(today)},
        "empty": "nothing",
        **lacking(reason),
    }


def trends(debtor: Debtor, user: "Person", month: Period) -> tuple[list[Month | None], list[Month | None]]:
    """The figures of the thirteen months up to `month` and of those a year earlier.

    None: no snapshot of that month of one of the companies, or nothing that it is made of ever came in.
    """
    found, companies = _kept(debtor, user, month), len(known_of(debtor, user).having(PEOPLE_KINDS))
    whole = {each: figures for each, figures in found.items() if figures.companies >= companies}
    now, before = months.trend(month), months.trend(month, years_back=1)
    return [whole.get(each) for each in now], [whole.get(each) for each in before]


def behind(debtor: Debtor, user: "Person", month: Period) -> int:
    """Of how many companies no figures of the month are kept, where there are some of others; see
    portal.dashboards.clients."""
    kept = _kept(debtor, user, month).get(month)
    return len(known_of(debtor, user).having(PEOPLE_KINDS)) - kept.companies if kept and kept.companies else 0


def _kept(debtor: Debtor, user: "Person", month: Period) -> dict[Period, Month]:
    """What is kept of the months around `month`, of whichever companies; read once for the page."""
    found: dict[Period, dict[Period, Month]] = debtor.__dict__.setdefault("_months", {})
    if month not in found:
        wanted = [*months.trend(month, years_back=1), *months.trend(month)]
        unknown = known_of(debtor, user).never(PEOPLE_KINDS)
        found[month] = {} if unknown else by_month(debtor, user, wanted)
    return found[month]


def known_of(debtor: Debtor, user: "Person") -> Known:
    """What came in for the debtor, asked once for the page."""
    answer = debtor.__dict__.get("_known")
    if not isinstance(answer, Known):
        answer = debtor.__dict__["_known"] = known(debtor, user)
    return answer


def register() -> None:
    """Put the panels on the debtor's page."""
    for panel in (
        Panel(
            name="wage",
            title=_("Contract wage"),
            template="dashboards/panels/chart.html",
            capability=Capability.VIEW_SALARIES,
            context=wage_chart,
            resources=WAGE_KINDS,
            order=10,
            term="contract_wage",
        ),
        Panel(
            name="people",
            title=_("Head count"),
            template="dashboards/panels/chart.html",
            capability=Capability.VIEW,
            context=head_count_chart,
            resources=PEOPLE_KINDS,
            order=20,
            term="head_count",
        ),
        Panel(
            name="companies",
            title=_("Companies"),
            template="dashboards/panels/companies.html",
            capability=Capability.VIEW,
            context=companies,
            resources=("companies", "current_period", "runs", "wage_tax_returns"),
            order=30,
            wide=True,
        ),
        Panel(
            name="movements",
            title=_("Joiners and leavers"),
            template="employees/panels/movements.html",
            capability=Capability.VIEW,
            context=movements,
            resources=PEOPLE_KINDS,
            order=40,
        ),
        Panel(
            name="ending",
            title=_("Contracts ending within 60 days"),
            template="dashboards/panels/ending.html",
            capability=Capability.VIEW_PERSONAL,
            context=ending,
            resources=("employees", "contracts"),
            order=50,
        ),
        Panel(
            name="changes",
            title=_("Changes since you last looked"),
            template="dashboards/panels/changes.html",
            capability=CAPABILITY,
            context=new_of_client,
            order=60,
            wide=True,
            internal=True,
        ),
    ):
        panels.register(PAGE, panel)
