"""The rows of the clients page: one debtor with the figures of a calendar month, in one statement.

Figures are sums of the month's snapshots over the debtor's companies. A figure is NULL where it is not known: no
snapshot of that month of one of the companies, or never fetched for any. `companies_without_people` and
`companies_without_wage` count the companies whose part of the sum is not known yet; `companies_behind` those of which
the people came in, but no figures of that month are kept: these go up to the month of a company's current period, so
that in a month to come a client may have some of its companies and not the others.

The statement adds up once: how old the kinds of each company are, then the companies of each debtor, then the debtors
beside it. As one subquery for each figure and debtor it took sixty times as long as by hand.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThan
from django.db.models.sql.constants import LOUTER
from django_cte import CTE, with_cte

from portal import clock
from portal.accounts.prepared import Prepared
from portal.companies.freshness import PEOPLE_KINDS, WAGE_KINDS
from portal.companies.models import Basis, Company
from portal.connections.models import EnvironmentKind
from portal.dashboards.sums.cost import COST_KINDS
from portal.debtors.models import Debtor
from portal.mirror.models import Freshness
from portal.mirror.models import State as Stored
from portal.periods import Period, PeriodType
from portal.ui.freshness import STALE_AFTER, State

if TYPE_CHECKING:
    from portal.companies.freshness import Person

#: What the figures of each company are made of, and what beside them for those who see its wage cost.
COMPANY_KINDS = ("current_period", "employees", "employments", "salaries", "schedules")
WITH_COST = (*COMPANY_KINDS, *(kind for kind in COST_KINDS if kind not in COMPANY_KINDS))

#: The state of a row's data as a number, worst first.
RANKS = {state: rank for rank, state in enumerate(State)}

_STORED = {
    Stored.NOT_PERMITTED: State.NOT_PERMITTED,
    Stored.HELD: State.HELD,
    Stored.FAILING: State.FAILING,
    Stored.NEVER: State.NEVER,
}
_NEVER = Value(RANKS[State.NEVER])
#: The columns of a snapshot that are added up.
_COLUMNS = ("head_count", "joiners", "leavers", "contract_wage_cents", "wage_left_out")
#: A figure: the sum it is, and where it is told for how many companies it is not known.
_SUMS = {
    "head_count": ("month_head_count", "companies_without_people"),
    "joiners": ("month_joiners", "companies_without_people"),
    "leavers": ("month_leavers", "companies_without_people"),
    "wage_cents": ("month_contract_wage_cents", "companies_without_wage"),
    "wage_left_out": ("month_wage_left_out", "companies_without_wage"),
}
#: A client all of whose companies are as far as the month; and how many are not.
_NOT_BEHIND = Q(companies_behind=0)
_BEHIND = Count("pk", filter=~_NOT_BEHIND)
#: Days of a period, times 100.
_LENGTHS = {
    PeriodType.WEEK: 700,
    PeriodType.FOUR_WEEKS: 2800,
    PeriodType.QUARTER: 9131,
    PeriodType.HALF_YEAR: 18262,
    PeriodType.YEAR: 36525,
}


def with_figures(
    user: "Person",
    debtors: "QuerySet[Debtor]",
    month: Period,
    stale_before: datetime | None = None,
    *,
    kinds: Sequence[str] = COMPANY_KINDS,
) -> "QuerySet[Any]":
    """The debtors with the figures of the month, how they are known and how old they are.

    `stale_before`: what came in before it is old; None: as of now. `kinds`: those of a company whose age counts,
    COMPANY_KINDS among them.

    `company_count`, `companies_without_people`, `companies_without_wage`, `companies_behind`, `refused` (whether Nmbrs
    refuses a kind of the wage that never came in); `head_count`, `joiners`, `leavers`, `wage_cents`, `wage_left_out`;
    `fresh_rank` (see RANKS), the worst state over all scopes, and `fresh_oldest`; `period_order`, see `_ends_about`.
    """
    own = debtors.order_by().values("pk")
    standing = CTE(_standing(user, own, kinds, stale_before), name="standing")
    summed = CTE(_summed(user, own, standing, month), name="summed")
    listed = CTE(_listed(user, own, stale_before), name="listed")
    rows: QuerySet[Any] = listed.join(debtors, pk=listed.col.debtor_id, _join_type=LOUTER)
    rows = summed.join(rows, pk=summed.col.debtor_id, _join_type=LOUTER)
    stands = with_cte(standing, summed, listed, select=rows).annotate(
        companies_present=Coalesce(summed.col.companies_present, 0),
        companies_without_people=Coalesce(summed.col.without_people, 0),
        companies_without_wage=Coalesce(summed.col.without_wage, 0),
        companies_behind=Coalesce(summed.col.behind, 0),
        refused=Coalesce(summed.col.refusals, 0),
        list_rank=listed.col.rank,
        list_success=listed.col.last_success,
        period_order=summed.col.period_order,
        **{column: getattr(summed.col, column) for column, _ in _SUMS.values()},
    )
    figured: QuerySet[Any] = _with_age(stands, summed, len(kinds)).annotate(
        company_count=Case(
            When(Q(companies_present__gt=0) | Q(list_success__isnull=False), then=F("companies_present"))
        ),
        **{
            name: Case(
                When(company_count=0, then=Value(0)),
                When(_NOT_BEHIND, companies_present__gt=F(lacking), then=F(column)),
                output_field=BigIntegerField(),
            )
            for name, (column, lacking) in _SUMS.items()
        },
    )
    return figured


def _with_age(stands: "QuerySet[Any]", summed: CTE, kinds: int) -> "QuerySet[Any]":
    """With `fresh_rank` and `fresh_oldest` over the list of companies and so many kinds of each of them."""
    due = F("companies_present") * Value(kinds) + Value(1)
    known = Coalesce(summed.col.scopes, 0) + Case(When(list_rank__isnull=False, then=Value(1)), default=Value(0))
    worst = Least(Coalesce(summed.col.worst, Value(RANKS[State.FRESH])), Coalesce(F("list_rank"), _NEVER))
    oldest = summed.col.oldest
    aged: QuerySet[Any] = stands.annotate(
        fresh_rank=Case(When(Q(GreaterThan(due, known)), then=Least(worst, _NEVER)), default=worst),
        fresh_oldest=Least(Coalesce(oldest, F("list_success")), Coalesce(F("list_success"), oldest)),
    )
    return aged


def _standing(
    user: "Person", debtors: "QuerySet[Any]", kinds: Sequence[str], stale_before: datetime | None = None
) -> "QuerySet[Any]":
    """A row a company: how many of its kinds came in, for people and for wages, and how old all of them are."""
    own = Freshness.objects.visible_to(user).filter(
        debtor__in=debtors, resource__in=kinds, company__missing_since__isnull=True
    )
    came = Q(last_success__isnull=False)
    return (
        own.order_by()
        .values("company_id")
        .annotate(
            people=Count("pk", filter=came & Q(resource__in=PEOPLE_KINDS)),
            wages=Count("pk", filter=came & Q(resource__in=WAGE_KINDS)),
            refusals=Count("pk", filter=~came & Q(resource__in=WAGE_KINDS, state=Stored.NOT_PERMITTED)),
            scopes=Count("pk"),
            worst=Min(rank_of(stale_before)),
            oldest=Min("last_success"),
        )
    )


def _summed(user: "Person", debtors: "QuerySet[Any]", standing: CTE, month: Period) -> "QuerySet[Any]":
    """A row a debtor with companies: the sums over them, and over how old their kinds are."""
    companies = standing.join(
        Company.objects.visible_to(user).filter(debtor__in=debtors), pk=standing.col.company_id, _join_type=LOUTER
    )
    of_month = Q(snapshots__basis=Basis.MONTH, snapshots__year=month.year, snapshots__number=month.number)
    lacking_people = Q(people__lt=len(PEOPLE_KINDS))
    lacking_wage = Q(wages__lt=len(WAGE_KINDS))
    summed: QuerySet[Any] = (
        companies.alias(
            month=FilteredRelation("snapshots", condition=of_month),
            now=FilteredRelation("current", condition=Q(current__missing_since__isnull=True)),
            people=Coalesce(standing.col.people, 0),
            wages=Coalesce(standing.col.wages, 0),
        )
        .order_by()
        .values("debtor_id")
        .annotate(
            companies_present=Count("pk"),
            without_people=Count("pk", filter=lacking_people),
            without_wage=Count("pk", filter=lacking_wage),
            behind=Count("pk", filter=~lacking_people & Q(month__pk__isnull=True)),
            refusals=Sum(standing.col.refusals),
            scopes=Sum(standing.col.scopes),
            worst=Min(standing.col.worst),
            oldest=Min(standing.col.oldest),
            period_order=Min(_ends_about("now__")),
            **{f"month_{column}": Sum(f"month__{column}") for column in _COLUMNS},
        )
    )
    return summed


def _listed(user: "Person", debtors: "QuerySet[Any]", stale_before: datetime | None = None) -> "QuerySet[Any]":
    """A row a debtor whose list of companies was asked for: how old that is."""
    own = Freshness.objects.visible_to(user).filter(debtor__in=debtors, company__isnull=True, resource="companies")
    return own.order_by().annotate(rank=rank_of(stale_before)).values("debtor_id", "rank", "last_success")


def rank_of(stale_before: datetime | None) -> Case:
    """The state of a row of Freshness as a number, worst first; see RANKS."""
    return Case(
        *(When(state=stored, then=Value(RANKS[shown])) for stored, shown in _STORED.items()),
        When(last_success__lt=stale_before or clock.now() - STALE_AFTER, then=Value(RANKS[State.STALE])),
        default=Value(RANKS[State.FRESH]),
        output_field=IntegerField(),
    )


def _ends_about(path: str) -> "ExpressionWrapper[Any]":
    """About the day on which a current period ends, to sort by.

    Numbers of different period types cannot be compared; the days they end on can (architecture.md section 4).
    """
    length = Case(
        *(When(**{f"{path}period_type": kind.value}, then=Value(days)) for kind, days in _LENGTHS.items()),
        default=Value(3044),
        output_field=IntegerField(),
    )
    return ExpressionWrapper(F(f"{path}year") * 36525 + F(f"{path}number") * length, output_field=IntegerField())


def totals(rows: "QuerySet[Any]") -> dict[str, int]:
    """The sums over all of `rows`, which come from `with_figures`: companies, head count, joiners, leavers, wage in
    cents, people left out of it. Parts that are not known are not in them; `behind`: clients whose figures are not
    known because not all of their companies are as far as the month."""
    sums: dict[str, int] = rows.order_by().aggregate(
        company_count=Sum("companies_present", default=0),
        behind=_BEHIND,
        **{name: Sum(column, filter=_NOT_BEHIND) for name, (column, _) in _SUMS.items()},
    )
    return sums


def totals_of_all(user: "Person", month: Period) -> dict[str, Any]:
    """The same over every client that the person sees, and `clients`, how many there are. One query."""
    found = _totals_of_all(user, month=month, stale_before=clock.now() - STALE_AFTER)
    # There is no row for who can see none at all.
    values = found[0] if found else (0, *(None for _ in _SUMS), 0, 0)
    return dict(zip(("company_count", *_SUMS, "behind", "clients"), values, strict=True))


@Prepared
def _totals_of_all(user: "Person", *, month: Period, stale_before: datetime) -> "QuerySet[Any, Any]":
    rows = with_figures(user, seen_by(user), month, stale_before).order_by().values(together=Value(1))
    sums: dict[str, Any] = {f"sum_of_{name}": Sum(column, filter=_NOT_BEHIND) for name, (column, _) in _SUMS.items()}
    present = Sum("companies_present", default=0)
    told: QuerySet[Any, Any] = rows.annotate(present=present, **sums, behind=_BEHIND, clients=Count("pk"))
    return told.values_list("present", *sums, "behind", "clients")


def seen_by(user: "Person") -> "QuerySet[Debtor]":
    """The clients of the list."""
    return of_list(Debtor.objects.visible_to(user))


def of_list(debtors: "QuerySet[Debtor]") -> "QuerySet[Debtor]":
    """Those of the debtors that the list has: an environment of another kind has organisations."""
    return debtors.filter(environment__kind=EnvironmentKind.ACCOUNTANT)
