"""What somebody does and earns: spells of service, contracts, schedules, salaries, departments and functions."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from portal.nmbrs.sandbox.firm.maker import Maker
from portal.nmbrs.sandbox.firm.model import (
    Contract,
    Employment,
    Person,
    Placement,
    Salary,
    Schedule,
    Unit,
)
from portal.nmbrs.sandbox.firm.salary_scales import PERIOD_SHARE, place_in_table
from portal.periods import PeriodType

#: Places (modulo 40) of people whose story is told on purpose, so that every company has one of each.
_CONTRACT_ENDS_SOON, _REHIRED = 7, 12
_FULL_TIME_HOURS = Decimal(40)
#: Salary types with their weight: full-time, part-time, hourly, net part-time, net hourly, one no list knows.
_SALARY_TYPES: Final = ((1, 56), (2, 16), (3, 22), (4, 2), (6, 2), (9, 2))
_WEEKS: Final = (
    (8, 8, 8, 8, 8, 0, 0), (8, 8, 8, 8, 8, 0, 0), (8, 8, 8, 8, 0, 0, 0), (8, 8, 0, 8, 0, 0, 0), (4, 4, 4, 4, 4, 0, 0),
    (0, 0, 6, 6, 8, 8, 0), (9, 9, 9, 9, 0, 0, 0),
)  # fmt: skip
_ONE_DAY = timedelta(days=1)


def add_pay(maker: Maker, person: Person, start: date, end: date | None) -> None:
    """Employments, schedules, contracts and salaries of a spell of service."""
    person.employments.extend(_employments(maker, start, end))
    hours = _add_schedules(maker, person, start)
    person.contracts.extend(_contracts(maker, start, end, hours))
    person.salaries.extend(_salaries(maker, start, end, hours))


def add_place(maker: Maker, person: Person, start: date) -> None:
    """Departments and functions."""
    person.departments.extend(_placements(maker, maker.debtor.departments, start))
    person.functions.extend(_placements(maker, maker.debtor.functions, start))


def _employments(maker: Maker, start: date, end: date | None) -> Iterator[Employment]:
    # Who joins as the firm moves on was not there before: past runs would not be what they were.
    if maker.place % 40 == _REHIRED and start < maker.today:
        earlier_end = start - timedelta(days=200)
        earlier = earlier_end - timedelta(days=maker.random.randrange(200, 900))
        yield Employment(maker.next_id(), maker.created(earlier), earlier, earlier_end, None)
        yield Employment(maker.next_id(), maker.created(start), start, end, earlier)
        return
    yield Employment(maker.next_id(), maker.created(start), start, end, None)


def _contracts(maker: Maker, start: date, end: date | None, hours: Decimal) -> Iterator[Contract]:
    """Fixed terms that extend each other under one id, then an indefinite contract under another."""
    random = maker.random
    identifier = maker.next_id()
    nature = random.choice((1,) * 17 + (11, 18, 83))

    def row(number: int, first: date, last: date | None, *, indefinite: bool) -> Contract:
        return Contract(
            id=number,
            created=maker.created(first),
            start=first,
            trial_end=first + timedelta(days=30) if indefinite and random.random() < 0.5 else None,
            end=last,
            nature=nature,
            indefinite=indefinite,
            phase=random.choice((1, 3, 17)) if nature == 11 else None,
            written=random.random() < 0.97,
            hours=hours if random.random() < 0.95 else None,
        )

    if maker.place % 40 == _CONTRACT_ENDS_SOON:
        ends = maker.today + timedelta(days=random.randrange(5, 55))
        second = max(start, ends - timedelta(days=182))
        if second > start + timedelta(days=1):
            yield row(identifier, start, second - _ONE_DAY, indefinite=False)
        yield row(identifier, second, ends, indefinite=False)
        return
    if random.random() < 0.35:
        yield row(identifier, start, end, indefinite=True)
        return
    term = start
    for months in (6, 6, 11):
        last = min(term + timedelta(days=months * 30), end or date.max)
        yield row(identifier, term, last, indefinite=False)
        if last >= (end or maker.today):
            return
        term = last + _ONE_DAY
    yield row(maker.next_id(), term, end, indefinite=True)


def _add_schedules(maker: Maker, person: Person, start: date) -> Decimal:
    """Gives the person one or two schedules; returns the hours a week of the last."""
    random = maker.random
    starts = [start]
    days = (maker.today - start).days
    if days > 120 and random.random() < 0.25:
        starts.append(start + timedelta(days=random.randrange(60, days)))
    for first in starts:
        week1 = tuple(map(Decimal, random.choice(_WEEKS)))
        if random.random() < 0.1:
            week1 = (week1[0] + Decimal("0.5"), *week1[1:])
        two_weeks = random.random() < 0.12
        week2 = tuple(map(Decimal, random.choice(_WEEKS[2:]))) if two_weeks else week1
        hours = (sum(week1) + sum(week2)) / Decimal(2)
        part_time = (hours * 100 / _FULL_TIME_HOURS).quantize(Decimal("0.01"))
        person.schedules.append(Schedule(maker.next_id(), maker.created(first), first, week1, week2, part_time))
    return person.schedules[-1].hours_per_week


def _salaries(maker: Maker, start: date, end: date | None, hours: Decimal) -> Iterator[Salary]:
    """A first salary, a raise in most Januaries, sometimes one in between, and corrections of the same day."""
    random = maker.random
    kinds, weights = zip(*_SALARY_TYPES, strict=True)
    kind: int = random.choices(kinds, weights)[0]
    monthly = Decimal(random.randrange(2700, 6200))
    from_table = kind == 1 and random.random() < 0.2
    starts = [start]
    for year in range(start.year + 1, maker.today.year + 1):
        new_year = date(year, 1, 1)
        if new_year < (end or maker.today) and random.random() < 0.75:
            starts.append(new_year)
    if (maker.today - starts[-1]).days > 100 and random.random() < 0.2:
        starts.append(starts[-1] + timedelta(days=random.randrange(30, 100)))
    for first in starts:
        value = _amount(kind, monthly, hours, maker.company.period_type)
        table = place_in_table(value, maker.company.period_type) if from_table else None
        created = maker.created(first)
        if random.random() < 0.05:
            # A typing error, put right at once: same start, the later row counts.
            yield Salary(maker.next_id(), created, first, value + 10, kind)
            created += timedelta(minutes=7)
        yield Salary(maker.next_id(), created, first, table.step_value if table else value, kind, table)
        monthly = (monthly * Decimal(random.randrange(101, 106)) / 100).quantize(Decimal(1))


def _amount(kind: int, monthly: Decimal, hours: Decimal, period_type: PeriodType) -> Decimal:
    if kind in {3, 6, 8}:
        return (monthly * 12 / 52 / _FULL_TIME_HOURS).quantize(Decimal("0.01"))
    share = hours / _FULL_TIME_HOURS if kind in {2, 4, 5} else Decimal(1)
    return (monthly * share * PERIOD_SHARE[period_type]).quantize(Decimal("0.01"))


def _placements(maker: Maker, units: Sequence[Unit], start: date) -> Iterator[Placement]:
    """A department or function from the start; some move, a few of them back again."""
    random = maker.random
    days = (maker.today - start).days
    chosen = random.choice(units)
    yield Placement(maker.next_id(), maker.created(start), maker.period(start), chosen)
    if days > 200 and random.random() < 0.3:
        moved = start + timedelta(days=random.randrange(60, days - 60))
        created = maker.created(moved)
        yield Placement(maker.next_id(), created, maker.period(moved), random.choice(units))
        if random.random() < 0.3:
            # Two rows from the same period: the later created one counts.
            days_since = (maker.today - created.date()).days
            at = created + timedelta(days=random.randrange(days_since + 1), minutes=7)
            yield Placement(maker.next_id(), at, maker.period(moved), random.choice(units))
        if random.random() < 0.3:
            back = maker.today - timedelta(days=random.randrange(1, 55))
            yield Placement(maker.next_id(), maker.created(back), maker.period(back), chosen)
