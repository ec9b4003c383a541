"""The panels of deadlines: on a company's page, and on a client's for people of the office."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.prepared import PreparedRows
from portal.accounts.roles import Capability
from portal.companies import freshness, words
from portal.companies.freshness import ever_fetched, refused
from portal.companies.models import Company
from portal.connections.wording import by_side
from portal.deadlines.due import Dated, act_words
from portal.deadlines.few import few_late, left_out
from portal.deadlines.models import Deadline, Kind
from portal.deadlines.refusals import with_refusals
from portal.debtors.models import Debtor
from portal.periods import PeriodType
from portal.ui import panels
from portal.ui.empty import lacking
from portal.ui.freshness import State
from portal.ui.panels import Panel
from portal.ui.permissions import of_office
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User

#: So many deadlines that are still open are told.
SHOWN = 6
#: The same of all companies of a client.
SHOWN_OF_CLIENT = 10
#: What the panels are made of.
RESOURCES = ("current_period", "runs", "wage_tax_returns", "pension_exports")
_SOON = by_side(
    _("They follow from the periods in Nmbrs, a few minutes after those came in."),
    _("They are usually here within an hour."),
)


def upcoming(request: HttpRequest, company: Company) -> dict[str, Any]:
    """What is open of a company, the nearest first, also what nobody knows to be done or not; and who sees to it."""
    found: list[Any] = _of_company(request.user, company.pk, day=clock.today())
    rows = [row for row in found if row.waits]
    return {
        "rows": [told(row) for row in rows],
        "arrangement": getattr(rows[0].company, "arrangement", None) if rows else None,
        "internal": of_office(request, company),
        "address": reverse("deadlines:company", args=[company.pk]),
        **({} if found else never_of_company(request.user, company)),
    }


@PreparedRows
def _of_company(user: "User | AnonymousUser", company: int, *, day: date) -> "QuerySet[Deadline]":
    rows = waiting_first(Deadline.objects.visible_to(user).filter(company=company), day)
    return rows.select_related("company__arrangement__responsible")[:SHOWN]


def of_debtor(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """What is late and what comes of all companies of a client, by day; also what nobody knows to be done or not."""
    found: list[Any] = _of_client(request.user, debtor.pk, day=clock.today())
    rows = [row for row in found if row.waits]
    return {
        "rows": [told(row) for row in rows],
        "several": len({row.company_id for row in rows}) > 1,
        "calendar": f"{reverse('deadlines:calendar')}?client={debtor.pk}",
        **({} if found else never_of_debtor(request, debtor)),
    }


@PreparedRows
def _of_client(user: "User | AnonymousUser", debtor: int, *, day: date) -> "QuerySet[Deadline]":
    seen = Deadline.objects.visible_to(user).filter(company__debtor=debtor, company__missing_since__isnull=True)
    return waiting_first(seen, day).select_related("company")[:SHOWN_OF_CLIENT]


def waiting_first(deadlines: "QuerySet[Deadline]", day: date) -> "QuerySet[Deadline]":
    """Those that wait (`waits`) come first, by day: what is open, and of what is due from `day` on what nobody knows.
    Of each company only the first late ones.

    One that does not wait tells that there are dates at all, without another query.
    """
    waiting = Q(open=True) | Q(progress__isnull=True, due__gte=day)
    rows: QuerySet[Any] = few_late(with_refusals(deadlines).annotate(waits=Q(waiting)), day)
    return rows.order_by("-waits", "due", "company__name", "pk")


def never_of_company(user: "User | AnonymousUser", company: Company) -> dict[str, Any]:
    """What is said in place of dates where none was ever worked out: mostly the current period did not come in."""
    if ever_fetched(user, company, "current_period"):
        return _not_yet()
    return lacking(Missing.NOT_PERMITTED if refused(user, company, "current_period") else Missing.NEVER_FETCHED)


def never_of_debtor(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    """The same where there are no dates of any company of a client."""
    summary = freshness.of_debtor(request, debtor, ("current_period",))
    if summary.ever:
        return _not_yet()
    return lacking(Missing.NOT_PERMITTED if summary.state is State.NOT_PERMITTED else Missing.NEVER_FETCHED)


def _not_yet() -> dict[str, Any]:
    return {"empty": "never_synced", "empty_title": gettext("The dates are not worked out yet"), "empty_text": _SOON}


def told(row: Deadline) -> dict[str, Any]:
    """One deadline as short lists (portal.deadlines.few) tell it: what, how late or near, and its day where that does
    not say it."""
    state = Dated.of(row).status
    return {
        "row": row,
        "unsure": row.unsure,
        # What is neither late nor for today has its day in the status.
        "day": row.due if isinstance(state, Missing) or row.act_by <= clock.today() else None,
        "act_by": act_words(row.due, row.act_by) if row.open else "",
        "what": f"{Kind(row.kind).label} {words.period(PeriodType(row.period_type), row.period)}",
        "status": None if isinstance(state, Missing) else state,
        "missing": state if isinstance(state, Missing) else None,
        "more": left_out(row),
    }


def register() -> None:
    """Beside those of the rooms `companies` and `dashboards`."""
    panels.register(
        "company",
        Panel(
            "deadlines",
            _("Deadlines"),
            "deadlines/panel.html",
            Capability.VIEW,
            upcoming,
            RESOURCES,
            order=15,
        ),
    )
    panels.register(
        "debtor",
        Panel(
            "deadlines",
            _("What needs attention"),
            "deadlines/debtor_panel.html",
            Capability.VIEW,
            of_debtor,
            RESOURCES,
            order=15,
            internal=True,
        ),
    )
