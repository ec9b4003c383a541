"""How good the data is that the dates of companies follow from: which companies are up to date, and of which what came
from Nmbrs cannot be relied on.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from portal import clock
from portal.mirror.models import Freshness
from portal.mirror.models import State as Stored
from portal.mirror.resource import registry
from portal.ui.freshness import STALE_AFTER, FreshnessLine, State, summarise
from portal.ui.values import Status

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from portal.accounts.models import User

#: What deadlines and their progress are made of.
KINDS = ("companies", "current_period", "runs", "wage_tax_returns", "pension_exports")
#: Those of one company; the list of companies is the client's.
OF_COMPANY = tuple(kind for kind in KINDS if kind != "companies")
#: What somebody has to see to before it becomes right: the last tries failed, or wait for a decision or a permission.
TROUBLE = (State.NOT_PERMITTED, State.HELD, State.FAILING)
_STORED = [Stored.NOT_PERMITTED, Stored.HELD, Stored.FAILING]


def up_to_date(user: "User | AnonymousUser") -> "QuerySet[Any, Any]":
    """The keys of the companies of which every kind came in when it should."""
    fresh = Freshness.objects.visible_to(user).filter(
        company__isnull=False,
        resource__in=OF_COMPANY,
        state=Stored.FRESH,
        last_success__gte=clock.now() - STALE_AFTER,
    )
    counted = fresh.order_by().values("company").annotate(kinds=Count("pk"))
    return counted.filter(kinds=len(OF_COMPANY)).values("company")


def in_trouble(user: "User | AnonymousUser") -> "QuerySet[Any, Any]":
    """The keys of the companies of which a kind is in trouble."""
    rows = Freshness.objects.visible_to(user).filter(company__isnull=False, resource__in=OF_COMPANY, state__in=_STORED)
    return rows.order_by().values("company")


def told(rows: Iterable[Freshness]) -> list[Status]:
    """The trouble of a company in words, the worst first: the state, and the kinds that are in it."""
    rows = list(rows)
    if not any(row.state in _STORED for row in rows):
        # Of most companies: naming the kinds would cost a tenth of the board.
        return []
    lines = summarise(rows, OF_COMPANY, _label).lines
    found = {state: [line for line in lines if line.state is state] for state in TROUBLE}
    return [_said(state, kinds) for state, kinds in found.items() if kinds]


def _said(state: State, lines: list[FreshnessLine]) -> Status:
    kinds = ", ".join(str(line.label) for line in lines)
    return Status(state.status.level, f"{state.status.label}: {kinds}", state.status.icon)


def _label(name: str) -> Any:
    return registry[name].label
