"""Head count, joiners, leavers and contract wage straight from the intervals, for one day or window.

Lists and persons read these; boards and trends read snapshots, which must say the same (architecture.md section 1).
Every function narrows a queryset that already went through `visible_to`.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Sum

from portal.companies.models import Company
from portal.employees.models import Employee, Employment
from portal.employees.wages import with_wage_cents
from portal.mirror.models import HistoryQuerySet, MirrorQuerySet, in_force

#: More people than there are in any firm.
EVERYBODY = 10**9


class Wages(NamedTuple):
    """Sum of monthly contract wages in cents, how many people in service are not in it, and how many are in service.

    `asked`: those in service of whom what a wage is made of was read; the others are in neither of the first two.
    """

    cents: int
    left_out: int
    head_count: int
    asked: int


def in_service(people: "MirrorQuerySet[Employee]", day: date) -> "MirrorQuerySet[Employee]":
    """The people with an employment in force on `day`; their number is the head count."""
    return people.filter(Exists(Employment.objects.filter(employee=OuterRef("pk")).as_of(day)))


def joiners(employments: "HistoryQuerySet[Employment]", first: date, last: date) -> "HistoryQuerySet[Employment]":
    """Employments that start from `first` to `last`, both included, of people who are in Nmbrs."""
    return employments.filter(employee__missing_since__isnull=True, valid_from__gte=first, valid_from__lte=last)


def leavers(employments: "HistoryQuerySet[Employment]", first: date, last: date) -> "HistoryQuerySet[Employment]":
    """Employments whose last day is from `first` to `last`, both included, of people who are in Nmbrs."""
    return employments.filter(employee__missing_since__isnull=True, end_date__gte=first, end_date__lte=last)


def came_and_went(moved: Iterable[Employment], first: date, last: date) -> tuple[list[Employment], list[Employment]]:
    """Of employments that are joiners, leavers or both of these days: the one and the other, in the order of days."""
    rows = list(moved)
    came = [row for row in rows if first <= row.valid_from <= last]
    went = [(row.end_date, row) for row in rows if row.end_date is not None and first <= row.end_date <= last]
    return (
        sorted(came, key=lambda row: row.valid_from),
        [row for _, row in sorted(went, key=lambda pair: pair[0])],
    )


def wages_of(companies: "QuerySet[Company]", day: date, unread: Collection[int] = ()) -> Wages | None:
    """The contract wage of everybody in service on `day` in these companies, from the totals that are kept of them.
    `unread`: keys of companies of which what a wage is made of never came in.

    None: of a company with people none are kept of that day, because it is long past or the company came in another way
    than by a sync. `wages` finds the same by pricing each person.
    """
    kept = FilteredRelation("totals_intervals", condition=in_force(day, "totals_intervals__"))
    lacking = Q(Exists(Employee.objects.filter(company=OuterRef("pk"))), kept__isnull=True)
    read = _outside("pk", unread)
    total = (
        companies.order_by()
        .alias(kept=kept)
        .aggregate(
            cents=Sum("kept__contract_wage_cents", filter=read),
            left_out=Sum("kept__wage_left_out", filter=read),
            asked=Sum("kept__head_count", filter=read),
            head_count=Sum("kept__head_count"),
            lacking=Count("pk", filter=lacking),
        )
    )
    if total["lacking"]:
        return None
    return Wages(*(total[name] or 0 for name in Wages._fields))


def wages(people: "MirrorQuerySet[Employee]", day: date, unread: Collection[int] = ()) -> Wages:
    """The contract wage of `people`, who are in service on `day`; `unread` as of `wages_of`."""
    read = _outside("company", unread)
    # The limit keeps SQLite from working out each wage once for every sum that it stands in.
    total = with_wage_cents(people, day)[:EVERYBODY].aggregate(
        cents=Sum("wage_cents", filter=read),
        left_out=Count("pk", filter=Q(wage_cents__isnull=True) & (read or Q())),
        asked=Count("pk", filter=read),
        head_count=Count("pk"),
    )
    return Wages(*(total[name] or 0 for name in Wages._fields))


def _outside(column: str, companies: Collection[int]) -> Q | None:
    """What holds of rows of other companies; None where it holds of all."""
    return ~Q(**{f"{column}__in": companies}) if companies else None
