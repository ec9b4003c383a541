"""Contract wage: what a person's salary comes to in a month, as SQL expressions.

The rule (architecture.md section 4): a gross full-time amount times the part-time percentage, or a gross part-time
amount as given, both brought to a month by the company's period type; a gross hourly wage times the hours a week of
the schedule times 52/12. Every other type, and a salary that misses what it needs, has no contract wage (NULL).

Whole numbers only: amounts count in 1/10,000 euro, percentages in 1/10,000 %, hours in 1/100. Halves of a cent go
up. So SQLite, which keeps decimals as floating point, and PostgreSQL give the same cents.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, F, OuterRef, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Round

from portal.employees.models import Salary, SalaryType, Schedule
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

Day = date | OuterRef


def wage_cents_of_employee(day: Day, employee: str = "pk") -> Subquery:
    """A month's contract wage in cents on `day` of the person at `employee`; NULL where there is none."""
    salaries = Salary.objects.filter(employee=OuterRef(employee)).as_of(_deeper(day))
    return Subquery(
        salaries.annotate(wage_cents=wage_cents(_deeper(day))).values("wage_cents")[:1], output_field=BigIntegerField()
    )


def wage_cents(day: Day) -> Case:
    """A month's contract wage in cents of a Salary row, with the schedule in force on `day`."""
    amount = _whole(F("amount"), AMOUNT_UNITS)
    schedule = Schedule.objects.filter(employee=OuterRef("employee")).as_of(_deeper(day))
    percentage = Subquery(
        schedule.annotate(part=_whole(F("part_time_percentage"), PERCENTAGE_UNITS)).values("part")[:1],
        output_field=BigIntegerField(),
    )
    hours = Subquery(schedule.annotate(hours=fortnight_hours()).values("hours")[:1], output_field=BigIntegerField())
    times = _by_period_type(0)
    by = _by_period_type(1)
    return Case(
        When(salary_type=SalaryType.GROSS_HOURLY, then=_half_up(amount * hours * Value(13), Value(HOURLY_DIVISOR))),
        When(
            salary_type=SalaryType.GROSS_FULL_TIME,
            then=_half_up(amount * percentage * times, by * Value(FULL_TIME_DIVISOR)),
        ),
        When(salary_type=SalaryType.GROSS_PART_TIME, then=_half_up(amount * times, by * Value(PART_TIME_DIVISOR))),
        default=None,
        output_field=BigIntegerField(),
    )


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


def fortnight_hours() -> Case:
    """Hours of two weeks of a Schedule row in 1/100 hour. A second week without hours repeats the first."""
    first = sum((_whole(F(day), HOUR_UNITS) for day in WEEK_ONE[1:]), start=_whole(F(WEEK_ONE[0]), HOUR_UNITS))
    second = sum((_whole(F(day), HOUR_UNITS) for day in WEEK_TWO[1:]), start=_whole(F(WEEK_TWO[0]), HOUR_UNITS))
    empty_second = dict.fromkeys(WEEK_TWO, 0)
    return Case(When(**empty_second, then=first * Value(2)), default=first + second, output_field=BigIntegerField())


def _whole(value: F, units: int) -> Any:
    return Cast(Round(value * Value(units)), BigIntegerField())


def _by_period_type(part: int) -> Cast:
    """Numerator (0) or denominator (1) of TO_MONTH for the row's company; NULL while its period type is unknown.

    Cast, because PostgreSQL multiplies two small literals in 32 bits.
    """
    branches = [
        When(company__current__period_type=kind.value, then=Value(fraction[part]))
        for kind, fraction in TO_MONTH.items()
    ]
    return Cast(Case(*branches, default=None), BigIntegerField())


def _half_up(numerator: Combinable, denominator: Combinable) -> Any:
    """`numerator / denominator`, halves up, by integer division. Both are positive."""
    return (numerator * Value(2) + denominator) / (denominator * Value(2))


def _half_up_whole(numerator: int, denominator: int) -> int:
    return (numerator * 2 + denominator) // (denominator * 2)


def _deeper(day: Day) -> Any:
    """A reference to the outer query's day, from one subquery further in."""
    return OuterRef(day) if isinstance(day, OuterRef) else day
