"""How wage-tax returns, pension returns and work-related costs are read."""

from portal.accounts.roles import Capability
from portal.companies import models
from portal.companies.resources.shapes import by_year

WAGE_TAX_RETURNS = by_year(
    "wage_tax_returns",
    models.WageTaxReturn,
    "WageTax_GetList",
    {
        "remote_id": "LoonaangifteID",
        "serial_number": "SerialNumber",
        "payment_reference": "PaymentReference",
        "total": "TotalGeneral",
        "number": "Period",
        "year": "Year",
        "status": "Status",
        "sent_at": "SentAt",
        "first_day": "TijdvakStart",
        "last_day": "TijdvakEnd",
        "correction_first_day": "CorrectionTijdvakStart",
        "correction_last_day": "CorrectionTijdvakEnd",
    },
    rows="WageTax",
    parameter="intYear",
    hourly=True,
    watched=("status", "sent_at"),
    adopt_by=("company", "year", "number", "serial_number"),
)

PENSION_EXPORTS = by_year(
    "pension_exports",
    models.PensionExport,
    "PensionExport_GetList",
    {
        "remote_id": "PensionExportID",
        "serial_number": "SerialNumber",
        "number": "Period",
        "year": "Year",
        "status": "Status",
        "sent_at": "SentAt",
        "correction_first_day": "CorrectionTijdvakStart",
        "correction_last_day": "CorrectionTijdvakEnd",
    },
    rows="PensionExport",
    parameter="intYear",
    watched=("status", "sent_at"),
    adopt_by=("company", "year", "number", "serial_number"),
)

WORK_COSTS = by_year(
    "work_costs",
    models.WorkCost,
    "WorkCost_GetList",
    {
        "year": "Year",
        "number": "Period",
        "payroll": "WorkCostPayroll",
        "financial": "WorkCostFinancial",
        "fiscal_wage": "FiscalWage",
        "available_space": "WorkCostAvailableSpace",
        "base": "WorkCostBase",
        "to_pay": "WorkCostToPay",
        "estimated": "WorkCostEstimated",
        "paid": "WorkCostPaid",
    },
    rows="WorkCost",
    key=("company", "year", "number"),
    capability=Capability.VIEW_SALARIES,
    watched=("to_pay",),
)

ALL = (WAGE_TAX_RETURNS, PENSION_EXPORTS, WORK_COSTS)
