"""People with what was in force on a day, for a list: one query a kind for the rows of a page.

A row gets the lists that IN_FORCE names, with at most one record that counts (the newest first). Sorting by such a
value is an expression of its own, so that a page only pays for the column it is sorted by.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, OuterRef, Prefetch, QuerySet, Subquery, When

from portal.employees.models import (
    Contract,
    Department,
    Employee,
    EmployeeType,
    Employment,
    Function,
    PersonalInfo,
    Salary,
    Schedule,
)
from portal.employees.wages import WEEK_ONE, WEEK_TWO, fortnight_hours, wage_cents_of, with_wage_cents
from portal.mirror.models import EmployeeHistory
from portal.periods import PeriodType

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User

#: The kinds of a list, each with the attribute its records in force are found under.
IN_FORCE: dict[type[EmployeeHistory], str] = {
    Employment: "employments_now",
    Contract: "contracts_now",
    Salary: "salaries_now",
    Schedule: "schedules_now",
    Department: "departments_now",
    Function: "functions_now",
    PersonalInfo: "personal_infos_now",
}

#: What the list shows of a record; the other columns of a page's records are not read.
SHOWN: dict[type[EmployeeHistory], tuple[str, ...]] = {
    Employment: ("valid_from",),
    Contract: ("end_date",),
    Salary: ("salary_type", "amount"),
    Schedule: ("part_time_percentage", *WEEK_ONE, *WEEK_TWO),
    Department: ("description",),
    Function: ("description",),
    PersonalInfo: ("birthday",),
}

NEWEST_FIRST = ("-valid_from", "-created_at", "-pk")


def types_of(people: "QuerySet[Employee]") -> "QuerySet[EmployeeType]":
    """The employee types that somebody among these people has, who went through the door already.

    One look for each type, where DISTINCT walks over all people of an office.
    """
    return EmployeeType.objects.filter(Exists(people.order_by().filter(employee_type=OuterRef("pk"))))


def as_of(
    people: "QuerySet[Employee]",
    day: date,
    user: "User | AnonymousUser",
    kinds: Collection[type[EmployeeHistory]],
) -> "QuerySet[Employee]":
    """The people with the records of `kinds` that are in force on `day` and that `user` may see."""
    return people.select_related("company__current", "company__debtor", "employee_type").prefetch_related(
        *(
            Prefetch(
                f"{kind._meta.model_name}_set",
                queryset=kind.objects.visible_to(user, kind.resource.capability)
                .as_of(day)
                .order_by(*NEWEST_FIRST)
                .only("employee_id", *SHOWN[kind]),
                to_attr=IN_FORCE[kind],
            )
            for kind in kinds
        )
    )


def in_force(person: Employee, kind: type[EmployeeHistory]) -> Any:
    """The person's record of `kind` in force on the day that `as_of` was asked for; None when there is none."""
    return next(iter(getattr(person, IN_FORCE[kind])), None)


def with_sort_key(rows: "QuerySet[Any]", column: str, day: date) -> "QuerySet[Any]":
    """The rows with `sort_key`: what the list is sorted by for one of its dated columns."""
    if column == "wage":
        # As the column shows it: who is not in service has none.
        serves = Exists(Employment.objects.filter(employee=OuterRef("pk")).as_of(day))
        priced: QuerySet[Any] = with_wage_cents(rows, day).alias(sort_key=Case(When(serves, then="wage_cents")))
        return priced
    if column == "hours":
        schedules = Schedule.objects.filter(employee=OuterRef("pk")).as_of(day).order_by(*NEWEST_FIRST)
        key = Subquery(schedules.annotate(hours=fortnight_hours()).values("hours")[:1])
    else:
        kind, field = SORTED_BY[column]
        key = Subquery(
            kind.objects.filter(employee=OuterRef("pk")).as_of(day).order_by(*NEWEST_FIRST).values(field)[:1]
        )
    sorted_rows: QuerySet[Any] = rows.alias(sort_key=key)
    return sorted_rows


SORTED_BY: dict[str, tuple[type[EmployeeHistory], str]] = {
    "department": (Department, "description"),
    "function": (Function, "description"),
    "since": (Employment, "valid_from"),
    "contract_end": (Contract, "end_date"),
    "part_time": (Schedule, "part_time_percentage"),
    "salary_kind": (Salary, "salary_type"),
    "amount": (Salary, "amount"),
    "birthday": (PersonalInfo, "birthday"),
}


def fortnight(schedule: Schedule) -> Decimal:
    """Hours of two weeks. A second week without hours repeats the first."""
    first, second = (sum((getattr(schedule, day) for day in week), Decimal(0)) for week in (WEEK_ONE, WEEK_TWO))
    return first + (second or first)


def monthly_wage(salary: Salary | None, schedule: Schedule | None, kind: PeriodType | None) -> Decimal | None:
    """The contract wage a month in euros, as portal.employees.wages has it; None where there is none."""
    if salary is None or kind is None:
        return None
    percentage = schedule.part_time_percentage if schedule else None
    hours = fortnight(schedule) if schedule else None
    cents = wage_cents_of(salary.salary_type, salary.amount, percentage, hours, kind)
    return None if cents is None else euros(cents)


def euros(cents: int) -> Decimal:
    """Cents as euros."""
    return Decimal(cents) / 100


def period_type(person: Employee) -> PeriodType | None:
    """The period type of the person's company, once it is known."""
    current = getattr(person.company, "current", None)
    return PeriodType(current.period_type) if current else None
