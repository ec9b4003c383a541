"""The panels of a company's page that this room knows. Higher rooms register theirs beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.prepared import PreparedRows
from portal.accounts.roles import INTERNAL, Capability
from portal.companies import freshness, status, words
from portal.companies.filed import pensions, work_costs
from portal.companies.in_period import known, no_period, was_asked
from portal.companies.models import Company, PeriodSeen, Run, WageTaxReturn
from portal.companies.periods import Chosen, chosen, text
from portal.companies.settings_then import settings_then
from portal.companies.standing import run_period
from portal.periods import Period
from portal.ui import panels, records
from portal.ui.fields import hidden
from portal.ui.panels import Panel
from portal.ui.permissions import capabilities_over, holds_over
from portal.ui.record_overview import overview
from portal.ui.records import When

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.companies.freshness import Person

#: The page of these panels.
PAGE = "company"
#: So many of the current periods one after another are shown.
PERIODS_SHOWN = 6


def runs(request: HttpRequest, company: Company) -> dict[str, Any]:
    """The payroll runs that cover the period, and how far it is."""
    choice = chosen(request, company)
    if choice is None:
        return no_period(request, company)
    found = known(request, company, choice, Run)
    rows = found.rows
    return {
        "period": choice.label,
        "compare": compare(request, company, choice, made=bool(rows)),
        "status": status.of_period(
            choice.period, choice.current, made=bool(rows), locked=any(run.locked for run in rows)
        ),
        "runs": [{"run": run, "period": run_period(run), "status": status.of_run(run)} for run in rows],
        **found.empty,
    }


def compare(request: HttpRequest, company: Company, choice: Chosen, *, made: bool) -> str:
    """The way to what a period with a run came to beside the one before it; empty for who may not see wages."""
    if not made or not holds_over(request, company, Capability.VIEW_SALARIES):
        return ""
    return f"{reverse('dashboards:variance', args=[company.pk])}?period={text(choice.period)}"


def returns(request: HttpRequest, company: Company) -> dict[str, Any]:
    """The wage-tax returns over days of the period. Return period and pay period need not be the same."""
    choice = chosen(request, company)
    if choice is None:
        return no_period(request, company)
    found = known(request, company, choice, WageTaxReturn)
    return {
        "period": choice.label,
        "sees_total": "total" not in hidden(WageTaxReturn.resource, capabilities_over(request, company)),
        "returns": [
            {
                "declaration": declaration,
                "days": status.days_of(declaration, company),
                "status": status.of_return(declaration),
            }
            for declaration in found.rows
        ],
        **found.empty,
    }


def particulars(request: HttpRequest, company: Company) -> dict[str, Any]:
    """What Nmbrs has on file about the company itself."""
    seen: list[Any] = _seen(request.user, company.pk)
    return {"company": company, "moves": moves(seen), "given_no_more": words.GIVEN_NO_MORE}


@PreparedRows
def _seen(user: "Person", company: int) -> "QuerySet[Any]":
    """The newest periods, and the one before them to compare the last one with. When the portal learned of a period is
    how the office works inside.
    """
    return PeriodSeen.objects.visible_to(user, INTERNAL).filter(company=company)[: PERIODS_SHOWN + 1]


@dataclass(frozen=True)
class Move:
    """A current period with the moment we first saw it. `back`: Nmbrs had been further before."""

    period: Period
    seen_at: datetime
    back: bool


def moves(seen: Sequence[PeriodSeen]) -> list[Move]:
    """The periods, newest first; the oldest of what was read has none before it to be compared with."""
    earlier = [*(one.period for one in seen[1:]), None]
    return [
        Move(one.period, one.seen_at, before is not None and one.period < before)
        for one, before in zip(seen[:PERIODS_SHOWN], earlier, strict=False)
    ]


def when(choice: Chosen | None) -> When:
    """What a list of records is asked for: the period and its last day; today while no period is known."""
    return When(choice.last_day, choice.period, choice.days) if choice else When(clock.today())


def kinds_of_record(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Every kind of record of the company: how many in the period, how old, and the way to the list."""
    choice = chosen(request, company)
    query = f"?period={text(choice.period)}" if choice else ""
    listed = overview(
        request,
        company,
        "company",
        when(choice),
        url=lambda kind: reverse("companies:records", args=[company.pk, kind]) + query,
        freshness=lambda kinds: freshness.on_page(request, company, kinds),
        asked=lambda kind: choice is None or was_asked(kind, choice),
    )
    return {"listed": listed}


def register() -> None:
    """Put the panels on the company's page."""
    for panel in (
        Panel(
            name="runs",
            title=_("Payroll runs of this period"),
            template="companies/panels/runs.html",
            capability=Capability.VIEW,
            context=runs,
            resources=("current_period", "runs"),
            order=10,
            term="run",
            wide=True,
        ),
        Panel(
            name="returns",
            title=_("Wage-tax returns over this period"),
            template="companies/panels/returns.html",
            capability=Capability.VIEW,
            context=returns,
            resources=("wage_tax_returns",),
            order=20,
            term="wage_tax_return",
            wide=True,
        ),
        Panel(
            name="pensions",
            title=_("Pension returns of this period"),
            template="companies/panels/pensions.html",
            capability=Capability.VIEW,
            context=pensions,
            resources=("pension_exports",),
            order=30,
            wide=True,
        ),
        Panel(
            name="work_costs",
            title=_("Work-related costs (WKR)"),
            template="companies/panels/work_costs.html",
            capability=Capability.VIEW_SALARIES,
            context=work_costs,
            resources=("work_costs",),
            order=80,
            wide=True,
        ),
        Panel(
            name="settings",
            title=_("Settings as of this period"),
            template="companies/panels/settings.html",
            capability=Capability.VIEW,
            context=settings_then,
            resources=(
                "company_labour_agreements",
                "company_salary_tables",
                "company_salary_scales",
                "company_salary_steps",
                "company_schedules",
                "company_social_security",
            ),
            order=85,
            wide=True,
        ),
        Panel(
            name="particulars",
            title=_("Company details"),
            template="companies/panels/particulars.html",
            capability=Capability.VIEW,
            context=particulars,
            resources=("companies",),
            order=90,
            wide=True,
        ),
        Panel(
            name="records",
            title=_("Records"),
            template="companies/panels/records.html",
            capability=Capability.VIEW,
            context=kinds_of_record,
            resources=lambda: tuple(kind.name for kind in records.kinds_of(PAGE)),
            by_kind=True,
            order=95,
            wide=True,
        ),
    ):
        panels.register(PAGE, panel)
