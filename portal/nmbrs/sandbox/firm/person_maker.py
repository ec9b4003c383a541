"""Makes the further records of a person, kind by kind."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Final

from portal.nmbrs.sandbox.firm import person_components, person_home, person_pay, person_time, person_work
from portal.nmbrs.sandbox.firm.maker import Maker
from portal.nmbrs.sandbox.firm.model import Person
from portal.nmbrs.sandbox.firm.person_origin import Origin
from portal.nmbrs.sandbox.firm.person_records import PersonRecords

_Makers = Mapping[str, Callable[[Origin, Maker], list[Any]]]

_IN_A_DEPARTMENT: Final[_Makers] = {"managers": person_work.managers}
_ON_PAYROLL: Final[_Makers] = {
    **_IN_A_DEPARTMENT,
    "bank_accounts": person_pay.bank_accounts,
    "wage_tax": person_pay.wage_tax,
    "social_insurance": person_pay.social_insurance,
    "fixed_hours": person_components.fixed_hours,
    "variable_hours": person_components.variable_hours,
    "fixed_wages": person_components.fixed_wages,
    "variable_wages": person_components.variable_wages,
    "agreements": person_work.agreements,
    "cost_shares": person_work.cost_shares,
    "lease_cars": person_work.lease_cars,
    "leave": person_time.leave,
    "leave_openings": person_time.leave_openings,
    "absences": person_time.absences,
    "partners": person_home.partners,
    "children": person_home.children,
}


def records_of(seed: int, maker: Maker, person: Person, start: date, end: date | None) -> PersonRecords:
    """The further records of somebody `maker` made. Applicants have none, externals only a manager."""
    origin = Origin(
        seed=seed,
        company=maker.company,
        debtor=maker.debtor,
        person=person,
        index=maker.index,
        today=maker.today,
        current=maker.company.current,
        start=start,
        end=end,
    )
    return PersonRecords(partial(_make, origin, _kinds(person)))


def _kinds(person: Person) -> _Makers:
    if person.employments:
        return _ON_PAYROLL
    return _IN_A_DEPARTMENT if person.departments else {}


def _make(origin: Origin, makers: _Makers, kind: str) -> list[Any]:
    make = makers.get(kind)
    return make(origin, origin.maker(kind)) if make else []
