"""The rows of a comparison: what each wage component came to on both sides, of everybody or person by person.

Rows are dicts. Each is a group of lines of run output, and its `pk` that of one of them, so that rows have a settled
order. All is worked out in SQL, in whole cents, so that sums and bands are exact on every database.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import IntEnum
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    FloatField,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Abs, Cast, Coalesce, Round

from portal.companies.models import CompanyWageFixed, RunWage
from portal.dashboards.variance.bands import Bands
from portal.dashboards.variance.sides import Pair, Side, in_periods, since_period
from portal.employees.models import FixedWage
from portal.mirror.models import PersonFetch

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Standing(IntEnum):
    """How a row differs; the order is that of what asks most of the reader."""

    LARGE = 0
    NOTABLE = 1
    NEW = 2
    GONE = 3
    ONE_OFF = 4
    WITHIN = 5


#: What rows are of: a component of everybody, or of one person.
COMPONENT = ("code",)
PERSON = ("employee", "employee__display_name", "employee__number", "code")


_NOTHING = Value(None, output_field=DecimalField(max_digits=20, decimal_places=2))


def compared(rows: "QuerySet[Any]", pair: Pair | None, bands: Bands, by: tuple[str, ...]) -> "QuerySet[Any]":
    """One row for each of `by`, with `before`, `now` and `difference` in euros, `percent` and `standing`.

    An amount is None where the side has no line for it, and everywhere on a side that is not known. Without both sides
    there is no difference, percentage or standing. `rows` are lines of run output of one company.
    """
    sides = [side for side in (pair.before, pair.now) if side.known] if pair else []
    grouped = lines_of(rows, sides).order_by().values(*by).annotate(pk=Max("id"))
    if pair is None or not sides:
        return _without_difference(grouped.annotate(text=Max("description"), before=_NOTHING, now=_NOTHING))
    own = grouped.annotate(
        # The component is called as the later side calls it.
        text=Coalesce(Max("description", filter=sides[-1].rows), Max("description")),
    ).alias(before_cents=_sum(pair.before), now_cents=_sum(pair.now))
    own = own.annotate(before=_euros(F("before_cents")), now=_euros(F("now_cents")))
    return _with_difference(own, pair, bands, by) if pair.comparable else _without_difference(own)


def lines_of(rows: "QuerySet[Any]", sides: Iterable[Side]) -> "QuerySet[Any]":
    """The lines of these sides, without those of runs that Nmbrs no longer has."""
    either = reduce(or_, (side.rows for side in sides), Q(pk__in=[]))
    return rows.filter(either, run__missing_since__isnull=True)


def components(rows: "QuerySet[Any]", pair: Pair) -> dict[int, str]:
    """Code -> description of every component on either side, by code. One query."""
    found = lines_of(rows, (pair.before, pair.now)).order_by("code").values("code")
    return dict(found.annotate(text=Max("description")).values_list("code", "text"))


def numbers(rows: "QuerySet[Any]", pair: Pair) -> dict[str, Any]:
    """Over all of the rows, in one query.

    `count`; the sums `before`, `now` and `difference`, None on a side that is not known; `one_off`, the part of the
    difference that is of one-offs; `differing`, and by its name how many rows have each standing.
    """
    asked: dict[str, Any] = {"count": Count("pk"), "before_sum": Sum("before"), "now_sum": Sum("now")}
    if pair.comparable:
        asked |= {one.name: Count("pk", filter=Q(standing=one.value)) for one in Standing}
        asked["differing"] = Count("pk", filter=~Q(difference=0))
        asked["one_off"] = Sum("difference", filter=Q(standing=Standing.ONE_OFF.value))
    found: dict[str, Any] = rows.order_by().aggregate(**asked)
    for name, side in (("before", pair.before), ("now", pair.now)):
        total = found.pop(f"{name}_sum")
        found[name] = cents(total or 0) if side.known else None
    found["difference"] = found["now"] - found["before"] if pair.comparable else None
    found["one_off"] = cents(found.get("one_off") or 0)
    return found


def people(rows: "QuerySet[Any]", pair: Pair) -> dict[int, tuple[int, int]]:
    """Component -> how many people have an amount other than zero on each side. One query."""
    own = lines_of(rows, (pair.before, pair.now)).exclude(amount=0)
    asked = {
        name: Count("employee", distinct=True, filter=side.rows)
        for name, side in (("of_before", pair.before), ("of_now", pair.now))
    }
    counted = own.order_by().values("code").annotate(**asked)
    return {row["code"]: (row["of_before"], row["of_now"]) for row in counted}


def amount_in_cents(name: str = "amount") -> Cast:
    """An amount of a row in whole cents."""
    return Cast(Round(F(name) * Value(100)), BigIntegerField())


def cents(value: Any) -> Decimal:
    """A sum with its two decimals: SQLite adds in floating point."""
    return Decimal(value).quantize(Decimal("0.01"))


def _sum(side: Side) -> Any:
    if not side.known:
        return Value(None, output_field=BigIntegerField())
    return Cast(Sum(amount_in_cents(), filter=side.rows), BigIntegerField())


def _without_difference(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    nothing = Value(None, output_field=IntegerField())
    plain: QuerySet[Any] = rows.annotate(difference=_NOTHING, percent=_NOTHING, standing=nothing)
    return plain


def _euros(value: Any) -> Cast:
    return Cast(Cast(value, FloatField()) / Value(100.0), DecimalField(max_digits=20, decimal_places=2))


def _with_difference(rows: "QuerySet[Any]", pair: Pair, bands: Bands, by: tuple[str, ...]) -> "QuerySet[Any]":
    rows = rows.alias(b=Coalesce(F("before_cents"), 0), n=Coalesce(F("now_cents"), 0)).alias(d=F("n") - F("b"))
    rows = rows.alias(over_large=_over(bands.large), over_notable=_over(bands.notable))
    # Hundredths of a per cent, halves away from zero.
    part = (Abs(F("d")) * Value(20_000) + Abs(F("b"))) / (Abs(F("b")) * Value(2))
    percent = Case(
        When(b=0, then=None),
        When(d__lt=0, then=part * Value(-1)),
        default=part,
        output_field=BigIntegerField(),
    )
    told: QuerySet[Any] = rows.annotate(
        difference=_euros(F("d")),
        percent=_euros(percent),
        standing=Case(
            When(b=0, n=0, then=Value(Standing.WITHIN.value)),
            When(Q(b=0) & _one_off(pair.now, by), then=Value(Standing.ONE_OFF.value)),
            When(b=0, then=Value(Standing.NEW.value)),
            When(Q(n=0) & _one_off(pair.before, by), then=Value(Standing.ONE_OFF.value)),
            When(n=0, then=Value(Standing.GONE.value)),
            When(over_large__gt=0, then=Value(Standing.LARGE.value)),
            When(over_notable__gt=0, then=Value(Standing.NOTABLE.value)),
            default=Value(Standing.WITHIN.value),
            output_field=IntegerField(),
        ),
    )
    return told


def _over(percentage: Decimal) -> Any:
    """Above zero where the difference is more than so many per cents of the earlier amount."""
    return Abs(F("d")) * Value(10_000) - Abs(F("b")) * Value(int(percentage * 100))


def _one_off(side: Side, by: tuple[str, ...]) -> Q:
    """Whether what occurs on this side alone is a one-off: see docs/variance.md."""
    if not side.neighbours_known or side.fixed_since is None:
        return Q(pk__in=[])
    near, later = in_periods(side.neighbours), since_period(side.span[0])
    lines = RunWage.objects.filter(company=OuterRef("company"), run__missing_since__isnull=True)
    if by == PERSON:
        around = RunWage.objects.filter(employee=OuterRef("employee"), run__missing_since__isnull=True)
        fixed = FixedWage.objects.filter(employee=OuterRef("employee"), code=OuterRef("code"))
        unknown = lines.filter(employee=OuterRef("employee"))
    else:
        around = lines
        fixed = FixedWage.objects.filter(company=OuterRef("company"), code=OuterRef("code"))
        unknown = lines
    # Of people who were not asked for their fixed components since, nobody knows whether it is one.
    unknown = unknown.filter(side.rows, ~_fixed_known(side), code=OuterRef("code")).exclude(amount=0)
    for_all = CompanyWageFixed.objects.filter(company=OuterRef("company"), code=OuterRef("code"))
    # Of somebody who was not paid around it, nothing tells that it will not come back.
    paid = around.filter(near).exclude(amount=0)
    once = Q(Exists(paid)) & ~Q(Exists(paid.filter(code=OuterRef("code"))))
    return once & ~Q(Exists(fixed.filter(later))) & ~Q(Exists(for_all.filter(later))) & ~Q(Exists(unknown))


def _fixed_known(side: Side) -> Q:
    """Of a line of output: whether its person's fixed components were read for the side's last period or a later one.

    They are asked for the company's current period alone.
    """
    kind = FixedWage.resource.name
    read = PersonFetch.objects.filter(employee=OuterRef("employee"), resource=kind, refused=False)
    rows = FixedWage.objects.filter(since_period(side.span[-1]), employee=OuterRef("employee"))
    return Q(Exists(read.filter(fetched_at__gte=side.fixed_since))) | Q(Exists(rows))
