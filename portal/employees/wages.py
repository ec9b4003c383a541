"""Contract wage: what a person's salary comes to in a month, as SQL expressions.

The rule (architecture.md section 4): a gross full-time amount times the part-time percentage, or a gross part-time
amount as given, both brought to a month by the company's period type; a gross hourly wage times the hours a week of
the schedule times 52/12. Every other type, and a salary that misses what it needs, has no contract wage (NULL).

Whole numbers only: amounts count in 1/10,000 euro, percentages in 1/10,000 %, hours in 1/100. Halves of a cent go
up. So SQLite, which keeps decimals as floating point, and PostgreSQL give the same cents.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Case, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Round

from portal.employees.models import SalaryType
from portal.mirror.models import in_force
from portal.periods import PeriodType

#: An amount a period becomes an amount a month by this fraction.
TO_MONTH: dict[PeriodType, tuple[int, int]] = {
    PeriodType.MONTH: (1, 1),
    PeriodType.FOUR_WEEKS: (13, 12),
    PeriodType.WEEK: (52, 12),
    PeriodType.QUARTER: (1, 3),
    PeriodType.HALF_YEAR: (1, 6),
    PeriodType.YEAR: (1, 12),
}

WEEK_ONE = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK_TWO = tuple(f"{day}2" for day in WEEK_ONE)

AMOUNT_UNITS = 10_000
PERCENTAGE_UNITS = 10_000
HOUR_UNITS = 100
#: What an amount in its units is divided by to become cents.
PART_TIME_DIVISOR = AMOUNT_UNITS // 100
FULL_TIME_DIVISOR = PART_TIME_DIVISOR * 100 * PERCENTAGE_UNITS
#: Hours are those of two weeks, and 52/12 is 13/3.
HOURLY_DIVISOR = PART_TIME_DIVISOR * HOUR_UNITS * 2 * 3


def with_wage_cents(people: "QuerySet[Any]", day: date, name: str = "wage_cents") -> "QuerySet[Any]":
    """The people with the month's contract wage on `day` in cents as `name`; NULL where there is none.

    By joins: no two salaries of a person are in force on one day, nor two schedules (portal.mirror.dating). A question
    of its own for each person took PostgreSQL five times as long.
    """
    joined = {
        f"{name}_{of}": FilteredRelation(
            f"{of}_set", condition=Q(**{f"{of}_set__missing_since__isnull": True}) & in_force(day, f"{of}_set__")
        )
        for of in ("salary", "schedule")
    }
    cents = _wage_cents(f"{name}_salary__", f"{name}_schedule__", "company__current__period_type")
    priced: QuerySet[Any] = people.alias(**joined).annotate(**{name: cents})
    return priced


@cache
def _wage_cents(salary: str, schedule: str, kind: str) -> Case:
    """The month's contract wage in cents of the salary, schedule and period type that are found by these ways."""
    amount = _whole(F(f"{salary}amount"), AMOUNT_UNITS)
    percentage = _whole(F(f"{schedule}part_time_percentage"), PERCENTAGE_UNITS)
    times, by = _by_period_type(kind, 0), _by_period_type(kind, 1)
    return Case(
        _of_type(
            salary,
            SalaryType.GROSS_HOURLY,
            _half_up(amount * fortnight_hours(schedule) * Value(13), Value(HOURLY_DIVISOR)),
        ),
        _of_type(
            salary,
            SalaryType.GROSS_FULL_TIME,
            _half_up(amount * percentage * times, by * Value(FULL_TIME_DIVISOR)),
        ),
        _of_type(salary, SalaryType.GROSS_PART_TIME, _half_up(amount * times, by * Value(PART_TIME_DIVISOR))),
        default=None,
        output_field=BigIntegerField(),
    )


def _of_type(salary: str, kind: SalaryType, cents: Any) -> When:
    return When(**{f"{salary}salary_type": kind}, then=cents)


def wage_cents_of(
    salary_type: str, amount: Decimal, percentage: Decimal | None, hours: Decimal | None, kind: PeriodType
) -> int | None:
    """The same rule for one person in Python, as the snapshots use it. `hours` are those of two weeks."""
    times, by = TO_MONTH[kind]
    units = int(amount * AMOUNT_UNITS)
    if salary_type == SalaryType.GROSS_PART_TIME:
        return _half_up_whole(units * times, by * PART_TIME_DIVISOR)
    if salary_type == SalaryType.GROSS_FULL_TIME and percentage is not None:
        return _half_up_whole(units * int(percentage * PERCENTAGE_UNITS) * times, by * FULL_TIME_DIVISOR)
    if salary_type == SalaryType.GROSS_HOURLY and hours is not None:
        return _half_up_whole(units * int(hours * HOUR_UNITS) * 13, HOURLY_DIVISOR)
    return None


def of_a_period(month_cents: int, kind: PeriodType) -> int:
    """What so many cents a month are in one period, halves up: what TO_MONTH does, undone."""
    times, by = TO_MONTH[kind]
    return _half_up_whole(month_cents * by, times)


def fortnight_hours(schedule: str = "") -> Case:
    """Hours of two weeks in 1/100 hour of the Schedule found by that way. A second week without hours repeats the
    first; NULL where there is no schedule.
    """
    first, second = (
        sum(
            (_whole(F(f"{schedule}{day}"), HOUR_UNITS) for day in week[1:]),
            start=_whole(F(f"{schedule}{week[0]}"), HOUR_UNITS),
        )
        for week in (WEEK_ONE, WEEK_TWO)
    )
    empty_second = {f"{schedule}{day}": 0 for day in WEEK_TWO}
    return Case(When(**empty_second, then=first * Value(2)), default=first + second, output_field=BigIntegerField())


def _whole(value: F, units: int) -> Any:
    return Cast(Round(value * Value(units)), BigIntegerField())


def _by_period_type(kind: str, part: int) -> Cast:
    """Numerator (0) or denominator (1) of TO_MONTH for the period type found by that way; NULL while it is unknown.

    Cast, because PostgreSQL multiplies two small literals in 32 bits.
    """
    branches = [When(**{kind: one.value}, then=Value(fraction[part])) for one, fraction in TO_MONTH.items()]
    return Cast(Case(*branches, default=None), BigIntegerField())


def _half_up(numerator: Combinable, denominator: Combinable) -> Any:
    """`numerator / denominator`, halves up, by integer division. Both are positive."""
    return (numerator * Value(2) + denominator) / (denominator * Value(2))


def _half_up_whole(numerator: int, denominator: int) -> int:
    return (numerator * 2 + denominator) // (denominator * 2)
