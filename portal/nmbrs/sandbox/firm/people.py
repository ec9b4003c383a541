"""People with several years of dated history.

Everybody has personal data and addresses. Externals also have a department and a function; employment, contract,
schedule and salary belong to people who are, were or will be on payroll.
"""

from datetime import date, timedelta
from typing import Final

from portal.nmbrs.sandbox.firm.identity import addresses, personal_infos
from portal.nmbrs.sandbox.firm.maker import Maker, maker_of
from portal.nmbrs.sandbox.firm.model import Company, Debtor, EmployeeType, Person
from portal.nmbrs.sandbox.firm.numbers import iban
from portal.nmbrs.sandbox.firm.person_maker import records_of
from portal.nmbrs.sandbox.firm.work import add_pay, add_place
from portal.periods import bounds, following

#: Places of a company that repeat; the first of them tell a story on purpose, so that every company has one of each.
_CYCLE: Final = 40
_TYPES: Final = {
    3: EmployeeType.FORMER_PAYROLL,
    6: EmployeeType.NEW_HIRE,
    9: EmployeeType.EXTERNAL,
    11: EmployeeType.FORMER_PAYROLL,
    13: EmployeeType.APPLICANT,
    15: EmployeeType.FORMER_EXTERNAL,
    16: EmployeeType.REJECTED_APPLICANT,
}
_JOINED_THIS_PERIOD, _LEAVES_THIS_PERIOD = 1, 4
_FIRST_WITHOUT_A_STORY: Final = 17


def make_person(seed: int, company: Company, debtor: Debtor, today: date, *, index: int, place: int) -> Person:
    """One person of a company. `index` counts over the whole firm, `place` within the company."""
    maker = maker_of(seed, company, debtor, today, index=index, place=place)
    kind = _kind(maker)
    start, end = _service(maker, kind)
    person = _person(maker, kind, start)
    if kind in {EmployeeType.PAYROLL, EmployeeType.FORMER_PAYROLL, EmployeeType.NEW_HIRE}:
        add_pay(maker, person, start, end)
    if kind not in {EmployeeType.APPLICANT, EmployeeType.REJECTED_APPLICANT}:
        add_place(maker, person, start)
    person.records = records_of(seed, maker, person, start, end)
    return person


def make_joiner(seed: int, company: Company, debtor: Debtor, start: date, *, index: int, place: int) -> Person:
    """Somebody on payroll from `start`, who was not in the company before."""
    maker = maker_of(seed, company, debtor, start, index=index, place=place)
    person = _person(maker, EmployeeType.PAYROLL, start)
    add_pay(maker, person, start, None)
    add_place(maker, person, start)
    person.records = records_of(seed, maker, person, start, None)
    return person


def _kind(maker: Maker) -> EmployeeType:
    """On payroll, but for the places with another story and a share of leavers that differs per company."""
    place = maker.place % _CYCLE
    if place < _FIRST_WITHOUT_A_STORY:
        return _TYPES.get(place, EmployeeType.PAYROLL)
    left = maker.random.random() < maker.company.id * 7 % 10 * 0.05
    return EmployeeType.FORMER_PAYROLL if left else EmployeeType.PAYROLL


def _service(maker: Maker, kind: EmployeeType) -> tuple[date, date | None]:
    """First and last day of the (latest) spell of service."""
    random, today = maker.random, maker.today
    period_type = maker.company.period_type
    first, last = bounds(period_type, maker.company.current)
    long_ago = today - timedelta(days=random.randrange(150, 4000))
    match kind:
        case EmployeeType.NEW_HIRE:
            return bounds(period_type, following(period_type, maker.company.current)).first, None
        case EmployeeType.FORMER_PAYROLL | EmployeeType.FORMER_EXTERNAL:
            end = first - timedelta(days=random.randrange(1, 500))
            return end - timedelta(days=random.randrange(100, 2500)), end
    if maker.place % _CYCLE >= _FIRST_WITHOUT_A_STORY:
        some_day = first + timedelta(days=random.randrange((last - first).days + 1))
        chance = random.random()
        if chance < 0.03:
            return some_day, None
        if chance < 0.05:
            return long_ago, some_day
        if chance < 0.25:
            return first - timedelta(days=random.randrange(1, 400)), None
        return long_ago, None
    if maker.place % _CYCLE == _JOINED_THIS_PERIOD:
        return first, None
    if maker.place % _CYCLE == _LEAVES_THIS_PERIOD:
        return long_ago, last
    return long_ago, None


def _person(maker: Maker, kind: EmployeeType, start: date) -> Person:
    person = Person(maker.id, maker.place + 1, kind, iban(maker.index))
    person.personal_infos.extend(personal_infos(maker, start))
    person.addresses.extend(addresses(maker, start))
    return person
