"""What a payroll run comes to, per person and wage code.

Made when asked for, from the run and what was in force in its period, so that a run stays the same however far the
firm has moved on. Rates are this sandbox's choice: plausible, and the same in every year.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Final, Protocol, TypeVar

from portal.nmbrs.sandbox.firm.model import Company, Person, Run
from portal.nmbrs.sandbox.firm.run_people import people_of_run
from portal.nmbrs.sandbox.firm.wage_codes import WAGE_CODES
from portal.periods import Bounds, Period, PeriodType, bounds, count

GROSS_SALARY, GROSS_HOURLY, OVERTIME, BONUS, HOLIDAY_RESERVE = 1000, 1010, 1060, 1310, 1410
WAGE_TAX, NET, INSURANCES, CARE = 4000, 4100, 4200, 4210
#: Wage codes of the gross wage; a person has one of them in a run.
GROSS_CODES: Final = frozenset({GROSS_SALARY, GROSS_HOURLY})

_DESCRIPTIONS: Final = dict(WAGE_CODES)
_HOURLY: Final = {3, 6, 8}
_NET_AGREED: Final = {4, 5, 6, 8}
_FULL_TIME: Final = 1
_WEEKS: Final = {PeriodType.MONTH: Decimal(52) / 12, PeriodType.FOUR_WEEKS: Decimal(4), PeriodType.WEEK: Decimal(1)}
#: Part of the wage that is withheld, up to a wage a year.
_TAX_RATES: Final = ((24_000, Decimal("0.14")), (48_000, Decimal("0.24")), (10**9, Decimal("0.33")))
_HOLIDAY_RATE, _INSURANCE_RATE, _CARE_RATE = Decimal("0.08"), Decimal("0.105"), Decimal("0.061")
#: What a run before the real one pays in advance.
_ADVANCE: Final = Decimal("0.4")
_ADVANCE_RUN, _RECALCULATION = "Voorloop", "Herberekening"
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class WageLine:
    """One value of somebody in a run, in euros; None: the report has the code without a value."""

    person: Person
    code: int
    value: Decimal | None

    @property
    def description(self) -> str:
        """What the wage code means."""
        return _DESCRIPTIONS[self.code]


def wage_lines(seed: int, company: Company, run: Run) -> Iterator[WageLine]:
    """The values of everybody in the run, person by person; `seed` is that of the firm."""
    for person in people_of_run(company, run):
        for code, value in _values(seed, company, run, person).items():
            yield WageLine(person, code, value)


def gross_total(lines: Iterable[WageLine]) -> Decimal:
    """The gross wages among `lines`."""
    return sum((line.value for line in lines if line.code in GROSS_CODES and line.value is not None), Decimal(0))


def wage_of_period(company: Company, person: Person, period: Period) -> tuple[int, Decimal | None, Decimal]:
    """Wage code, gross wage of a whole period and tax rate of somebody; no wage where there is no salary yet.

    A full-time amount counts for the part-time percentage, a wage per hour for the hours of the schedule; what was
    agreed net is grossed up. A type that no list knows is read as an amount a period. The salary and the schedule
    are those of the last day in service; of a period only partly in service its share of the days is paid.
    """
    days = bounds(company.period_type, period)
    share, day = _service(person, days)
    salary, schedule = _in_force(person.salaries, day), _in_force(person.schedules, day)
    if salary is None or schedule is None:
        return GROSS_SALARY, None, Decimal(0)
    amount = salary.value
    if salary.type in _HOURLY:
        amount *= schedule.hours_per_week * _WEEKS[company.period_type]
    elif salary.type == _FULL_TIME:
        amount *= schedule.part_time / 100
    yearly = amount * count(company.period_type, period.year)
    rate = next(rate for most, rate in _TAX_RATES if yearly <= most)
    if salary.type in _NET_AGREED:
        amount /= 1 - rate
    return GROSS_HOURLY if salary.type in _HOURLY else GROSS_SALARY, (amount * share).quantize(_CENT), rate


def _values(seed: int, company: Company, run: Run, person: Person) -> dict[int, Decimal | None]:
    random = Random(f"{seed}/{company.id}/{run.number}/{person.id}/output")  # noqa: S311 -- sample data, not a secret
    code, whole, rate = wage_of_period(company, person, Period(run.year, run.first))
    gross = None if whole is None else _part(random, company, run, whole)
    if gross is None:
        return {code: None}
    values: dict[int, Decimal | None] = {code: gross}
    taxable = gross
    if not run.description.startswith((_ADVANCE_RUN, _RECALCULATION)):
        for extra, amount in _extras(random):
            values[extra] = amount
            taxable += amount or 0
    tax = (taxable * rate).quantize(_CENT)
    return values | {
        HOLIDAY_RESERVE: (gross * _HOLIDAY_RATE).quantize(_CENT),
        WAGE_TAX: tax,
        NET: taxable - tax,
        INSURANCES: (taxable * _INSURANCE_RATE).quantize(_CENT),
        CARE: (taxable * _CARE_RATE).quantize(_CENT),
    }


def _part(random: Random, company: Company, run: Run, whole: Decimal) -> Decimal | None:
    """What this run pays of the wage of its period: an advance, the rest, or for a few people a correction."""
    advance = (whole * _ADVANCE).quantize(_CENT)
    if run.description.startswith(_ADVANCE_RUN):
        return advance
    if run.description.startswith(_RECALCULATION):
        return Decimal(random.randrange(-15_000, 30_000)) / 100 if random.random() < 0.1 else None
    paid_before = any(
        (other.year, other.first) == (run.year, run.first) and other.description.startswith(_ADVANCE_RUN)
        for other in company.runs
    )
    return whole - advance if paid_before else whole


def _extras(random: Random) -> Iterator[tuple[int, Decimal | None]]:
    """Sometimes overtime, now and then a bonus; a code that was entered and then cleared has no value."""
    chance = random.random()
    if chance < 0.12:
        yield OVERTIME, Decimal(random.randrange(2_000, 45_000)) / 100
    elif chance < 0.15:
        yield OVERTIME, None
    if random.random() < 0.05:
        yield BONUS, Decimal(random.randrange(10_000, 150_000)) / 100


def _service(person: Person, days: Bounds) -> tuple[Decimal, date]:
    """The part of the days that somebody was in service, and the last such day."""
    served = 0
    until = days.first
    for spell in person.employments:
        start, end = max(spell.start, days.first), min(spell.end or days.last, days.last)
        if start <= end:
            served += (end - start).days + 1
            until = max(until, end)
    return Decimal(served) / ((days.last - days.first).days + 1), until


class _Dated(Protocol):
    start: date
    created: datetime


_Row = TypeVar("_Row", bound=_Dated)


def _in_force(rows: Iterable[_Row], day: date) -> _Row | None:
    """The latest row on `day`; of two that start together the later created."""
    return max((row for row in rows if row.start <= day), key=lambda row: (row.start, row.created), default=None)
