"""How salaries, accounts, tax and insurance settings, components and lease cars are read."""

from portal.accounts.roles import Capability
from portal.employees.models import (
    AccountOfEmployee,
    FixedHours,
    FixedWage,
    LeaseCar,
    Salary,
    SocialInsurance,
    VariableHours,
    VariableWage,
    WageTaxSettings,
)
from portal.employees.resources.declare import facts_of_company, facts_one_by_one, of_company, one_by_one
from portal.mirror.dating import ByDate, ByPeriod
from portal.mirror.resource import OptIn

SALARIES = of_company(
    "salaries",
    Salary,
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
    watched=(
        "amount",
        "salary_type",
    ),
    adopt_by=("employee", "valid_from", "created_at"),
)


def tidy_iban(record: dict[str, str | None]) -> dict[str, str | None]:
    """The record with the IBAN in its electronic form: capitals without spaces."""
    return {**record, "iban": "".join((record.get("iban") or "").split()).upper()}


BANK_ACCOUNTS = one_by_one(
    "bank_accounts",
    AccountOfEmployee,
    "BankAccount_GetListCurrent",
    "BankAccount",
    {"remote_id": "Id", "account_type": "Type", "iban": "IBAN"},
    key=("employee", "remote_id"),
    prepare=tidy_iban,
    capability=Capability.VIEW_BANK_ACCOUNTS,
    watched=("iban",),
    sensitive=("iban",),
    adopt_by=("employee", "account_type", "iban"),
)

WAGE_TAX_SETTINGS = one_by_one(
    "wage_tax_settings",
    WageTaxSettings,
    "WageTax_GetCurrent",
    ".",
    {
        "remote_id": "Id",
        "year_wage": "JaarloonBT",
        "special_rate": "AfwBijzTariefLH",
        "credit": "Loonheffingkorting",
        "levy": "Loonheffing",
        "colour_table": "KleurTabel",
        "period_table": "TijdvakTabel",
        "special_table": "SpecialeTabel",
        "income_kind": "SoortInkomen",
        "ruling": "CodeCalc30PercRule",
    },
    # Restricted, with a right of its own (privacy.md 4.7).
    capability=Capability.VIEW_TAX_SETTINGS,
    watched=("credit", "levy", "colour_table", "period_table", "special_rate", "income_kind", "ruling"),
)

SOCIAL_INSURANCES = of_company(
    "social_insurances",
    SocialInsurance,
    "SVW_GetAll_AllEmployeesByCompany",
    "EmployeeSVWItem/EmployeeSVWSettings/EmployeeSVWSettings",
    {
        "remote_id": "Id",
        "created_at": "CreateDate",
        "start_year": "StartYear",
        "start_period": "StartPeriod",
        "influence": "InfluenceObligedInsuranced",
        "disability": "Wao_Wia",
        "unemployment": "Ww",
        "sickness": "Zw",
        "care_contribution": "IncomeRelatedContributionZvw",
        "care_code": "CodeZvw",
        "employment_nature": "EmploymentType",
        "phase": "PhaseClassification",
        "sequence": "EmploymentSequenceTaxId",
        "agreement_code": "CAO/CAOCode",
        "agreement": "CAO/CAODescription",
        "risk_group_code": "RiskGroup/RiskGroupCode",
        "risk_group": "RiskGroup/RiskGroupDescription",
        "sector_code": "Sector/SectorCode",
        "sector": "Sector/SectorDescription",
        "benefit_code": "WageCostBenefit/WageCostBenefitCode",
        "benefit_end_year": "WageCostBenefit/EndYear",
        "benefit_end_period": "WageCostBenefit/EndPeriod",
    },
    dating=ByPeriod(),
    key=("employee", "remote_id", "start_year", "start_period", "created_at"),
    watched=(
        "influence",
        "disability",
        "unemployment",
        "sickness",
        "care_contribution",
        "care_code",
        "employment_nature",
        "phase",
        "agreement_code",
        "risk_group_code",
        "sector_code",
        "benefit_code",
        "benefit_end_year",
        "benefit_end_period",
    ),
    headline="care_code",
    adopt_by=("employee", "start_year", "start_period", "created_at"),
)

_HOURS = {"remote_id": "Id", "code": "HourCode", "hours": "Hours"}
_WAGE = {"remote_id": "Id", "code": "Code", "value": "Value"}

FIXED_HOURS = facts_one_by_one(
    "fixed_hours",
    FixedHours,
    "HourComponentFixed_Get",
    "HourComponent",
    _HOURS,
    capability=Capability.VIEW_SALARIES,
    watched=("hours",),
    carried=("code",),
)

VARIABLE_HOURS = facts_one_by_one(
    "variable_hours",
    VariableHours,
    "HourComponentVar_Get",
    "HourComponent",
    _HOURS,
    capability=Capability.VIEW_SALARIES,
    watched=("hours",),
)

FIXED_WAGES = facts_one_by_one(
    "fixed_wage_components",
    FixedWage,
    "WageComponentFixed_Get",
    "WageComponent",
    _WAGE,
    capability=Capability.VIEW_SALARIES,
    watched=("value",),
    carried=("code",),
)

VARIABLE_WAGES = facts_one_by_one(
    "variable_wage_components",
    VariableWage,
    "WageComponentVar_Get",
    "WageComponent",
    _WAGE,
    capability=Capability.VIEW_SALARIES,
    watched=("value",),
)

LEASE_CARS = facts_of_company(
    "lease_cars",
    LeaseCar,
    "LeaseCar2_GetAll_EmployeesByCompany",
    "EmployeeLeaseCars/LeaseCars/EmployeeLeaseCar",
    {
        "remote_id": "Id",
        "first_day": "StartDate",
        "last_day": "EndDate",
        "brand": "Brand",
        "car_model": "Model",
        "plate": "LicensePlate",
        "catalogue_value": "CatalogValue",
        "addition": "AdditionPercentage",
        "contribution": "ContributionPrivateUse",
    },
    capability=Capability.VIEW_PERSONAL,
    opt_in=OptIn.LEASE_CARS,
    watched=("plate", "first_day", "last_day", "catalogue_value", "addition", "contribution"),
    carried=("plate",),
    headline="plate",
    adopt_by=("employee", "plate", "first_day", "year", "number"),
)

ALL = (
    SALARIES,
    BANK_ACCOUNTS,
    WAGE_TAX_SETTINGS,
    SOCIAL_INSURANCES,
    FIXED_HOURS,
    VARIABLE_HOURS,
    FIXED_WAGES,
    VARIABLE_WAGES,
    LEASE_CARS,
)
