"""How labour agreements, salary tables with their scales and steps, and wage components of a company are read."""

from hashlib import blake2b

from portal.accounts.roles import Capability
from portal.companies import models
from portal.companies.loops import scales_at_first, scales_to_ask
from portal.companies.resources.shapes import by_period, of_company
from portal.mirror.convert import BadValue
from portal.mirror.resource import Loop
from portal.source import UNREADABLE

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

Texts = dict[str, str | None]


def salary_step(texts: Texts) -> Texts:
    """A step with a short key: scale and step are free texts, which one behind the other could mean another pair."""
    place = "\x1f".join((texts.get(column) or "").strip() for column in ("scale", "step"))
    if UNREADABLE in place:
        raise BadValue("place")
    return texts | {"place": blake2b(place.encode(), digest_size=12).hexdigest()}


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
    watched=("description", "default", "provisional", *(f"{column}_code" for column in _MODELS)),
    carried=("agreement_number",),
    headline="description",
    adopt_by=("company", "year", "number", "remote_guid"),
)

SALARY_TABLES = by_period(
    "company_salary_tables",
    models.CompanySalaryTable,
    "SalaryTable2_Get",
    {"remote_guid": "GuidSalaryTable", "code": "Code", "description": "Description"},
    rows=".",
    watched=("code", "description"),
    carried=(),
)

SALARY_SCALES = by_period(
    "company_salary_scales",
    models.CompanySalaryScale,
    "SalaryTable2_GetScales",
    {
        "remote_guid": "GuidSalaryTableScale",
        "scale": "Scale",
        "description": "SchaalDescription",
        "value": "ScaleValue",
        "percentage_min": "ScalePercentageMin",
        "percentage_max": "ScalePercentageMax",
    },
    rows="SalaryTableScaleV2",
    key=("scale",),
    watched=("value", "percentage_min", "percentage_max"),
    # In a small company an amount of its scale tells somebody's pay: not told to everybody who sees that there is one.
    sensitive=("value",),
    carried=("scale",),
    headline="value",
)

# One call a scale: of the current period alone, and later of scales whose steps may differ (portal.companies.loops).
SALARY_STEPS = of_company(
    "company_salary_steps",
    models.CompanySalaryStep,
    "SalaryTable2_GetSteps",
    {
        "year": "@scale.year",
        "number": "@scale.number",
        "scale": "@scale.scale",
        "remote_guid": "GuidSalaryTableStep",
        "step": "Step",
        "description": "StepDescription",
        "value": "StepValue",
    },
    rows="SalaryTableStepV2",
    key=("company", "year", "number", "place"),
    adopt_by=("company", "year", "number", "scale", "step"),
    prepare=salary_step,
    loops={
        "scale": Loop(scales_to_ask, scales_at_first, window={"year": "year", "number": "number", "scale": "scale"})
    },
    parameters={
        "Scale/Scale": "scale.scale",
        "Scale/SchaalDescription": "scale.description",
        "Scale/ScaleValue": "scale.value",
        "Scale/ScalePercentageMax": "scale.percentage_max",
        "Scale/ScalePercentageMin": "scale.percentage_min",
        "Period": "scale.number",
        "Year": "scale.year",
    },
    after=("current_period", "company_salary_scales"),
)

WAGE_FIXED = by_period(
    "company_wage_fixed",
    models.CompanyWageFixed,
    "WageComponentFixed_Get",
    {"remote_id": "Id", "code": "Code", "value": "Value"},
    rows="WageComponent",
    key=("remote_id",),
    capability=Capability.VIEW_SALARIES,
    watched=("value",),
    carried=("code",),
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
    watched=("value",),
    adopt_by=("company", "year", "number", "code"),
)

ALL = (LABOUR_AGREEMENTS, SALARY_TABLES, SALARY_SCALES, SALARY_STEPS, WAGE_FIXED, WAGE_VARIABLE)
