"""The rows of the clients page: one debtor with the figures of a calendar month, in one query.

Figures are sums of the month's snapshots over the debtor's companies. A figure is NULL where it is not known: no
snapshot of that month, or never fetched for any company. `companies_without_people` and `companies_without_wage`
count the companies whose part of the sum is not known yet.
"""

from typing import TYPE_CHECKING, Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least

from portal import clock
from portal.companies.freshness import PEOPLE_KINDS, WAGE_KINDS
from portal.companies.models import Basis, Company, CurrentPeriod, Snapshot
from portal.debtors.models import Debtor
from portal.mirror.models import Freshness
from portal.mirror.models import State as Stored
from portal.periods import Period, PeriodType
from portal.ui.freshness import STALE_AFTER, State

if TYPE_CHECKING:
    from portal.companies.freshness import Person

#: What the page needs, for the badge of the page and of each row.
COMPANY_KINDS = ("current_period", "employees", "employments", "salaries", "schedules")
PAGE_KINDS = ("debtors", "companies", *COMPANY_KINDS)

#: The state of a row's data as a number, worst first.
RANKS = {state: rank for rank, state in enumerate(State)}

_STORED = {
    Stored.NOT_PERMITTED: State.NOT_PERMITTED,
    Stored.HELD: State.HELD,
    Stored.FAILING: State.FAILING,
    Stored.NEVER: State.NEVER,
}


def with_figures(debtors: "QuerySet[Debtor]", month: Period) -> "QuerySet[Debtor]":
    """The debtors with companies, head count, joiners, leavers, contract wage and how they are known."""
    companies = Company.objects.filter(debtor=OuterRef("pk"))
    listed = Exists(_freshness(resource="companies", company__isnull=True, last_success__isnull=False))
    rows = debtors.annotate(
        company_count=Case(When(listed, then=_count(companies)), When(Exists(companies), then=_count(companies))),
        companies_without_people=_count(_lacking(companies, PEOPLE_KINDS)),
        companies_without_wage=_count(_lacking(companies, WAGE_KINDS)),
        refused=Exists(
            _freshness(resource__in=WAGE_KINDS, state=Stored.NOT_PERMITTED, last_success__isnull=True),
        ),
    )
    return rows.annotate(
        head_count=_sum("head_count", month, "companies_without_people"),
        joiners=_sum("joiners", month, "companies_without_people"),
        leavers=_sum("leavers", month, "companies_without_people"),
        wage_cents=_sum("contract_wage_cents", month, "companies_without_wage"),
        wage_left_out=_sum("wage_left_out", month, "companies_without_wage"),
    )


def with_freshness(debtors: "QuerySet[Debtor]") -> "QuerySet[Debtor]":
    """The debtors with `fresh_rank` (see RANKS), the worst state over all their scopes, and `fresh_oldest`."""
    own = _freshness(resource__in=("companies", *COMPANY_KINDS))
    stale_before = clock.now() - STALE_AFTER
    rank = Case(
        *(When(state=stored, then=Value(RANKS[shown])) for stored, shown in _STORED.items()),
        When(last_success__lt=stale_before, then=Value(RANKS[State.STALE])),
        default=Value(RANKS[State.FRESH]),
        output_field=IntegerField(),
    )
    grouped = own.order_by().values("debtor")
    known = Coalesce(Subquery(grouped.annotate(scopes=Count("pk")).values("scopes")), 0)
    due = ExpressionWrapper(
        _count(Company.objects.filter(debtor=OuterRef("pk"))) * Value(len(COMPANY_KINDS)) + Value(1),
        output_field=IntegerField(),
    )
    return debtors.annotate(
        fresh_worst=Coalesce(Subquery(grouped.annotate(worst=Min(rank)).values("worst")), Value(RANKS[State.NEVER])),
        fresh_oldest=Subquery(
            grouped.annotate(oldest=Min("last_success")).values("oldest"), output_field=DateTimeField()
        ),
        fresh_known=known,
        fresh_due=due,
    ).annotate(
        fresh_rank=Case(
            When(fresh_known__lt=F("fresh_due"), then=Least(F("fresh_worst"), Value(RANKS[State.NEVER]))),
            default=F("fresh_worst"),
        )
    )


