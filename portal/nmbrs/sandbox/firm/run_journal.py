"""The journal of a run: its wage lines booked on ledger accounts, what is debited equal to what is credited."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Final

from portal.nmbrs.sandbox.firm.model import Company, Person, Run
from portal.nmbrs.sandbox.firm.run_output import (
    BONUS,
    CARE,
    GROSS_HOURLY,
    GROSS_SALARY,
    HOLIDAY_RESERVE,
    INSURANCES,
    NET,
    OVERTIME,
    WAGE_TAX,
    WageLine,
    wage_lines,
)
from portal.periods import Period

#: Ledger account that holds the gross wages and nothing else.
GROSS_ACCOUNT: Final = "4000"
_TAX_DUE, _NET_DUE, _HOLIDAY_DUE = "1710", "1720", "1730"
#: Wage code -> account that is debited and account that is credited; empty: the other side is another code's.
_ACCOUNTS: Final = {
    GROSS_SALARY: (GROSS_ACCOUNT, ""),
    GROSS_HOURLY: (GROSS_ACCOUNT, ""),
    OVERTIME: ("4010", ""),
    BONUS: ("4020", ""),
    HOLIDAY_RESERVE: ("4030", _HOLIDAY_DUE),
    WAGE_TAX: ("", _TAX_DUE),
    NET: ("", _NET_DUE),
    INSURANCES: ("4040", _TAX_DUE),
    CARE: ("4050", _TAX_DUE),
}
_WHOLE: Final = Decimal(100)
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One booking in euros, of which one side is None; `run` is the number of the run.

    A correction downwards is negative on its own side. Costs are divided over the person's cost centres, `percentage`
    is the part; what is owed is not divided.
    """

    employee: str
    period: int
    year: int
    run: int
    department: str
    cost_center: str
    cost_unit: str
    percentage: Decimal
    account: str
    component: str
    debit: Decimal | None
    credit: Decimal | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the costs of somebody go, and what part of them."""

    center: str
    unit: str
    percentage: Decimal


def journal_lines(seed: int, company: Company, run: Run) -> Iterator[JournalLine]:
    """The journal of one run, person by person; `seed` is that of the firm."""
    period = Period(run.year, run.first)
    for _, lines in groupby(wage_lines(seed, company, run), key=lambda line: line.person.id):
        yield from _booked(list(lines), run, period)


def _booked(lines: Sequence[WageLine], run: Run, period: Period) -> Iterator[JournalLine]:
    person = lines[0].person
    name, department = _name(person, period), _department(person, period)
    places = _places(person, period)

    def line(
        wage: WageLine, place: _Place, account: str, *, debit: Decimal | None, credit: Decimal | None
    ) -> JournalLine:
        return JournalLine(
            employee=name,
            period=period.number,
            year=period.year,
            run=run.number,
            department=department,
            cost_center=place.center,
            cost_unit=place.unit,
            percentage=place.percentage,
            account=account,
            component=wage.description,
            debit=debit,
            credit=credit,
        )

    for wage in lines:
        if wage.value is None:
            continue
        debited, credited = _ACCOUNTS[wage.code]
        if debited:
            for place, part in zip(places, _divided(wage.value, places), strict=True):
                yield line(wage, place, debited, debit=part, credit=None)
        if credited:
            yield line(wage, _Place("", "", _WHOLE), credited, debit=None, credit=wage.value)


def _divided(value: Decimal, places: Sequence[_Place]) -> Iterator[Decimal]:
    """`value` by the percentages, to the cent; the last part takes what rounding leaves."""
    left = value
    for place in places[:-1]:
        part = (value * place.percentage / _WHOLE).quantize(_CENT)
        left -= part
        yield part
    yield left


def _places(person: Person, period: Period) -> list[_Place]:
    shares = person.records.cost_shares
    start = max((share.start for share in shares if share.start <= period), default=None)
    found = [
        _Place(share.center.code, share.unit.code if share.unit else "", share.percentage)
        for share in shares
        if share.start == start
    ]
    return found or [_Place("", "", _WHOLE)]


def _name(person: Person, period: Period) -> str:
    begun = [info for info in person.personal_infos if info.start <= period]
    return (begun or person.personal_infos[:1])[-1].display_name


def _department(person: Person, period: Period) -> str:
    begun = [row for row in person.departments if row.start <= period]
    latest = max(begun, key=lambda row: (row.start, row.created), default=None)
    return latest.unit.description if latest else ""
