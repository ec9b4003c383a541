"""What the dashboard of one debtor knows: figures of thirteen months, people who come and go, contracts that end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from portal.companies.models import Basis, Company, Snapshot
from portal.dashboards import months
from portal.debtors.models import Debtor
from portal.employees import figures
from portal.employees.models import Contract, Employment
from portal.mirror.models import Freshness, HistoryQuerySet, State
from portal.periods import Period, PeriodType, bounds

if TYPE_CHECKING:
    from portal.companies.freshness import Person

#: How far ahead the dashboard looks for contracts that end.
ENDING_WITHIN = timedelta(days=60)


@dataclass(frozen=True)
class Month:
    """A debtor's figures of one month: sums over its companies' snapshots."""

    head_count: int
    joiners: int
    leavers: int
    wage: Decimal
    wage_left_out: int


@dataclass(frozen=True)
class Known:
    """Which kinds ever came in for which company of a debtor, and whether Nmbrs refuses one of them."""

    companies: int | None
    fetched: Mapping[str, frozenset[int]]
    refused: frozenset[str]

    def lacking(self, kinds: Sequence[str]) -> int:
        """How many companies lack one of the kinds."""
        if not self.companies:
            return 0
        have = frozenset.intersection(*(self.fetched.get(kind, frozenset()) for kind in kinds))
        return self.companies - len(have)

    def never(self, kinds: Sequence[str]) -> bool:
        """Whether no company has all of the kinds, so that nothing can be said."""
        return self.companies is None or (self.companies > 0 and self.lacking(kinds) >= self.companies)

    def refuses(self, kinds: Sequence[str]) -> bool:
        """Whether Nmbrs refuses one of the kinds and it never came in."""
        return not self.refused.isdisjoint(kinds)


def known(debtor: Debtor, user: "Person") -> Known:
    """What came in for the debtor's present companies. Two queries."""
    companies = set(Company.objects.visible_to(user).filter(debtor=debtor).values_list("pk", flat=True))
    rows = list(
        Freshness.objects.visible_to(user)
        .filter(Q(company__in=companies) | Q(company__isnull=True, debtor=debtor))
        .values_list("company_id", "resource", "state", "last_success")
    )
    fetched: dict[str, set[int]] = {}
    for company, resource, _state, last_success in rows:
        if last_success is not None and company is not None:
            fetched.setdefault(resource, set()).add(company)
    listed = any(company is None and resource == "companies" and last for company, resource, _state, last in rows)
    return Known(
        companies=len(companies) if listed or companies else None,
        fetched={kind: frozenset(found) for kind, found in fetched.items()},
        refused=frozenset(
            resource for _company, resource, state, last in rows if state == State.NOT_PERMITTED and last is None
        ),
    )


def by_month(debtor: Debtor, user: "Person", wanted: Sequence[Period]) -> dict[Period, Month]:
    """The debtor's figures of the wanted months; a month without a snapshot is absent."""
    rows = (
        Snapshot.objects.visible_to(user)
        .filter(
            company__debtor=debtor,
            company__missing_since__isnull=True,
            basis=Basis.MONTH,
            last_day__gte=months.first_day(wanted[0]),
            last_day__lte=months.last_day(wanted[-1]),
        )
        .order_by()
        .values("year", "number")
        .annotate(
            people=Sum("head_count"),
            came=Sum("joiners"),
            went=Sum("leavers"),
            cents=Sum("contract_wage_cents"),
            left_out=Sum("wage_left_out"),
        )
    )
    return {
        Period(row["year"], row["number"]): Month(
            row["people"], row["came"], row["went"], Decimal(row["cents"]) / 100, row["left_out"]
        )
        for row in rows
    }


def joiners(debtor: Debtor, user: "Person", month: Period) -> "QuerySet[Employment]":
    """Employments of the debtor that begin in the month, in order of their first day."""
    days = bounds(PeriodType.MONTH, month)
    return figures.joiners(_employments(debtor, user), days.first, days.last).order_by("valid_from", "employee", "pk")


def leavers(debtor: Debtor, user: "Person", month: Period) -> "QuerySet[Employment]":
    """Employments of the debtor whose last day is in the month, in order of that day."""
    days = bounds(PeriodType.MONTH, month)
    return figures.leavers(_employments(debtor, user), days.first, days.last).order_by("end_date", "employee", "pk")


def contracts_ending(debtor: Debtor, user: "Person", today: date) -> "QuerySet[Contract]":
    """Contracts in force today that end within sixty days, unless the same person has one that goes on after it."""
    contracts = Contract.objects.visible_to(user).filter(
        company__debtor=debtor, company__missing_since__isnull=True, employee__missing_since__isnull=True
    )
    following = Contract.objects.filter(
        ~Q(pk=OuterRef("pk")),
        Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
        Q(end_date__isnull=True) | Q(end_date__gt=OuterRef("end_date")),
        employee=OuterRef("employee"),
        valid_from__gte=OuterRef("valid_from"),
    )
    return (
        contracts.as_of(today)
        .filter(~Exists(following), end_date__gte=today, end_date__lte=today + ENDING_WITHIN)
        .select_related("employee", "company")
        .order_by("end_date", "employee__display_name", "pk")
    )


def _employments(debtor: Debtor, user: "Person") -> "HistoryQuerySet[Employment]":
    visible: HistoryQuerySet[Employment] = Employment.objects.visible_to(user)
    return visible.filter(company__debtor=debtor, company__missing_since__isnull=True).select_related(
        "employee", "company"
    )
