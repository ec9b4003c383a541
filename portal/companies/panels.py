"""The panels of a company's page that this room knows. Higher rooms register theirs beside them."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Capability
from portal.companies import status
from portal.companies.freshness import ever_fetched
from portal.companies.models import Company, Run, WageTaxReturn
from portal.companies.periods import chosen
from portal.companies.standing import run_period
from portal.ui import panels
from portal.ui.panels import Panel

#: The page of these panels.
PAGE = "company"


def runs(request: HttpRequest, company: Company) -> dict[str, Any]:
    """The payroll runs that cover the period, and how far it is."""
    choice = chosen(request, company)
    if choice is None or not ever_fetched(request.user, company, "runs"):
        return {"empty": "never_synced"}
    own = Run.objects.visible_to(request.user).filter(company=company)
    found = list(status.covering(own, choice.period.year, choice.period.number))
    return {
        "period": choice.label,
        "status": status.of_period(
            choice.period, choice.current, made=bool(found), locked=any(run.locked for run in found)
        ),
        "runs": [{"run": run, "period": run_period(run), "status": status.of_run(run)} for run in found],
    }


def returns(request: HttpRequest, company: Company) -> dict[str, Any]:
    """The wage-tax returns over days of the period. Return period and pay period need not be the same."""
    choice = chosen(request, company)
    if choice is None or not ever_fetched(request.user, company, "wage_tax_returns"):
        return {"empty": "never_synced"}
    year = choice.period.year
    near = WageTaxReturn.objects.visible_to(request.user).filter(company=company, year__range=(year - 1, year + 1))
    found = status.touching(near, company, choice.days.first, choice.days.last)
    return {
        "period": choice.label,
        "returns": [
            {
                "declaration": declaration,
                "days": status.days_of(declaration, company),
                "status": status.of_return(declaration),
            }
            for declaration in found
        ],
    }


def particulars(request: HttpRequest, company: Company) -> dict[str, Any]:
    """What Nmbrs has on file about the company itself."""
    return {"company": company}


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
    ):
        panels.register(PAGE, panel)
