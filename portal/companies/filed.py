"""Panels of a company's page: the pension returns of the period, and what of the work-related costs is free of levy."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.companies import status
from portal.companies.in_period import known, no_period
from portal.companies.models import Company, PensionExport, WorkCost
from portal.companies.periods import chosen
from portal.periods import count
from portal.ui.values import Level, Missing, Status

#: Shares of the free space, in per cent, from which it is said: the portal's own marks, no law (payroll-rules.md).
NEARLY, FULL = 80, 100


def pensions(request: HttpRequest, company: Company) -> dict[str, Any]:
    """The pension returns of the period: sent, or made and not sent."""
    choice = chosen(request, company)
    if choice is None:
        return no_period(request, company)
    found = known(request, company, choice, PensionExport)
    rows = [{"export": one, "status": status.of_export(one)} for one in found.rows]
    return {"period": choice.label, "exports": rows, **found.empty}


@dataclass(frozen=True)
class Line:
    """A figure of the scheme in the period, and in the year up to and with it."""

    label: str
    period: Decimal | Missing
    year: Decimal


def work_costs(request: HttpRequest, company: Company) -> dict[str, Any]:
    """The costs against the free space, in the period and in the year so far. Free space and levy are Nmbrs' own."""
    choice = chosen(request, company)
    if choice is None:
        return no_period(request, company)
    found = known(request, company, choice, WorkCost)
    rows: Sequence[WorkCost] = found.rows
    if not rows:
        return {"period": choice.label, "lines": [], **found.empty}
    now = next((row for row in rows if row.number == choice.period.number), None)
    named = {
        "payroll": _("Costs in the payroll"),
        "financial": _("Costs in the accounts"),
        "base": _("Costs together"),
        "available_space": _("Free space"),
        "to_pay": _("Levy to pay"),
    }
    lines = [
        Line(label, getattr(now, name) if now else Missing.UNKNOWN, _sum(rows, name)) for name, label in named.items()
    ]
    costs, space = _sum(rows, "base"), _sum(rows, "available_space")
    share = costs * 100 / space if space > 0 else None
    return {
        "period": choice.label,
        "year": str(choice.period.year),
        "lines": lines,
        "share": share,
        "status": _status(share, costs),
        "known": len(rows),
        "due": choice.period.number,
        "lacks": len(rows) < min(choice.period.number, count(choice.kind, choice.period.year)),
    }


def _sum(rows: Sequence[WorkCost], name: str) -> Decimal:
    return sum((getattr(row, name) for row in rows), Decimal(0))


def _status(share: Decimal | None, costs: Decimal) -> Status:
    if share is None:
        return Status(Level.LATE, _("costs without free space")) if costs > 0 else Status(Level.NEUTRAL, _("no costs"))
    if share > FULL:
        return Status(Level.LATE, _("above the free space"))
    return Status(Level.SOON, _("nearly full")) if share >= NEARLY else Status(Level.FINE, _("within the free space"))
