"""Answers of the employee service."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from portal.nmbrs.sandbox.answers.registry import ANSWERS, Answer, Row, answers, company_of
from portal.nmbrs.sandbox.envelope import Call
from portal.nmbrs.sandbox.firm import EMPLOYEE_TYPES, Firm, Person
from portal.nmbrs.sandbox.rows import employees as rows


@answers("EmployeeService", "EmployeeType_GetList")
def _employee_types(firm: Firm, call: Call) -> Iterable[Row]:
    return [{"Id": kind.value, "Description": text} for kind, text in EMPLOYEE_TYPES.items()]


@answers("EmployeeService", "List_GetByCompany")
def _employees(firm: Firm, call: Call) -> Iterable[Row]:
    company, kind = company_of(firm, call.number("CompanyId")), call.number("EmployeeType")
    return (rows.employee(person) for person in company.people if person.type == kind)


#: Operation -> the wrapper in an employee's item, that employee's records, and how a record is written.
_BULK: Final[dict[str, tuple[str, Callable[[Person], Sequence[Any]], Callable[[Any, Person], Row]]]] = {
    "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany": (
        "EmployeePersonalInfos", lambda person: person.personal_infos, rows.personal_info),
    "PersonalInfo_GetAll_AllEmployeesByCompany": (
        "EmployeePersonalInfos", lambda person: person.personal_infos, rows.personal_info_with_bsn),
    "Address_GetAll_AllEmployeesByCompany": ("EmployeeAddresses", lambda person: person.addresses, rows.address),
    "Employment_GetAll_AllEmployeesByCompany": (
        "EmployeeEmployments", lambda person: person.employments, rows.employment),
    "Contract_GetAll_AllEmployeesByCompany": ("EmployeeContracts", lambda person: person.contracts, rows.contract),
    "Salary_GetAll_AllEmployeesByCompany": ("EmployeeSalaries", lambda person: person.salaries, rows.salary),
    "Schedule_GetAll_AllEmployeesByCompany": ("EmployeeSchedules", lambda person: person.schedules, rows.schedule),
    "Department_GetAll_AllEmployeesByCompany": (
        "EmployeeDepartments", lambda person: person.departments, rows.placement),
    "Function_GetAll_AllEmployeesByCompany_V2": (
        "EmployeeFunctions", lambda person: person.functions, rows.function_v2),
}  # fmt: skip


def _bulk(wrapper: str, records: Callable[[Person], Sequence[Any]], write: Callable[[Any, Person], Row]) -> Answer:
    """All employees of a company with their history; who has no record of the kind is left out."""

    def bulk(firm: Firm, call: Call) -> Iterator[Row]:
        people = company_of(firm, call.number("CompanyID")).people
        return (
            {"EmployeeId": person.id, wrapper: [write(record, person) for record in found]}
            for person in people
            if (found := records(person))
        )

    return bulk


for _operation, _parts in _BULK.items():
    ANSWERS["EmployeeService", _operation] = _bulk(*_parts)


@answers("EmployeeService", "Function_GetAll_AllEmployeesByCompany")
def _functions(firm: Firm, call: Call) -> Iterable[Row]:
    """The superseded call also lists people without a function: an empty wrapper, or none at all."""
    people = company_of(firm, call.number("CompanyID")).people
    return (
        {
            "EmployeeId": person.id,
            "EmployeeFunctions": [rows.placement(placement, person) for placement in person.functions]
            if person.functions or person.id % 2 == 0
            else None,
        }
        for person in people
    )
