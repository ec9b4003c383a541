"""Answers of the employee service about the further records of people: a company in one call, or one person."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol, TypeVar

from portal.nmbrs.contract import service
from portal.nmbrs.sandbox.answers.periods import period_for_company
from portal.nmbrs.sandbox.answers.registry import Row, answers, company_of, employed_at, person_of
from portal.nmbrs.sandbox.envelope import Call, SoapFault
from portal.nmbrs.sandbox.firm import Company, Firm
from portal.nmbrs.sandbox.firm.company_records import FixedComponent, VariableComponent
from portal.nmbrs.sandbox.rows import person_records as rows
from portal.periods import Period, bounds

SERVICE: Final = "EmployeeService"


class _FromPeriod(Protocol):
    """A record that holds from a period on until a later one begins."""

    start: Period


_Dated = TypeVar("_Dated", bound=_FromPeriod)


def _in_force(records: Sequence[_Dated], period: Period) -> list[_Dated]:
    """The records of the latest start that is not after `period`."""
    start = max((record.start for record in records if record.start <= period), default=None)
    return [record for record in records if record.start == start]


def _company(firm: Firm, call: Call) -> Company:
    return company_of(firm, call.number("CompanyId"))


@answers(SERVICE, "CostCenter_GetAllEmployeesByCompany")
def _cost_centers(firm: Firm, call: Call) -> Iterable[Row]:
    company = _company(firm, call)
    period = period_for_company(company, call)
    return (
        {"EmployeeId": person.id, "CostCenters": [rows.cost_share(share) for share in found]}
        for person in company.people
        if (found := _in_force(person.records.cost_shares, period))
    )


@answers(SERVICE, "SVW_GetAll_AllEmployeesByCompany")
def _social_insurance(firm: Firm, call: Call) -> Iterable[Row]:
    return (
        {"EmployeeId": person.id, "EmployeeSVWSettings": [rows.social_insurance(row) for row in found]}
        for person in company_of(firm, call.number("CompanyID")).people
        if (found := person.records.social_insurance)
    )


@answers(SERVICE, "Absence_GetAll_AllEmployeesByCompany")
def _absences(firm: Firm, call: Call) -> Iterable[Row]:
    return (
        rows.absence(absence, person.id)
        for person in _company(firm, call).people
        for absence in person.records.absences
    )


@answers(SERVICE, "LeaseCar2_GetAll_EmployeesByCompany")
def _lease_cars(firm: Firm, call: Call) -> Iterable[Row]:
    """The cars that were driven for at least a day of the period."""
    company = _company(firm, call)
    first, last = bounds(company.period_type, period_for_company(company, call))
    return (
        {"EmployeeId": person.id, "LeaseCars": [rows.lease_car(car) for car in found]}
        for person in company.people
        if (
            found := [
                car for car in person.records.lease_cars if car.start <= last and (car.end is None or car.end >= first)
            ]
        )
    )


@answers(SERVICE, "Partner_GetAll_AllEmployeesByCompany")
def _partners(firm: Firm, call: Call) -> Iterable[Row]:
    return (
        {"EmployeeId": person.id, "Partner": rows.partner(partner)}
        for person in _company(firm, call).people
        for partner in person.records.partners
    )


@answers(SERVICE, "Children_GetAll_Employeesbycompany")
def _children(firm: Firm, call: Call) -> Iterable[Row]:
    return (
        {"EmployeeId": person.id, "EmployeeChildren": rows.children(found)}
        for person in _company(firm, call).people
        if (found := person.records.children)
    )


@answers(SERVICE, "BankAccount_GetListCurrent")
def _bank_accounts(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.bank_account, person_of(firm, call.number("EmployeeId")).records.bank_accounts)


@answers(SERVICE, "WageTax_GetCurrent")
def _wage_tax(firm: Firm, call: Call) -> Row | None:
    _, company, person = employed_at(firm, call.number("EmployeeId"))
    found = _in_force(person.records.wage_tax, company.current)
    return rows.wage_tax(found[-1]) if found else None


@answers(SERVICE, "LabourAgreements_Get")
def _agreement(firm: Firm, call: Call) -> Row | None:
    _, company, person = employed_at(firm, call.number("EmployeeId"))
    found = _in_force(person.records.agreements, period_for_company(company, call))
    return rows.agreement(found[-1]) if found else None


@answers(SERVICE, "Manager_GetCurrent")
def _manager(firm: Firm, call: Call) -> Row | None:
    debtor, company, person = employed_at(firm, call.number("EmployeeId"))
    numbers = {choice.number for choice in _in_force(person.records.managers, company.current)[-1:]}
    return next((rows.manager(one) for one in debtor.records.managers if one.number in numbers), None)


def _holding(components: Iterable[FixedComponent], period: Period) -> list[FixedComponent]:
    return [one for one in components if one.start <= period and (one.end is None or period <= one.end)]


def _of_period(components: Iterable[VariableComponent], period: Period) -> list[VariableComponent]:
    return [one for one in components if one.period == period]


@answers(SERVICE, "HourComponentFixed_Get")
def _fixed_hours(firm: Firm, call: Call) -> Iterable[Row]:
    _, company, person = employed_at(firm, call.number("EmployeeId"))
    return map(rows.hour_component, _holding(person.records.fixed_hours, period_for_company(company, call)))


@answers(SERVICE, "HourComponentVar_Get")
def _variable_hours(firm: Firm, call: Call) -> Iterable[Row]:
    _, company, person = employed_at(firm, call.number("EmployeeId"))
    return map(rows.hour_component, _of_period(person.records.variable_hours, period_for_company(company, call)))


@answers(SERVICE, "WageComponentFixed_Get")
def _fixed_wages(firm: Firm, call: Call) -> Iterable[Row]:
    _, company, person = employed_at(firm, call.number("EmployeeId"))
    return map(rows.wage_component, _holding(person.records.fixed_wages, period_for_company(company, call)))


@answers(SERVICE, "WageComponentVar_Get")
def _variable_wages(firm: Firm, call: Call) -> Iterable[Row]:
    _, company, person = employed_at(firm, call.number("EmployeeId"))
    return map(rows.wage_component, _of_period(person.records.variable_wages, period_for_company(company, call)))


@answers(SERVICE, "Leave_GetList_V2")
def _leave(firm: Firm, call: Call) -> Iterable[Row]:
    person, year = person_of(firm, call.number("EmployeeId")), call.number("Year")
    kind, usage = _member(call, "Type", "LeaveType"), _member(call, "Soort", "LeaveUsageType")
    return [
        rows.leave(one)
        for one in person.records.leave
        if one.start.year == year and kind in {"", one.type} and usage in {"", one.usage}
    ]


def _member(call: Call, name: str, enum: str) -> str:
    """A parameter that is a member of a list, or empty when it is nil or left out. Raises SoapFault."""
    text = call.parameters.get(name, "").strip()
    if text and text not in service(SERVICE).enums[enum]:
        raise SoapFault(
            "Server was unable to read request. ---> There is an error in XML document. ---> "
            f"Instance validation error: '{text}' is not a valid value for {enum}.",
            client=True,
            envelope=call.envelope,
        )
    return text


@answers(SERVICE, "LeaveBalance_Get")
def _leave_balance(firm: Firm, call: Call) -> Row:
    _, company, person = employed_at(firm, call.number("EmployeeId"))
    return rows.leave_balance(*person.records.leave_balance(company.current.year))
