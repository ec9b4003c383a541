"""The rows of the board: one query over companies and where they stand, whatever their number.

`state__…` are columns of the company's PeriodState that is looked at; they are NULL where its current period is not
known. What a row shows beside that is read for the rows of one page.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, FilteredRelation, IntegerField, Prefetch, Q, QuerySet, Value, When

from portal import clock
from portal.accounts.prepared import Prepared
from portal.companies import words
from portal.companies.models import Company
from portal.companies.standing import lack_of
from portal.dashboards.board.looking import Look
from portal.deadlines.due import OVERDUE, RUNS, TODAY, WEEK, bucket
from portal.deadlines.models import PeriodState
from portal.deadlines.trouble import OF_COMPANY, in_trouble
from portal.mirror.models import Freshness
from portal.periods import PeriodType
from portal.ui.values import Missing

if TYPE_CHECKING:
    from portal.companies.freshness import Person

#: What the list is counted by.
_PARTS = (OVERDUE, TODAY, WEEK, *RUNS, "all")


def at(companies: "QuerySet[Company]", look: Look) -> "QuerySet[Company]":
    """The companies with their state in the period that is looked at."""
    stands = companies.filter(debtor__missing_since__isnull=True).annotate(
        state=FilteredRelation("period_states", condition=look.at("period_states__"))
    )
    return stands.annotate(
        next_due=F("state__next_due"),
        act_by=F("state__next_act_by"),
        run=F("state__run"),
        return_due=F("state__return_due"),
        pension_due=F("state__pension_due"),
        last_day=F("state__last_day"),
    )


def attention_first(companies: "QuerySet[Any]", user: "Person", today: date | None = None) -> "QuerySet[Any]":
    """Companies from `at` in the order in which they need somebody: late and to be done today; then those of which what
    is known cannot be relied on, whatever their dates say; then by the day to act.
    """
    pressing = Q(act_by__lte=today or clock.today())
    # Without a state the current period is not known, and so no date is.
    astray = Q(last_day__isnull=True) | Q(pk__in=in_trouble(user))
    turn = Case(When(pressing, then=0), When(astray, then=1), default=2, output_field=IntegerField())
    return companies.order_by(turn, F("act_by").asc(nulls_last=True), F("run").asc(nulls_last=True), "name", "pk")


def with_details(companies: "QuerySet[Any]", user: "Person", look: Look) -> "QuerySet[Any]":
    """For the page that is shown: client, the whole state and the age of its kinds."""
    states: QuerySet[Any] = PeriodState.objects.visible_to(user).filter(look.at())
    fresh: QuerySet[Any] = Freshness.objects.visible_to(user).filter(resource__in=OF_COMPANY)
    return companies.select_related("debtor", "current").prefetch_related(
        Prefetch("period_states", queryset=states, to_attr="shown_states"),
        Prefetch("freshness", queryset=fresh, to_attr="fresh_rows"),
    )


def state_of(company: Any) -> PeriodState | None:
    """The company's state in the period that is looked at; None where its current period is not known."""
    return next(iter(company.shown_states), None)


def period_of(company: Any) -> str | None:
    """The period that is looked at in words; of a current one that Nmbrs does not give any more it says so."""
    state = state_of(company)
    if state is None:
        return None
    label = words.period(PeriodType(state.period_type), state.period)
    return label if state.back else words.with_doubt(label, company.current)


def lack_in(company: Any, kind: str) -> Missing:
    """Why something that this kind tells is not known of a company with its details."""
    fresh = next((row for row in company.fresh_rows if row.resource == kind), None)
    return (lack_of(fresh.state, fresh.last_success) if fresh else Missing.NEVER_FETCHED) or Missing.UNKNOWN


def in_bucket(word: str, today: date | None = None) -> Q:
    """The rows whose next due date falls under a word."""
    return bucket(word, "state__next_due", "state__next_act_by", today)


def numbers(user: "Person", look: Look) -> dict[str, int]:
    """How many companies the person sees in each part: late, today, this week, by run, and all. One query."""
    found = _numbers(user, look=look, today=clock.today())
    # There is no row for who can see none at all.
    return dict(zip(_PARTS, found[0] if found else [0] * len(_PARTS), strict=True))


@Prepared
def _numbers(user: "Person", *, look: Look, today: date) -> "QuerySet[Any, Any]":
    parts = {word: Count("pk", filter=in_bucket(word, today)) for word in (OVERDUE, TODAY, WEEK)}
    runs = {name: Count("pk", filter=Q(state__run=value)) for name, value in RUNS.items()}
    companies = at(Company.objects.visible_to(user), look).order_by().values(together=Value(1))
    return companies.annotate(**parts, **runs, all=Count("pk")).values_list(*_PARTS)
