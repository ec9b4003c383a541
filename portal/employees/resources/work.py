"""How employments, contracts, schedules, places, agreements, managers and cost centres are read."""

from collections.abc import Mapping

from portal import clock
from portal.accounts.roles import Capability
from portal.employees.models import (
    AgreementOfEmployee,
    Contract,
    CostShare,
    Department,
    Employment,
    Function,
    ManagerOfEmployee,
    Schedule,
)
from portal.employees.resources.declare import NOW, facts_of_company, of_company, one_by_one
from portal.mirror.dating import ByDate, ByPeriod, Spell

#: So many whole years after the year of leaving a person is kept (privacy.md 9, wage records).
PERSON_YEARS = 7
#: Hours a day of two weeks: column -> element.
HOURS = {
    f"{day.lower()}{week}": f"Hours{day}{week}"
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    for week in ("", "2")
}


def is_kept(record: Mapping[str, str | None]) -> bool:
    """Whether this employment goes on, or ended so lately that the person is still kept (privacy.md 9: seven years).

    Somebody who was removed years after leaving may come back to the same company under the same id.
    """
    year = (record.get("end_date") or "")[:4]
    ended = int(year) if year.isdigit() else 0
    # Nmbrs writes the year 1 for no date.
    return ended <= 1 or ended + PERSON_YEARS >= clock.today().year


EMPLOYMENTS = of_company(
    "employments",
    Employment,
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
    watched=(
        "valid_from",
        "end_date",
    ),
    adopt_by=("employee", "valid_from"),
    revives=is_kept,
)

CONTRACTS = of_company(
    "contracts",
    Contract,
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
    watched=(
        "end_date",
        "indefinite",
        "hours_per_week",
    ),
    adopt_by=("employee", "valid_from", "created_at"),
)

SCHEDULES = of_company(
    "schedules",
    Schedule,
    "Schedule_GetAll_AllEmployeesByCompany",
    "EmployeeScheduleItem/EmployeeSchedules/Schedule_V2",
    {
        "remote_id": "Id",
        "created_at": "CreationDate",
        "valid_from": "StartDate",
        "part_time_percentage": "ParttimePercentage",
        **HOURS,
    },
    dating=ByDate(),
    watched=("part_time_percentage", *HOURS),
    adopt_by=("employee", "valid_from", "created_at"),
)

DEPARTMENTS = of_company(
    "departments",
    Department,
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
    watched=("description",),
    adopt_by=("employee", "start_year", "start_period", "created_at"),
)

FUNCTIONS = of_company(
    "functions",
    Function,
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
    watched=("description",),
    adopt_by=("employee", "start_year", "start_period", "created_at"),
)

AGREEMENTS = one_by_one(
    "employee_labour_agreements",
    AgreementOfEmployee,
    "LabourAgreements_Get",
    ".",
    {"remote_id": "Id", "number": "Number", "description": "Description"},
    loops={"period": NOW},
    parameters={"Period": "period.number", "Year": "period.year"},
    watched=("number", "description"),
    headline="description",
)

MANAGERS = one_by_one(
    "employee_managers",
    ManagerOfEmployee,
    "Manager_GetCurrent",
    ".",
    {"number": "Number", "first_name": "FirstName", "last_name": "Name"},
    capability=Capability.VIEW,
    watched=("last_name",),
)

COST_SHARES = facts_of_company(
    "employee_cost_centers",
    CostShare,
    "CostCenter_GetAllEmployeesByCompany",
    "EmployeeCostCenters/CostCenters/EmployeeCostCenter",
    {
        "remote_id": "Id",
        "center_code": "CostCenter/Code",
        "center_description": "CostCenter/Description",
        "unit_code": "Kostensoort/Code",
        "unit_description": "Kostensoort/Description",
        "percentage": "Percentage",
        "is_default": "Default",
    },
    capability=Capability.VIEW,
    watched=("percentage",),
    carried=("center_code", "unit_code"),
    adopt_by=("employee", "center_code", "unit_code", "year", "number"),
)

ALL = (
    EMPLOYMENTS,
    CONTRACTS,
    SCHEDULES,
    DEPARTMENTS,
    FUNCTIONS,
    AGREEMENTS,
    MANAGERS,
    COST_SHARES,
)
