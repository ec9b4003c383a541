"""How the codes of a company are read."""

from portal.companies import models
from portal.companies.resources.shapes import observed

COST_CENTERS = observed(
    "company_cost_centers",
    models.CompanyCostCenter,
    "CostCenter_GetList",
    {"remote_id": "Id", "code": "Code", "description": "Description"},
    rows="CostCenter",
    key=("company", "code"),
    watched=("description",),
)

COST_UNITS = observed(
    "company_cost_units",
    models.CompanyCostUnit,
    "CostUnit_GetList",
    {"remote_id": "Id", "code": "Code", "description": "Description"},
    rows="CostUnit",
    key=("company", "remote_id"),
    watched=("code", "description"),
    adopt_by=("company", "code"),
)

HOUR_CODES = observed(
    "hour_codes",
    models.HourCode,
    "HourModel2_GetHourCodes",
    {"code": "Code", "description": "Description"},
    rows="HourCode",
    key=("company", "code"),
    watched=("description",),
)

WAGE_CODES = observed(
    "wage_codes",
    models.WageCode,
    "WageModel2_GetWageCodes",
    {"code": "Code", "description": "Description"},
    rows="WageCode",
    key=("company", "code"),
    watched=("description",),
)

ALL = (COST_CENTERS, COST_UNITS, HOUR_CODES, WAGE_CODES)
