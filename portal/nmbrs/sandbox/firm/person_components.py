"""Fixed and variable components of hours and wage."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Final

from portal.nmbrs.sandbox.firm.company_records import FixedComponent, VariableComponent
from portal.nmbrs.sandbox.firm.maker import Maker
from portal.nmbrs.sandbox.firm.person_origin import Origin
from portal.periods import Period, PeriodType, preceding

#: Periods back from the current one that have variable components.
_PERIODS: Final = 13
_WEEKS: Final = {PeriodType.MONTH: Decimal(52) / 12, PeriodType.FOUR_WEEKS: Decimal(4), PeriodType.WEEK: Decimal(1)}
#: Hour codes that every company has.
_WORKED: Final = 2100
_EXTRA_HOURS: Final = (2110, 2120, 2130, 2160, 2200, 2220)
#: Wage codes with their lowest and highest amount in euros.
_FIXED: Final = ((2000, 40, 220), (2020, 10, 60), (2030, 10, 40), (3000, 80, 320), (1200, 50, 300), (3100, 2, 8))
_VARIABLE: Final = ((1310, 100, 900), (1320, 50, 400), (2010, 10, 180), (2040, 8, 60), (3210, 50, 250))
_GARNISHMENT: Final = (3200, 60, 500)
_CENT: Final = Decimal("0.01")


def fixed_hours(origin: Origin, maker: Maker) -> list[FixedComponent]:
    """The hours of a period, for those who are not paid by the hour; a few had other hours until this year."""
    if origin.hourly:
        return []
    hours = _hours_a_period(origin)
    start, new_year = maker.period(origin.start), Period(origin.today.year, 1)
    if start >= new_year or maker.random.random() > 0.1:
        return [FixedComponent(maker.next_id(), _WORKED, hours, start, None)]
    last = preceding(origin.company.period_type, new_year)
    return [
        FixedComponent(maker.next_id(), _WORKED, hours + 4, start, last),
        FixedComponent(maker.next_id(), _WORKED, hours, new_year, None),
    ]


def variable_hours(origin: Origin, maker: Maker) -> list[VariableComponent]:
    """What was worked by those who are paid by the hour; extra hours and leave of some others."""
    random = maker.random
    usual = _hours_a_period(origin)
    busy = random.random() < 0.4
    made = []
    for period in origin.recent_periods(_PERIODS):
        if origin.hourly:
            worked = usual + Decimal(random.randrange(-12, 13)) / 4
            made.append(VariableComponent(maker.next_id(), _WORKED, max(worked, Decimal(1)), period))
        if busy and random.random() < 0.4:
            hours = Decimal(random.randrange(2, 33)) / 4
            made.append(VariableComponent(maker.next_id(), random.choice(_EXTRA_HOURS), hours, period))
    return made


def _hours_a_period(origin: Origin) -> Decimal:
    return (origin.hours_a_week * _WEEKS[origin.company.period_type]).quantize(_CENT)


def fixed_wages(origin: Origin, maker: Maker) -> list[FixedComponent]:
    """Up to four, from the first period on; the first of them got another amount this year when it is older."""
    random = maker.random
    chosen: Sequence[tuple[int, int, int]] = random.sample(_FIXED, random.randrange(0, 4))
    if random.random() < 0.03:
        chosen = [*chosen, _GARNISHMENT]
    start, new_year = maker.period(origin.start), Period(origin.today.year, 1)
    made = []
    for place, component in enumerate(chosen):
        code = component[0]
        if place == 0 and start < new_year:
            last = preceding(origin.company.period_type, new_year)
            made.append(FixedComponent(maker.next_id(), code, _amount(random, component), start, last))
        begun = max(start, new_year) if place == 0 else start
        made.append(FixedComponent(maker.next_id(), code, _amount(random, component), begun, None))
    return made


def variable_wages(origin: Origin, maker: Maker) -> list[VariableComponent]:
    """Now and then something besides the wage; an advance is paid back, so its amount is negative."""
    made = []
    for period in origin.recent_periods(_PERIODS):
        if maker.random.random() < 0.2:
            made.append(variable_wage(maker.random, maker.next_id(), period))
    return made


def variable_wage(random: Random, identifier: int, period: Period) -> VariableComponent:
    """A component of one period."""
    component = random.choice(_VARIABLE)
    amount = _amount(random, component)
    return VariableComponent(identifier, component[0], -amount if component[0] == 3210 else amount, period)


def _amount(random: Random, component: tuple[int, int, int]) -> Decimal:
    return Decimal(random.randrange(component[1] * 100, component[2] * 100)) / 100
