"""What the dashboard of one debtor knows: figures of thirteen months, people who come and go, contracts that end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)

from portal.accounts.prepared import Prepared, PreparedRows
from portal.companies.freshness import PEOPLE_KINDS
from portal.companies.models import Basis, Company, Snapshot
from portal.companies.standing import lack_of
from portal.dashboards import months
from portal.debtors.models import Debtor
from portal.employees import figures
from portal.employees.models import Contract, Employment
from portal.mirror.models import Freshness, HistoryQuerySet, State
from portal.periods import Period, PeriodType, bounds
from portal.ui.values import Missing

if TYPE_CHECKING:
    from portal.companies.freshness import Person

#: How far ahead the dashboard looks for contracts that end.
ENDING_WITHIN = timedelta(days=60)


@dataclass(frozen=True)
class Month:
    """A debtor's figures of one month: sums over its companies' snapshots; `companies`: of how many of which the people
    came in."""

    head_count: int
    joiners: int
    leavers: int
    wage: Decimal
    wage_left_out: int
    companies: int


@dataclass(frozen=True)
class Known:
    """Which kinds ever came in for which company of a debtor, and whether Nmbrs refuses one of them.

    `own`: the kinds that came in for the debtor as such. `names`: those of the companies. `by_company`: by company and
    kind why nothing of it is known, None where it came in.
    """

    companies: int | None
    fetched: Mapping[str, frozenset[int]]
    refused: frozenset[str]
    own: frozenset[str] = frozenset()
    names: Mapping[int, str] = field(default_factory=dict)
    by_company: Mapping[tuple[int, str], Missing | None] = field(default_factory=dict)

    def having(self, kinds: Sequence[str]) -> frozenset[int]:
        """The companies of which all of the kinds came in."""
        return frozenset.intersection(*(self.fetched.get(kind, frozenset()) for kind in kinds))

    def lacking(self, kinds: Sequence[str]) -> int:
        """How many companies lack one of the kinds."""
        return self.companies - len(self.having(kinds)) if self.companies else 0

    def never(self, kinds: Sequence[str]) -> bool:
        """Whether no company has all of the kinds, so that nothing can be said."""
        return self.companies is None or (self.companies > 0 and self.lacking(kinds) >= self.companies)

    def refuses(self, kinds: Sequence[str]) -> bool:
        """Whether Nmbrs refuses one of the kinds and it never came in."""
        return not self.refused.isdisjoint(kinds)

    def lacks(self, kinds: Sequence[str]) -> Missing | None:
        """Why nothing can be said; None where at least one company has all of the kinds."""
        if not self.never(kinds):
            return None
        return Missing.NOT_PERMITTED if self.refuses(kinds) else Missing.NEVER_FETCHED

    @property
    def lacks_companies(self) -> Missing | None:
        """Why it is not known which companies there are; None where it is."""
        if self.companies is not None:
            return None
        return Missing.NOT_PERMITTED if self.refuses(("companies",)) else Missing.NEVER_FETCHED

    def lacks_of_any(self, kind: str) -> Missing | None:
        """The same of a kind that may be read for the debtor as such or for its companies."""
        return None if kind in self.own or self.fetched.get(kind) else self.lacks((kind,)) or Missing.NEVER_FETCHED


def known(debtor: Debtor, user: "Person") -> Known:
    """What came in for the debtor's present companies. One query."""
    answer = list(_came_in(user, debtor.pk))
    names = {company: name for named, company, name, _state, _last in answer if named and company is not None}
    rows = [row[1:] for row in answer if not row[0]]
    fetched: dict[str, set[int]] = {}
    for company, resource, _state, last_success in rows:
        if last_success is not None and company is not None:
            fetched.setdefault(resource, set()).add(company)
    listed = any(company is None and resource == "companies" and last for company, resource, _state, last in rows)
    return Known(
        companies=len(names) if listed or names else None,
        fetched={kind: frozenset(found) for kind, found in fetched.items()},
        refused=frozenset(
            resource for _company, resource, state, last in rows if state == State.NOT_PERMITTED and last is None
        ),
        own=frozenset(resource for company, resource, _state, last in rows if company is None and last),
        names=names,
        by_company={
            (company, resource): lack_of(state, last) for company, resource, state, last in rows if company is not None
        },
    )


