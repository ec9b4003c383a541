"""Where one period of a company stands, for the client's people."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.roles import Capability
from portal.companies.freshness import ever_fetched
from portal.companies.models import Company, Run
from portal.companies.periods import Chosen, chosen, text
from portal.companies.status import covering
from portal.deadlines.models import PeriodState
from portal.periods import preceding
from portal.selfservice import periods, plain
from portal.ui.permissions import holds_over

#: What it is made of.
STANDING_KINDS = ("current_period", "runs", "wage_tax_returns")


def standing(request: HttpRequest, company: Company) -> dict[str, Any]:
    """How far the period in the address is; `told` None: not known, and `choice` None: not even which period it is.

    `gone`: it was known which period is current, and is not any more.
    """
    choice = chosen(request, company)
    if choice is None:
        return {"choice": None, "told": None, "compare": "", "gone": periods.is_gone(company)}
    runs = runs_of(request, company, choice)
    told = told_of(request, company, choice, runs)
    return {"choice": choice, "told": told, "compare": compare(request, company, choice) if runs else ""}


def runs_of(request: HttpRequest, company: Company, choice: Chosen) -> list[Run]:
    """The runs of the period."""
    own = Run.objects.visible_to(request.user).filter(company=company)
    return list(covering(own, choice.period.year, choice.period.number))


def told_of(request: HttpRequest, company: Company, choice: Chosen, runs: list[Run]) -> periods.Told | None:
    """How far the period is; None while runs were never read."""
    states = PeriodState.objects.visible_to(request.user).filter(company=company)
    state = states.filter(year=choice.period.year, number=choice.period.number).first()
    if state is not None:
        return periods.told(company.pk, state)
    if not ever_fetched(request.user, company, "runs"):
        return None
    found = plain.standing_of(runs)
    back = (choice.period < choice.current) - (choice.period > choice.current)
    named = plain.name(choice.kind, choice.period)
    return periods.Told(
        title=plain.title(choice.kind, choice.period),
        sentence=plain.sentence(found, named, back=back),
        status=plain.status(found, back=back),
        url="",
        pay_due=None,
        return_due=None,
        return_sent=False,
    )


def compare(request: HttpRequest, company: Company, choice: Chosen) -> str:
    """The way to this period beside the one before it, for who may see wages."""
    if not holds_over(request, company, Capability.VIEW_SALARIES):
        return ""
    address = reverse("dashboards:variance", args=[company.pk])
    return f"{address}?period={text(choice.period)}&against={text(preceding(choice.kind, choice.period))}"
