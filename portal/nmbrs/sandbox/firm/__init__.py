"""The generated firm: what an accountant office would have in Nmbrs. Pure data, no wire.

The same arguments give the same firm on every machine and in every process; nothing draws from global random state.
"""

from portal.nmbrs.sandbox.firm.advance import advance
from portal.nmbrs.sandbox.firm.build import build_firm
from portal.nmbrs.sandbox.firm.model import (
    EMPLOYEE_TYPES,
    Address,
    Company,
    Contract,
    Debtor,
    EmployeeType,
    Employment,
    Firm,
    Person,
    PersonalInfo,
    Placement,
    Run,
    Salary,
    SalaryTable,
    Schedule,
    Unit,
    WageTaxReturn,
)

__all__ = [
    "EMPLOYEE_TYPES",
    "Address",
    "Company",
    "Contract",
    "Debtor",
    "EmployeeType",
    "Employment",
    "Firm",
    "Person",
    "PersonalInfo",
    "Placement",
    "Run",
    "Salary",
    "SalaryTable",
    "Schedule",
    "Unit",
    "WageTaxReturn",
    "advance",
    "build_firm",
]
