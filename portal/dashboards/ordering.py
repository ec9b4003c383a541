"""Orders of lists by what Python knows of their rows, and by how old their data is."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Case, Count, F, IntegerField, Min, Value, When
from django.db.models.functions import Coalesce, Least
from django.db.models.sql.constants import LOUTER
from django_cte import CTE, with_cte

from portal import clock
from portal.dashboards.clients import RANKS, rank_of
from portal.mirror.models import Freshness
from portal.ui.freshness import STALE_AFTER, State

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.companies.freshness import Person


def by_known(
    rows: "QuerySet[Any]", values: Mapping[int, int], is_descending: bool, default: int | None = None
) -> "tuple[QuerySet[Any], bool]":
    """The rows by their values. `default`: that of the other rows; None: not known, so they come last either way."""
    if not values:
        # PostgreSQL sorts by no constant.
        return rows.order_by("name", "pk"), True
    told = (When(pk=pk, then=Value(value)) for pk, value in values.items())
    key = Case(*told, default=None if default is None else Value(default), output_field=BigIntegerField())
    turn = key.desc(nulls_last=True) if is_descending else key.asc(nulls_last=True)
    return rows.order_by(turn) if default is None else rows.order_by(turn, "name", "pk"), True


def by_age(
    rows: "QuerySet[Any]", user: "Person", kinds: Sequence[str], is_descending: bool
) -> "tuple[QuerySet[Any], bool]":
    """Companies by the worst state of these kinds, the worst first, then by their oldest success.

    Added up once over all companies: looked up for each of them it takes six times as long.
    """
    own = Freshness.objects.visible_to(user).filter(company__isnull=False, resource__in=kinds).order_by()
    aged = CTE(
        own.values("company_id").annotate(
            scopes=Count("pk"), worst=Min(rank_of(clock.now() - STALE_AFTER)), oldest=Min("last_success")
        ),
        name="aged",
    )
    never = Value(RANKS[State.NEVER])
    # A kind without a row was never asked for.
    lacking = Case(
        When(aged_scopes=len(kinds), then=F("aged_worst")),
        default=Least(Coalesce(F("aged_worst"), never), never),
        output_field=IntegerField(),
    )
    joined = with_cte(aged, select=aged.join(rows, pk=aged.col.company_id, _join_type=LOUTER)).alias(
        aged_scopes=aged.col.scopes, aged_worst=aged.col.worst, aged_oldest=aged.col.oldest
    )
    if is_descending:
        return joined.order_by(lacking.desc(), F("aged_oldest").desc(nulls_last=True), "name", "pk"), True
    return joined.order_by(lacking.asc(), F("aged_oldest").asc(nulls_last=True), "name", "pk"), True
