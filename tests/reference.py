"""The slow definitions: figures computed straight from the embedded Nmbrs' own data, person by person, with fractions.

Nothing here knows the portal's models, queries or intervals.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TypeVar

from portal.nmbrs.sandbox.firm.model import Company, Debtor, EmployeeType, Person, Salary, Schedule
from portal.nmbrs.sandbox.firm.run_journal import journal_lines
from portal.periods import Period, PeriodType, bounds, periods_touching

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


def wage_cost(seed: int, company: Company, first: date, last: date) -> int | None:
    """Cents that the journals book on accounts of costs for the periods that end from `first` to `last`.

    None: one of them has no run, or nobody was paid.
    """
    total = 0
    for period in ending(company, first, last):
        runs = [run for run in company.runs if run.year == period.year and run.first <= period.number <= run.last]
        lines = [line for run in runs for line in journal_lines(seed, company, run) if line.account.startswith("4")]
        if not lines:
            return None
        total += sum(int(100 * ((line.debit or 0) - (line.credit or 0))) for line in lines)
    return total


def ending(company: Company, first: date, last: date) -> list[Period]:
    """The periods of a company that end from `first` to `last`."""
    kind = company.period_type
    return [one for one in periods_touching(kind, first, last) if first <= bounds(kind, one).last <= last]


def pays(seed: int, company: Company, first: date, last: date) -> bool:
    """Whether a company should have wage cost: a period ends, and somebody works there on the last day or it has a
    run that its journal books."""
    periods = ending(company, first, last)
    ran = any(
        run.year == one.year and run.first <= one.number <= run.last and journal_lines(seed, company, run)
        for one in periods
        for run in company.runs
    )
    return ran or (bool(periods) and any(in_service(person, last) for person in people(company)))


def cost_of_companies(seed: int, companies: Iterable[Company], first: date, last: date) -> int | None:
    """Of companies together; None where that of one is not known."""
    known = [wage_cost(seed, company, first, last) for company in companies if pays(seed, company, first, last)]
    return sum(cents for cents in known if cents is not None) if known and None not in known else None


def by_department(company: Company, day: date) -> Counter[str]:
    """People in service by the department of their last record that had begun."""
    found: Counter[str] = Counter()
    for person in people(company):
        if in_service(person, day):
            begun = [row for row in person.departments if bounds(company.period_type, row.start).first <= day]
            newest = max(begun, key=lambda row: (row.start, row.created), default=None)
            found[newest.unit.description if newest else "no department on this day"] += 1
    return found


def booked(seed: int, company: Company, first: date, last: date, column: str) -> Counter[str]:
    """Cents of cost by a column of the journal."""
    found: Counter[str] = Counter()
    for run in company.runs:
        if first <= bounds(company.period_type, Period(run.year, run.first)).last <= last:
            for line in journal_lines(seed, company, run):
                if line.account.startswith("4"):
                    found[getattr(line, column)] += int(100 * ((line.debit or 0) - (line.credit or 0)))
    return found


def by_center(company: Company, period: Period, day: date) -> Counter[str]:
    """People in service by cost centre, in parts; without a division under the empty code."""
    found: Counter[str] = Counter()
    for person in people(company):
        if not in_service(person, day):
            continue
        start = max((share.start for share in person.records.cost_shares if share.start <= period), default=None)
        shares = [share for share in person.records.cost_shares if share.start == start]
        for share in shares:
            found[share.center.code] += share.percentage / 100  # type: ignore[assignment]
        if not shares:
            found[""] += 1
    return found


def absent(companies: Iterable[Company], day: date) -> int:
    """People in service who are absent on the day, wholly or in part."""
    return sum(
        in_service(person, day)
        and any(
            spell.percentage > 0 and spell.start <= day and (spell.end is None or day <= spell.end)
            for spell in person.records.absences
        )
        for company in companies
        for person in people(company)
    )


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
