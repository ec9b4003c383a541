"""How labour agreements, salary tables and wage components of a company are read."""

from portal.accounts.roles import Capability
from portal.companies import models
from portal.companies.resources.shapes import by_period

#: Column -> element that has code and description. Of what Nmbrs has twice the second is in use, as for hour and wage
#: codes; of industries the first.
_MODELS = {
    "schedule_model": "ScheduleModel",
    "wage_model": "WageModel2",
    "hours_model": "HoursModel2",
    "industry": "Industry",
    "leave_model": "LeaveModel",
    "hours_reservation_model": "HoursReservationModel",
    "reservation_model": "ReservationModel",
    "salary_table": "SalaryTable",
    "cao": "CAO",
}

LABOUR_AGREEMENTS = by_period(
    "company_labour_agreements",
    models.CompanyLabourAgreement,
    "LabourAgreements_Get",
    {
        "remote_id": "Id",
        "remote_guid": "Guid",
        "agreement_number": "Number",
        "description": "Description",
        "default": "Default",
        "provisional": "BlnUseProvisional",
        **{f"{column}_code": f"{element}/Code" for column, element in _MODELS.items()},
        **{column: f"{element}/Description" for column, element in _MODELS.items()},
    },
    rows="LabourAgreement",
    key=("remote_id",),
    adopt_by=("company", "year", "number", "remote_guid"),
)

SALARY_TABLES = by_period(
    "company_salary_tables",
    models.CompanySalaryTable,
    "SalaryTable2_Get",
    {"remote_guid": "GuidSalaryTable", "code": "Code", "description": "Description"},
    rows=".",
)

WAGE_FIXED = by_period(
    "company_wage_fixed",
    models.CompanyWageFixed,
    "WageComponentFixed_Get",
    {"remote_id": "Id", "code": "Code", "value": "Value"},
    rows="WageComponent",
    key=("remote_id",),
    capability=Capability.VIEW_SALARIES,
    adopt_by=("company", "year", "number", "code"),
)

WAGE_VARIABLE = by_period(
    "company_wage_variable",
    models.CompanyWageVariable,
    "WageComponentVar_Get",
    {"remote_id": "Id", "code": "Code", "value": "Value"},
    rows="WageComponent",
    key=("remote_id",),
    capability=Capability.VIEW_SALARIES,
    adopt_by=("company", "year", "number", "code"),
)

ALL = (LABOUR_AGREEMENTS, SALARY_TABLES, WAGE_FIXED, WAGE_VARIABLE)
