"""What hangs on a company besides its people, runs and returns."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from portal.nmbrs.sandbox.firm.contact_details import BusinessAccount, BusinessAddress
from portal.periods import Period


@dataclass(slots=True)
class CompanyContact:
    """Whom to call at the company. Empty texts are left out of the answer."""

    number: int
    name: str
    gender: str
    email: str
    phone: str
    mobile: str
    department: str
    function: str


@dataclass(slots=True)
class FullTimeSchedule:
    """The hours of full-time work: seven days, Monday first, of two weeks that alternate."""

    method: str
    week1: tuple[Decimal, ...]
    week2: tuple[Decimal, ...]


@dataclass(slots=True)
class CostCode:
    """A cost centre or a cost unit of the company."""

    id: int
    code: str
    description: str


@dataclass(slots=True)
class Coded:
    """A number with what it means: an hour code, a wage code, a model, a sector."""

    code: int
    description: str


@dataclass(slots=True)
class LabourAgreement:
    """A labour agreement of the client that this company uses from a period on, with the models it brings along."""

    id: int
    guid: str
    number: int
    description: str
    default: bool
    start: Period
    schedule_model: Coded
    wage_model: Coded
    hours_model: Coded
    industry: Coded
    leave_model: Coded
    reservation_model: Coded
    salary_table: Coded | None
    cao: Coded
    provisional: bool


@dataclass(slots=True)
class SalaryStep:
    """A step of a scale: what full-time work in it pays a period of the company."""

    name: str
    description: str
    value: Decimal
    guid: str


@dataclass(slots=True)
class SalaryScale:
    """A scale of a salary table. Its salaries lie between two percentages of `value`, which is its last step."""

    name: str
    description: str
    value: Decimal
    most: Decimal
    least: Decimal
    guid: str
    steps: list[SalaryStep]


@dataclass(slots=True)
class CompanySalaryTable:
    """The main salary table, from a period on."""

    code: int
    description: str
    guid: str
    start: Period
    scales: list[SalaryScale]


@dataclass(slots=True)
class SocialSecurity:
    """Settings for the employee insurances; the two WGA parts are percentages of the wage."""

    cao: Coded
    sector: Coded
    risk_group: Coded
    carries_wga: bool
    carries_sickness: bool
    wga_employee: Decimal
    wga_employer: Decimal


@dataclass(slots=True)
class RunRequest:
    """The company asks the office for a run; `status` is a member of the contract's RunRequestStatus."""

    period: Period
    status: str
    handled: date | None


@dataclass(slots=True)
class PensionExport:
    """A pension return of one period of the company; `sent_at` is None until it is sent."""

    id: int
    serial: int
    period: Period
    status: str
    sent_at: datetime | None
    correction_first: date | None = None
    correction_last: date | None = None


@dataclass(slots=True)
class WorkCost:
    """Work-related costs of one period, in euros. `space` is what its wages leave free of levy."""

    period: Period
    payroll: Decimal
    financial: Decimal
    fiscal_wage: Decimal
    space: Decimal
    base: Decimal
    to_pay: Decimal
    estimated: Decimal | None
    paid: Decimal


@dataclass(slots=True)
class FixedComponent:
    """A wage component of the company that holds from a period on, up to and with another when that is set."""

    id: int
    code: int
    value: Decimal
    start: Period
    end: Period | None


@dataclass(slots=True)
class VariableComponent:
    """A wage component of the company in one period."""

    id: int
    code: int
    value: Decimal
    period: Period


@dataclass(slots=True)
class CompanyRecords:
    """Every further record of a company; None or an empty list where it has none."""

    address: BusinessAddress | None = None
    contact: CompanyContact | None = None
    bank_account: BusinessAccount | None = None
    schedules: list[FullTimeSchedule] = field(default_factory=list)
    cost_centers: list[CostCode] = field(default_factory=list)
    cost_units: list[CostCode] = field(default_factory=list)
    hour_codes: list[Coded] = field(default_factory=list)
    wage_codes: list[Coded] = field(default_factory=list)
    agreements: list[LabourAgreement] = field(default_factory=list)
    salary_tables: list[CompanySalaryTable] = field(default_factory=list)
    social_security: SocialSecurity | None = None
    run_requests: list[RunRequest] = field(default_factory=list)
    pension_exports: list[PensionExport] = field(default_factory=list)
    work_costs: list[WorkCost] = field(default_factory=list)
    fixed_components: list[FixedComponent] = field(default_factory=list)
    variable_components: list[VariableComponent] = field(default_factory=list)
