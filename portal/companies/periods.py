"""The period a company's page is about, and the periods around it."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import HttpRequest

from portal.accounts.prepared import PreparedRows
from portal.companies import words
from portal.companies.models import Basis, Company, Snapshot
from portal.debtors import asked
from portal.periods import Bounds, Period, PeriodType, bounds, following, preceding
from portal.ui import moment

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.companies.freshness import Person


@dataclass(frozen=True)
class Chosen:
    """The period that was chosen for a company."""

    kind: PeriodType
    period: Period
    current: Period

    @property
    def days(self) -> Bounds:
        """First and last day."""
        return bounds(self.kind, self.period)

    @property
    def last_day(self) -> date:
        """The day its head count and wage are of."""
        return self.days.last

    @property
    def label(self) -> str:
        """As people read it: 2026-11 M."""
        return words.period(self.kind, self.period)

    @property
    def is_current(self) -> bool:
        """Whether it is the period that the company works on."""
        return self.period == self.current


@dataclass(frozen=True)
class Navigator:
    """What templates/companies/period_picker.html shows."""

    value: str
    choices: list[tuple[str, str]]
    previous: str
    next: str
    current: str


def chosen(request: HttpRequest, company: Company) -> Chosen | None:
    """The period in the address, else the company's current one; None while its current period is not known, or when
    Nmbrs does not give it any more."""
    current = getattr(company, "current", None)
    if current is None or current.missing_since is not None:
        return None
    kind = PeriodType(current.period_type)
    moment.know(request, company)
    return Chosen(kind, asked.period(request, kind, current.period), current.period)


def navigator(request: HttpRequest, company: Company, choice: Chosen) -> Navigator:
    """The chosen period among those that figures are kept of, newest first."""
    periods = {Period(row.year, row.number) for row in figures_kept(request, company)} | {choice.period}
    return Navigator(
        value=text(choice.period),
        choices=[(text(period), words.period(choice.kind, period)) for period in sorted(periods, reverse=True)],
        previous=asked.address(request, period=text(preceding(choice.kind, choice.period))),
        next=asked.address(request, period=text(following(choice.kind, choice.period))),
        current="" if choice.is_current else asked.address(request, period=text(choice.current)),
    )


def figures_kept(request: HttpRequest, company: Company) -> list[Snapshot]:
    """The figures that are kept of the company's periods, oldest first; read once a request."""
    known: dict[int, list[Snapshot]] = request.__dict__.setdefault("_figures_kept", {})
    if company.pk not in known:
        known[company.pk] = list(_kept(request.user, company.pk))
    return known[company.pk]


@PreparedRows
def _kept(user: "Person", company: int) -> "QuerySet[Snapshot]":
    rows: QuerySet[Snapshot] = Snapshot.objects.visible_to(user).filter(company=company, basis=Basis.PERIOD)
    return rows.order_by("last_day", "pk")


def text(period: Period) -> str:
    """As in the address: 2026-11."""
    return f"{period.year:04d}-{period.number:02d}"
