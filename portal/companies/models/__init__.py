"""Company, what hangs on it, and the snapshots of its totals."""

from portal.companies.models.booked import BookedCost
from portal.companies.models.codes import CompanyCostCenter, CompanyCostUnit, HourCode, WageCode
from portal.companies.models.company import Company, CurrentPeriod, PeriodSeen, ReturnPeriod
from portal.companies.models.cost_accounts import CostAccounts
from portal.companies.models.filings import PensionExport, WageTaxReturn, WorkCost
from portal.companies.models.output import JournalLine, RunWage
from portal.companies.models.particulars import (
    SCHEDULES,
    CalculationMethod,
    CompanyAddress,
    CompanyBankAccount,
    CompanyContact,
    CompanySchedule,
    CompanySocialSecurity,
)
from portal.companies.models.runs import RequestStatus, Run, RunEmployee, RunRequest, WorkflowAction
from portal.companies.models.snapshot import Basis, Snapshot, TotalsInterval
from portal.companies.models.terms import (
    CompanyLabourAgreement,
    CompanySalaryScale,
    CompanySalaryStep,
    CompanySalaryTable,
    CompanyWageFixed,
    CompanyWageVariable,
)

__all__ = [
    "SCHEDULES",
    "Basis",
    "BookedCost",
    "CalculationMethod",
    "Company",
    "CompanyAddress",
    "CompanyBankAccount",
    "CompanyContact",
    "CompanyCostCenter",
    "CompanyCostUnit",
    "CompanyLabourAgreement",
    "CompanySalaryScale",
    "CompanySalaryStep",
    "CompanySalaryTable",
    "CompanySchedule",
    "CompanySocialSecurity",
    "CompanyWageFixed",
    "CompanyWageVariable",
    "CostAccounts",
    "CurrentPeriod",
    "HourCode",
    "JournalLine",
    "PensionExport",
    "PeriodSeen",
    "RequestStatus",
    "ReturnPeriod",
    "Run",
    "RunEmployee",
    "RunRequest",
    "RunWage",
    "Snapshot",
    "TotalsInterval",
    "WageCode",
    "WageTaxReturn",
    "WorkCost",
    "WorkflowAction",
]
