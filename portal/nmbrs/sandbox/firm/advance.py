"""Moves the firm to the next period, as a month of payroll work would."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from portal.nmbrs.sandbox.firm.filings import advance_filings
from portal.nmbrs.sandbox.firm.model import (
    Company,
    Contract,
    Debtor,
    EmployeeType,
    Firm,
    Person,
    Placement,
    Salary,
)
from portal.nmbrs.sandbox.firm.payroll import add_due_returns, add_run
from portal.nmbrs.sandbox.firm.people import make_joiner
from portal.nmbrs.sandbox.firm.person_changes import change_records
from portal.periods import bounds, following


def advance(firm: Firm) -> None:
    """Close the current period of every company with a run and open the next one with some changes.

    Every company: its last run is locked, a new one stands unlocked, returns that fell due are made. A company with
    people: some get a raise, one joins, one leaves, one moves to another department, one temporary contract is
    extended; who joined is on payroll now, who left is not. Some further records of people change too.
    """
    firm.version += 1
    for debtor in firm.debtors:
        for company in debtor.companies:
            _advance_company(firm, debtor, company)


def _advance_company(firm: Firm, debtor: Debtor, company: Company) -> None:
    random = Random(f"{firm.seed}/{company.id}/advance/{firm.version}")  # noqa: S311 -- sample data, not a secret
    closed = company.current
    for run in company.runs:
        run.locked = True
    add_run(company, closed, f"Verloning periode {closed.number}", days_before_end=4)
    company.current = following(company.period_type, closed)
    add_due_returns(company, random)
    advance_filings(firm.seed, company, closed, firm.version)
    if company.people:
        _settle_types(company)
        _change_people(firm, debtor, company, random)


def _settle_types(company: Company) -> None:
    first, last = bounds(company.period_type, company.current)
    for person in company.people:
        service = person.employments[-1] if person.employments else None
        if service is None:
            continue
        if person.type is EmployeeType.NEW_HIRE and service.start <= last:
            person.type = EmployeeType.PAYROLL
        elif person.type is EmployeeType.PAYROLL and service.end is not None and service.end < first:
            person.type = EmployeeType.FORMER_PAYROLL


def _change_people(firm: Firm, debtor: Debtor, company: Company, random: Random) -> None:
    first, last = bounds(company.period_type, company.current)
    created = datetime.combine(first, time(9, 15))
    staying = [
        person
        for person in company.people
        if person.type is EmployeeType.PAYROLL and person.employments[-1].end is None
    ]
    random.shuffle(staying)
    place = len(company.people)
    index = sum(len(other.people) for other in firm.companies())
    company.people.append(make_joiner(firm.seed, company, debtor, first, index=index, place=place))
    if not staying:
        return
    _leave(staying.pop(), last)
    for person in staying[: max(1, len(staying) // 20)]:
        _raise(firm, person, first, created)
    for person in staying[-1:]:
        unit = random.choice([unit for unit in debtor.departments if unit != person.departments[-1].unit])
        person.departments.append(Placement(firm.next_id(), created, company.current, unit))
    _extend_contract(firm, staying, first, last, created)
    change_records(firm, debtor, company, staying, created)


def _leave(person: Person, last_day: date) -> None:
    person.employments[-1].end = last_day
    contract = person.contracts[-1]
    if contract.end is None or contract.end > last_day:
        contract.end = max(last_day, contract.start)


def _raise(firm: Firm, person: Person, start: date, created: datetime) -> None:
    before = person.salaries[-1]
    value = (before.value * Decimal("1.025")).quantize(Decimal("0.01"))
    person.salaries.append(Salary(firm.next_id(), created, start, value, before.type))


def _extend_contract(firm: Firm, people: list[Person], first: date, last: date, created: datetime) -> None:
    """The first of `people` whose temporary contract ends within this period gets half a year more."""
    for person in people:
        ending = person.contracts[-1]
        if ending.end is not None and first <= ending.end <= last:
            person.contracts.append(
                Contract(
                    id=ending.id,
                    created=created,
                    start=ending.end + timedelta(days=1),
                    trial_end=None,
                    end=ending.end + timedelta(days=183),
                    nature=ending.nature,
                    indefinite=False,
                    phase=ending.phase,
                    written=True,
                    hours=ending.hours,
                )
            )
            return