def with_period_order(debtors: "QuerySet[Debtor]") -> "QuerySet[Debtor]":
    """The debtors with `period_order`: about the day on which their first current period ends, to sort by.

    Numbers of different period types cannot be compared; the days they end on can (architecture.md section 4).
    """
    length = Case(
        When(period_type=PeriodType.WEEK.value, then=Value(700)),
        When(period_type=PeriodType.FOUR_WEEKS.value, then=Value(2800)),
        When(period_type=PeriodType.QUARTER.value, then=Value(9131)),
        When(period_type=PeriodType.HALF_YEAR.value, then=Value(18262)),
        When(period_type=PeriodType.YEAR.value, then=Value(36525)),
        default=Value(3044),
        output_field=IntegerField(),
    )
    periods = (
        CurrentPeriod.objects.filter(company__debtor=OuterRef("pk"), company__missing_since__isnull=True)
        .annotate(end=ExpressionWrapper(F("year") * 36525 + F("number") * length, output_field=IntegerField()))
        .order_by()
        .values("company__debtor")
        .annotate(first=Min("end"))
        .values("first")
    )
    return debtors.annotate(period_order=Subquery(periods))


def totals(user: "Person", debtors: "QuerySet[Debtor]", month: Period) -> dict[str, int]:
    """The sums over all of `debtors`: companies, head count, joiners, leavers, wage in cents, people left out of it."""
    companies = Company.objects.visible_to(user).filter(debtor__in=debtors.order_by().values("pk"))
    snapshots = Snapshot.objects.visible_to(user).filter(
        company__in=companies.order_by().values("pk"), basis=Basis.MONTH, year=month.year, number=month.number
    )
    sums = snapshots.aggregate(
        head_count=Sum("head_count"),
        joiners=Sum("joiners"),
        leavers=Sum("leavers"),
        wage_cents=Sum("contract_wage_cents"),
        wage_left_out=Sum("wage_left_out"),
    )
    return {"company_count": companies.count(), **sums}


def _sum(column: str, month: Period, lacking: str) -> Case:
    """The month's sum over the companies; NULL when no part of it is known. Without companies there is nothing: 0."""
    snapshots = Snapshot.objects.filter(
        company__debtor=OuterRef("pk"),
        company__missing_since__isnull=True,
        basis=Basis.MONTH,
        year=month.year,
        number=month.number,
    )
    total = Subquery(snapshots.order_by().values("company__debtor").annotate(total=Sum(column)).values("total"))
    return Case(
        When(company_count=0, then=Value(0)),
        When(company_count__gt=F(lacking), then=total),
        default=None,
        output_field=BigIntegerField(),
    )


def _lacking(companies: "QuerySet[Company]", kinds: tuple[str, ...]) -> "QuerySet[Company]":
    """The companies for which one of the kinds never came in."""
    have = (
        Freshness.objects.filter(company=OuterRef("pk"), resource__in=kinds, last_success__isnull=False)
        .order_by()
        .values("company")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return companies.alias(have=Coalesce(Subquery(have), 0)).filter(have__lt=len(kinds))


def _freshness(**conditions: Any) -> "QuerySet[Freshness]":
    """Freshness of the debtor and of its present companies."""
    of_present = Q(company__isnull=True) | Q(company__missing_since__isnull=True)
    return Freshness.objects.filter(of_present, debtor=OuterRef("pk"), **conditions)


def _count(companies: "QuerySet[Company]") -> Coalesce:
    numbers = companies.order_by().values("debtor").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(numbers, output_field=IntegerField()), 0)
