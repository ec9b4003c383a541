"""The slow definitions: figures computed straight from the embedded Nmbrs' own data, person by person, with fractions.

Nothing here knows the portal's models, queries or intervals.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TypeVar

from portal.nmbrs.sandbox.firm.model import Company, Debtor, EmployeeType, Person, Salary, Schedule
from portal.periods import Period, PeriodType, bounds

Row = TypeVar("Row", Salary, Schedule)

#: Not mirrored: applicants are outside payroll.
OUTSIDE = {EmployeeType.APPLICANT, EmployeeType.REJECTED_APPLICANT}

FACTOR = {
    PeriodType.MONTH: Fraction(1),
    PeriodType.FOUR_WEEKS: Fraction(13, 12),
    PeriodType.WEEK: Fraction(52, 12),
}


@dataclass(frozen=True)
class Figures:
    """Totals of some companies on a day and over a window."""

    head_count: int = 0
    wage_cents: int = 0
    left_out: int = 0
    joiners: int = 0
    leavers: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.head_count + other.head_count,
            self.wage_cents + other.wage_cents,
            self.left_out + other.left_out,
            self.joiners + other.joiners,
            self.leavers + other.leavers,
        )


def people(company: Company) -> list[Person]:
    """The people of a company that belong in a mirror."""
    return [person for person in company.people if person.type not in OUTSIDE]


def figures(company: Company, first: date, last: date) -> Figures:
    """Head count and wage on `last`, joiners and leavers from `first` to `last`."""
    total = Figures()
    for person in people(company):
        there = in_service(person, last)
        wage = wage_cents(company, person, last) if there else None
        total += Figures(
            head_count=int(there),
            wage_cents=wage or 0,
            left_out=int(there and wage is None),
            joiners=int(any(first <= spell.start <= last for spell in person.employments)),
            leavers=int(any(spell.end is not None and first <= spell.end <= last for spell in person.employments)),
        )
    return total


def of_debtor(debtor: Debtor, year: int, month: int) -> Figures:
    """The sum over a debtor's companies for a calendar month."""
    days = bounds(PeriodType.MONTH, Period(year, month))
    return sum((figures(company, days.first, days.last) for company in debtor.companies), Figures())


def in_service(person: Person, day: date) -> bool:
    """Somebody with an employment that has begun and whose last day is not over."""
    return any(spell.start <= day and (spell.end is None or day <= spell.end) for spell in person.employments)


def wage_cents(company: Company, person: Person, day: date) -> int | None:
    """The contract wage of architecture.md section 4, rounded half up to cents; None where there is none."""
    salary = latest(person.salaries, day)
    schedule = latest(person.schedules, day)
    if salary is None:
        return None
    value = Fraction(salary.value)
    if salary.type == 1 and schedule is not None:
        return half_up(value * Fraction(schedule.part_time) / 100 * FACTOR[company.period_type])
    if salary.type == 2:
        return half_up(value * FACTOR[company.period_type])
    if salary.type == 3 and schedule is not None:
        return half_up(value * Fraction(schedule.hours_per_week) * Fraction(52, 12))
    return None


def latest(rows: list[Row], day: date) -> Row | None:
    """The row with the newest start up to `day`; of one start the later created."""
    started = [row for row in rows if row.start <= day]
    return max(started, key=lambda row: (row.start, row.created, row.id), default=None)


def contracts_ending(debtor: Debtor, day: date, days: int) -> set[tuple[int, date]]:
    """(person, last day) of contracts in force on `day` that end within `days` and that no later contract follows."""
    found = set()
    for company in debtor.companies:
        for person in people(company):
            for contract in person.contracts:
                if contract.end is None or not (contract.start <= day <= contract.end <= day + timedelta(days=days)):
                    continue
                if not any(
                    other.start > contract.start and (other.end is None or other.end > contract.end)
                    for other in person.contracts
                ):
                    found.add((person.id, contract.end))
    return found


def half_up(euros: Fraction) -> int:
    """Cents, halves up."""
    return floor(euros * 100 + Fraction(1, 2))


def money(cents: int) -> Decimal:
    """Cents as euros."""
    return Decimal(cents) / 100
