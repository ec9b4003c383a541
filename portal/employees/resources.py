"""How people and their dated records are read: one call a company and kind (the fast lane)."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.accounts.roles import Capability
from portal.employees import models
from portal.mirror.dating import ByDate, ByPeriod, Dating, Spell
from portal.mirror.resource import Link, Loop, Resource
from portal.mirror.scope import MirrorScope
from portal.source import Level, Soap

#: Applicants are outside payroll and are not mirrored (privacy.md 5); their types are known by these words.
APPLICANT_WORDS = ("applicant", "sollicitant")


def types_to_ask(scope: MirrorScope) -> Sequence[str]:
    """Remote ids of the environment's employee types, those of applicants left out."""
    types = models.EmployeeType.objects.filter(environment_id=scope.environment_id).order_by("remote_id")
    return [
        str(kind.remote_id) for kind in types if not any(word in kind.description.lower() for word in APPLICANT_WORDS)
    ]


def of_person(
    name: str,
    model: type[Any],
    operation: str,
    rows: str,
    fields: Mapping[str, str],
    *,
    dating: Dating,
    key: tuple[str, ...] = ("employee", "remote_id"),
    capability: Capability = Capability.VIEW_PERSONAL,
) -> Resource:
    """A kind that one call gives for all people of a company, with history."""
    return Resource(
        name=name,
        model=model,
        level=Level.COMPANY,
        key=key,
        links={"employee": Link(models.Employee, ignore_unknown=True)},
        dating=dating,
        capability=capability,
        soap=Soap(
            operation,
            service="EmployeeService",
            rows=rows,
            parameters={"CompanyID": "company"},
            fields={"employee": "EmployeeId", **fields},
        ),
    )


EMPLOYEE_TYPES = Resource(
    name="employee_types",
    model=models.EmployeeType,
    level=Level.ENVIRONMENT,
    key=("remote_id",),
    soap=Soap(
        "EmployeeType_GetList",
        service="EmployeeService",
        rows="EmployeeType",
        fields={"remote_id": "Id", "description": "Description"},
    ),
)

EMPLOYEES = Resource(
    name="employees",
    model=models.Employee,
    level=Level.COMPANY,
    key=("remote_id",),
    links={"employee_type": Link(models.EmployeeType)},
    loops={"employee_type": Loop(types_to_ask)},
    soap=Soap(
        "List_GetByCompany",
        service="EmployeeService",
        rows="Employee",
        parameters={"CompanyId": "company", "EmployeeType": "employee_type"},
        fields={
            "remote_id": "Id",
            "number": "Number",
            "display_name": "DisplayName",
            "employee_type": "@employee_type",
        },
    ),
)

PERSONAL_INFO = of_person(
    "personal_info",
    models.PersonalInfo,
    "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany",
    "PersonalInfoItem/EmployeePersonalInfos/PersonalInfo_V2",
    {
        "remote_id": "Id",
        "start_year": "StartYear",
        "start_period": "StartPeriod",
        "created_at": "CreationDate",
        "title": "Title",
        "first_name": "FirstName",
        "initials": "Initials",
        "prefix": "Prefix",
        "last_name": "LastName",
        "birthday": "Birthday",
        "phone_work": "TelephoneWork",
        "mobile_work": "TelephoneMobileWork",
        "email_work": "EmailWork",
    },
    dating=ByPeriod(),
    key=("employee", "remote_id", "start_year", "start_period", "created_at"),
)

ADDRESSES = of_person(
    "addresses",
    models.Address,
    "Address_GetAll_AllEmployeesByCompany",
    "EmployeeAddressItem/EmployeeAddresses/EmployeeAddress_V2",
    {
        "remote_id": "Id",
        "start_year": "StartYear",
        "start_period": "StartPeriod",
        "created_at": "CreationDate",
        "address_type": "Type",
        "street": "Street",
        "house_number": "HouseNumber",
        "addition": "HouseNumberAddition",
        "postal_code": "PostalCode",
        "city": "City",
        "region": "StateProvince",
        "country": "CountryISOCode",
    },
    dating=ByPeriod(by=("employee_id", "address_type")),
    key=("employee", "remote_id", "start_year", "start_period", "created_at"),
)

