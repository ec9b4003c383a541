"""The periods of a client's companies as its own people read them: the current one and some before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from portal import clock
from portal.companies.models import Company
from portal.companies.periods import text
from portal.deadlines.due import Dated, near
from portal.deadlines.few import left_out
from portal.deadlines.models import Deadline, PeriodState, Progress
from portal.deadlines.panels import waiting_first
from portal.periods import PeriodType
from portal.selfservice import plain
from portal.selfservice.plain import Standing
from portal.ui.values import Status

if TYPE_CHECKING:
    from portal.companies.freshness import Person

#: The current period and so many before it.
BACK = 3
#: So many dates that are still open are told.
DATES = 6


@dataclass(frozen=True)
class Told:
    """One period: its name, how far it is, and where its page is. `*_unsure`: the day carries the mark "check"."""

    title: str
    sentence: str
    status: Status
    url: str
    pay_due: date | None
    return_due: date | None
    return_sent: bool
    pay_unsure: bool = False
    return_unsure: bool = False


@dataclass(frozen=True)
class OfCompany:
    """A company with its current period and those before it; `current` None: not known yet.

    `gone`: Nmbrs does not say any more which period is current; `current` is the last one that was.
    """

    company: Company
    url: str
    current: Told | None
    before: Sequence[Told]
    gone: bool = False


def of_companies(user: "Person", companies: Sequence[Company]) -> list[OfCompany]:
    """Every company. One query, however many there are."""
    rows = PeriodState.objects.visible_to(user).filter(
        company__in=[company.pk for company in companies], back__gte=0, back__lte=BACK
    )
    found: dict[int, list[PeriodState]] = {}
    for row in rows.order_by("back"):
        found.setdefault(row.company_id, []).append(row)
    return [_of_company(company, found.get(company.pk, [])) for company in companies]


def told(company: int, state: PeriodState) -> Told:
    """One period in words."""
    kind = PeriodType(state.period_type)
    standing = Standing(Progress(state.run) if state.run is not None else None, state.run_at, state.lapse)
    return Told(
        title=plain.title(kind, state.period),
        sentence=plain.sentence(standing, plain.name(kind, state.period), back=state.back),
        status=plain.status(standing, back=state.back),
        url=f"{reverse('selfservice:period', args=[company])}?period={text(state.period)}",
        pay_due=state.pay_due,
        return_due=state.return_due,
        return_sent=state.return_progress == Progress.DONE,
        pay_unsure=state.pay_unsure,
        return_unsure=state.return_unsure,
    )


def _of_company(company: Company, states: Sequence[PeriodState]) -> OfCompany:
    periods = [told(company.pk, state) for state in states]
    current = periods[0] if states and states[0].back == 0 else None
    return OfCompany(
        company,
        reverse("selfservice:period", args=[company.pk]),
        current,
        periods[1:] if current else periods,
        gone=is_gone(company),
    )


def is_gone(company: Company) -> bool:
    """Whether Nmbrs gave a current period of the company before and does not any more. Read it with `current`."""
    current = getattr(company, "current", None)
    return current is not None and current.missing_since is not None


def dates(user: "Person", **of: Any) -> list[dict[str, Any]] | None:
    """What is still to be done, the nearest first, also what nobody knows to be done or not; None: there are no dates.

    `of` narrows the deadlines: by their company, or its client.
    """
    today = clock.today()
    seen = Deadline.objects.visible_to(user).filter(company__missing_since__isnull=True, **of)
    rows: list[Any] = list(waiting_first(seen, today).select_related("company")[:DATES])
    if not rows:
        return None
    return [
        {
            "what": plain.due_words(row),
            "period": plain.name(PeriodType(row.period_type), row.period),
            "company": row.company,
            "due": row.due,
            "unsure": row.unsure,
            "late": near(row.due, row.act_by) if row.due < today else None,
            "missing": None if row.open else Dated.of(row).status,
            "more": left_out(row),
        }
        for row in rows
        if row.waits
    ]
