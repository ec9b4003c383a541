"""What each operation answers: a function per operation that turns the firm into rows of the contract.

Adding an operation is its entry in the contract and one function here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from portal.nmbrs.sandbox import rows
from portal.nmbrs.sandbox.credentials import DOMAIN
from portal.nmbrs.sandbox.envelope import Call, nmbrs_fault
from portal.nmbrs.sandbox.firm import EMPLOYEE_TYPES, Company, Debtor, Firm, Person

Row = Mapping[str, Any]
Answer = Callable[[Firm, Call], Row | str | Iterable[Row]]

_ANSWERS: dict[tuple[str, str], Answer] = {}


def answer(firm: Firm, call: Call) -> Row | str | Iterable[Row]:
    """The value of a call. Raises SoapFault for an object that does not exist."""
    return _ANSWERS[call.operation.service, call.operation.name](firm, call)


def answered() -> frozenset[tuple[str, str]]:
    """Every (service, operation) that has an answer."""
    return frozenset(_ANSWERS)


def _answers(service: str, operation: str) -> Callable[[Answer], Answer]:
    def register(function: Answer) -> Answer:
        _ANSWERS[service, operation] = function
        return function

    return register


def _debtor(firm: Firm, identifier: int) -> Debtor:
    for debtor in firm.debtors:
        if debtor.id == identifier:
            return debtor
    raise nmbrs_fault(2009, "Debtor not accessible")


def _company(firm: Firm, identifier: int) -> Company:
    for company in firm.companies():
        if company.id == identifier:
            return company
    raise nmbrs_fault(2004, "Company not accessible")


@_answers("DebtorService", "Environment_Get")
def _environment(firm: Firm, call: Call) -> Row:
    return {"Domain": f"{DOMAIN}.nmbrs.nl", "SubDomain": DOMAIN}


@_answers("DebtorService", "List_GetAll")
def _debtors(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.debtor, firm.debtors)


@_answers("DebtorService", "Debtor_Get")
def _one_debtor(firm: Firm, call: Call) -> Row:
    return rows.debtor(_debtor(firm, call.number("DebtorId")))


@_answers("CompanyService", "List_GetAll")
def _companies(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.company, firm.companies())


@_answers("CompanyService", "List_GetByDebtor")
def _companies_of_debtor(firm: Firm, call: Call) -> Iterable[Row]:
    return map(rows.company, _debtor(firm, call.number("DebtorId")).companies)


@_answers("CompanyService", "Company_GetCurrentPeriod")
def _current_period(firm: Firm, call: Call) -> str:
    return _company(firm, call.number("CompanyId")).current_text


@_answers("CompanyService", "Run_GetList")
def _runs(firm: Firm, call: Call) -> Iterable[Row]:
    company, year = _company(firm, call.number("CompanyId")), call.number("Year")
    return [rows.run(run) for run in company.runs if run.year == year]


@_answers("CompanyService", "WageTax_GetList")
def _returns(firm: Firm, call: Call) -> Iterable[Row]:
    company, year = _company(firm, call.number("CompanyId")), call.number("intYear")
    return [rows.wage_tax(made) for made in company.returns if made.year == year]


@_answers("EmployeeService", "EmployeeType_GetList")
def _employee_types(firm: Firm, call: Call) -> Iterable[Row]:
    return [{"Id": kind.value, "Description": text} for kind, text in EMPLOYEE_TYPES.items()]


@_answers("EmployeeService", "List_GetByCompany")
def _employees(firm: Firm, call: Call) -> Iterable[Row]:
    company, kind = _company(firm, call.number("CompanyId")), call.number("EmployeeType")
    return (rows.employee(person) for person in company.people if person.type == kind)


#: Operation -> the wrapper in an employee's item, that employee's records, and how a record is written.
_BULK: Final[dict[str, tuple[str, Callable[[Person], Sequence[Any]], Callable[[Any, Person], Row]]]] = {
    "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany": (
        "EmployeePersonalInfos", lambda person: person.personal_infos, rows.personal_info),
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
        people = _company(firm, call.number("CompanyID")).people
        return (
            {"EmployeeId": person.id, wrapper: [write(record, person) for record in found]}
            for person in people
            if (found := records(person))
        )

    return bulk


for _operation, _parts in _BULK.items():
    _ANSWERS["EmployeeService", _operation] = _bulk(*_parts)


@_answers("EmployeeService", "Function_GetAll_AllEmployeesByCompany")
def _functions(firm: Firm, call: Call) -> Iterable[Row]:
    """The superseded call also lists people without a function: an empty wrapper, or none at all."""
    people = _company(firm, call.number("CompanyID")).people
    return (
        {
            "EmployeeId": person.id,
            "EmployeeFunctions": [rows.placement(placement, person) for placement in person.functions]
            if person.functions or person.id % 2 == 0
            else None,
        }
        for person in people
    )
