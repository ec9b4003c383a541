"""The panel of deadlines on a company's page."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Capability
from portal.companies import words
from portal.companies.models import Company
from portal.deadlines.due import Dated
from portal.deadlines.models import Deadline, Kind
from portal.periods import PeriodType
from portal.ui import panels
from portal.ui.panels import Panel
from portal.ui.permissions import of_client
from portal.ui.values import Missing

#: So many deadlines that are still open are told.
SHOWN = 6


def upcoming(request: HttpRequest, company: Company) -> dict[str, Any]:
    """What is open of a company, the nearest first, and who sees to it."""
    rows = list(
        Deadline.objects.visible_to(request.user)
        .filter(company=company, open=True)
        .select_related("company__arrangement__responsible")
        .order_by("due", "pk")[:SHOWN]
    )
    return {
        "rows": [{"row": row, "what": _what(row), "status": _status(row)} for row in rows],
        "arrangement": getattr(rows[0].company, "arrangement", None) if rows else None,
        "internal": not of_client(request),
        "address": reverse("deadlines:company", args=[company.pk]),
    }


def _what(row: Deadline) -> str:
    return f"{Kind(row.kind).label} {words.period(PeriodType(row.period_type), row.period)}"


def _status(row: Deadline) -> Any:
    state = Dated(Kind(row.kind), row.due, row.act_by, row.progress, row.open).status
    return None if isinstance(state, Missing) else state


def register() -> None:
    """Beside those of the room `companies`."""
    panels.register(
        "company",
        Panel(
            "deadlines",
            _("Deadlines"),
            "deadlines/panel.html",
            Capability.VIEW,
            upcoming,
            ("current_period", "runs", "wage_tax_returns", "pension_exports"),
            order=15,
        ),
    )