@Prepared
def _came_in(user: "Person", debtor: int) -> "QuerySet[Any, Any]":
    """What was read of the debtor and of its present companies: 0, company, kind, state, last success; and of each
    present company 1, its key, its name and nothing."""
    present = Company.objects.visible_to(user).filter(debtor=debtor).order_by()
    columns = ("named", "company_id", "resource", "state", "last_success")
    visible = Freshness.objects.visible_to(user).annotate(named=Value(0, IntegerField())).order_by()
    # Two arms: an OR of both is answered by reading the whole table.
    of_companies = visible.filter(company__in=present.values("pk")).values_list(*columns)
    own = visible.filter(company__isnull=True, debtor=debtor).values_list(*columns)
    names = present.annotate(
        named=Value(1, IntegerField()),
        nothing=Value("", CharField()),
        never=Value(None, DateTimeField()),
    ).values_list("named", "pk", "name", "nothing", "never")
    return of_companies.union(own, names, all=True)


def by_month(debtor: Debtor, user: "Person", wanted: Sequence[Period]) -> dict[Period, Month]:
    """The debtor's figures of the wanted months; a month without a snapshot is absent."""
    rows = _months(user, debtor.pk, first=months.first_day(wanted[0]), last=months.last_day(wanted[-1]))
    return {
        Period(year, number): Month(people, came, went, Decimal(cents) / 100, left_out, companies)
        for year, number, people, came, went, cents, left_out, companies in rows
    }


@Prepared
def _months(user: "Person", debtor: int, *, first: date, last: date) -> "QuerySet[Any, Any]":
    """The sums of each month: year, number, head count, joiners, leavers, cents, people without a known wage; and of
    how many companies whose people came in there is a part in them."""
    # Bound to the company of a row that the reader may see.
    came_in = Freshness.objects.filter(
        company=OuterRef("company"), resource__in=PEOPLE_KINDS, last_success__isnull=False
    )
    kinds = came_in.order_by().values("company").annotate(kinds=Count("pk")).values("kinds")
    sums = {
        f"sum_of_{column}": Sum(column)
        for column in ("head_count", "joiners", "leavers", "contract_wage_cents", "wage_left_out")
    }
    return (
        Snapshot.objects.visible_to(user)
        .filter(
            company__debtor=debtor,
            company__missing_since__isnull=True,
            basis=Basis.MONTH,
            last_day__gte=first,
            last_day__lte=last,
        )
        .order_by()
        .alias(kinds=Subquery(kinds))
        .values("year", "number")
        .annotate(**sums, of_companies=Count("pk", filter=Q(kinds=len(PEOPLE_KINDS))))
        .values_list("year", "number", *sums, "of_companies")
    )


def movements(debtor: Debtor, user: "Person", month: Period) -> tuple[list[Employment], list[Employment]]:
    """Employments of the debtor that begin in the month, and those whose last day is in it, in order of the day.

    One query. Somebody may come and go in the same month.
    """
    first, last = bounds(PeriodType.MONTH, month)
    return figures.came_and_went(_moved(user, debtor.pk, first=first, last=last), first, last)


@PreparedRows
def _moved(user: "Person", debtor: int, *, first: date, last: date) -> "QuerySet[Employment]":
    visible: HistoryQuerySet[Employment] = Employment.objects.visible_to(user)
    rows = visible.filter(company__debtor=debtor, company__missing_since__isnull=True)
    moved = figures.joiners(rows, first, last) | figures.leavers(rows, first, last)
    return moved.select_related("employee", "company").order_by("employee", "pk")


@PreparedRows
def contracts_ending(user: "Person", debtor: int, *, day: date) -> "QuerySet[Contract]":
    """Those of all companies of a debtor that end within sixty days of the day, as `contracts_of` tells them."""
    return contracts_of(user, day).filter(company__debtor=debtor)


def contracts_of(user: "Person", today: date) -> "QuerySet[Contract]":
    """Contracts in force today that end within sixty days, unless the same person has one that goes on after it."""
    contracts = Contract.objects.visible_to(user).filter(
        company__missing_since__isnull=True, employee__missing_since__isnull=True
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