EMPLOYMENTS = of_person(
    "employments",
    models.Employment,
    "Employment_GetAll_AllEmployeesByCompany",
    "EmployeeEmploymentItem/EmployeeEmployments/Employment",
    {
        "remote_id": "EmploymentId",
        "created_at": "CreationDate",
        "valid_from": "StartDate",
        "end_date": "EndDate",
        "initial_start_date": "InitialStartDate",
    },
    dating=Spell(),
    capability=Capability.VIEW,
)

CONTRACTS = of_person(
    "contracts",
    models.Contract,
    "Contract_GetAll_AllEmployeesByCompany",
    "EmployeeContractItemGlobal/EmployeeContracts/EmployeeContract",
    {
        "remote_id": "ContractID",
        "created_at": "CreationDate",
        "valid_from": "StartDate",
        "end_date": "EndDate",
        "trial_until": "TrialPeriod",
        "employment_nature": "EmployementType",
        "sequence": "EmploymentSequenceTaxId",
        "indefinite": "Indefinite",
        "phase": "PhaseClassification",
        "written": "WrittenContract",
        "hours_per_week": "HoursPerWeek",
    },
    dating=Spell(),
    # Several contracts can carry the same ContractID (contract notes of the operation).
    key=("employee", "remote_id", "valid_from", "created_at"),
)

SALARIES = of_person(
    "salaries",
    models.Salary,
    "Salary_GetAll_AllEmployeesByCompany",
    "EmployeeSalaryItem/EmployeeSalaries/Salary_V2",
    {
        "remote_id": "ID",
        "created_at": "CreationDate",
        "valid_from": "StartDate",
        "amount": "Value",
        "salary_type": "Type",
        "scale": "SalaryTable/Schaal/Scale",
        "step": "SalaryTable/Trede/Step",
    },
    dating=ByDate(),
    capability=Capability.VIEW_SALARIES,
)

SCHEDULES = of_person(
    "schedules",
    models.Schedule,
    "Schedule_GetAll_AllEmployeesByCompany",
    "EmployeeScheduleItem/EmployeeSchedules/Schedule_V2",
    {
        "remote_id": "Id",
        "created_at": "CreationDate",
        "valid_from": "StartDate",
        "part_time_percentage": "ParttimePercentage",
        **{
            f"{day.lower()}{week}": f"Hours{day}{week}"
            for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
            for week in ("", "2")
        },
    },
    dating=ByDate(),
)

DEPARTMENTS = of_person(
    "departments",
    models.Department,
    "Department_GetAll_AllEmployeesByCompany",
    "EmployeeDepartmentItem/EmployeeDepartments/Department_V2",
    {
        "remote_id": "Id",
        "start_year": "StartYear",
        "start_period": "StartPeriod",
        "created_at": "CreationDate",
        "code": "Code",
        "description": "Description",
    },
    dating=ByPeriod(),
    # Whether Id is that of the department or of the person's record is not public: the start is part of the key.
    key=("employee", "remote_id", "start_year", "start_period", "created_at"),
    capability=Capability.VIEW,
)

FUNCTIONS = of_person(
    "functions",
    models.Function,
    "Function_GetAll_AllEmployeesByCompany_V2",
    "EmployeeFunctionItem_V2/EmployeeFunctions/EmployeeFunction",
    {
        "remote_id": "RecordId",
        "start_year": "StartYear",
        "start_period": "StartPeriod",
        "created_at": "CreationDate",
        "function_id": "Function/Id",
        "code": "Function/Code",
        "description": "Function/Description",
    },
    dating=ByPeriod(),
    capability=Capability.VIEW,
)

ALL = (
    EMPLOYEE_TYPES,
    EMPLOYEES,
    PERSONAL_INFO,
    ADDRESSES,
    EMPLOYMENTS,
    CONTRACTS,
    SALARIES,
    SCHEDULES,
    DEPARTMENTS,
    FUNCTIONS,
)
