"""What the generated firm consists of, as plain typed values in the shape of Nmbrs' own records."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any, Final

from portal.nmbrs.sandbox.firm.company_records import CompanyRecords
from portal.nmbrs.sandbox.firm.debtor_records import DebtorRecords
from portal.nmbrs.sandbox.firm.person_records import PersonRecords
from portal.periods import Period, PeriodType


class EmployeeType(IntEnum):
    """Ids of EmployeeType_GetList. 2 and 4 are reported by practitioners; the others are this sandbox's choice."""

    APPLICANT = 1
    PAYROLL = 2
    EXTERNAL = 3
    FORMER_PAYROLL = 4
    NEW_HIRE = 5
    FORMER_EXTERNAL = 6
    REJECTED_APPLICANT = 7


EMPLOYEE_TYPES: Final[dict[EmployeeType, str]] = {
    EmployeeType.APPLICANT: "Applicant",
    EmployeeType.PAYROLL: "Payroll",
    EmployeeType.EXTERNAL: "External",
    EmployeeType.FORMER_PAYROLL: "Former payroll",
    EmployeeType.NEW_HIRE: "New hire",
    EmployeeType.FORMER_EXTERNAL: "Former external",
    EmployeeType.REJECTED_APPLICANT: "Rejected applicant",
}


#: Ids of debtors and companies count up from these.
FIRST_DEBTOR_ID: Final = 1_001
FIRST_COMPANY_ID: Final = 20_001


@dataclass(slots=True)
class PersonalInfo:
    """A period-dated row of who somebody is. Empty texts are left out of the answer."""

    id: int
    created: datetime
    start: Period
    first_name: str
    initials: str
    prefix: str
    last_name: str
    gender: str
    birthday: date
    bsn: str
    nationality: int
    birthplace: str
    birth_country: str
    marital_status: int
    name_order: int
    partner_prefix: str
    partner_last_name: str
    phone_mobile: str
    email_private: str
    email_work: str
    title: str = ""
    emergency_contact: str = ""

    @property
    def display_name(self) -> str:
        """The name as lists show it, e.g. `Vries, A.B. de (Anna)`."""
        return f"{self.last_name}, {self.initials} {self.prefix}".rstrip() + f" ({self.first_name})"


@dataclass(slots=True)
class Address:
    """A period-dated row; each type of address has its own history."""

    id: int
    created: datetime
    start: Period
    end: Period | None
    type: str
    street: str
    number: str
    addition: str
    postcode: str
    city: str
    country: str


@dataclass(slots=True)
class Employment:
    """A spell of service; `end` is its last day."""

    id: int
    created: datetime
    start: date
    end: date | None
    initial_start: date | None


@dataclass(slots=True)
class Contract:
    """A contract row; an extension is a further row with the same id."""

    id: int
    created: datetime
    start: date
    trial_end: date | None
    end: date | None
    nature: int
    indefinite: bool | None
    phase: int | None
    written: bool | None
    hours: Decimal | None


@dataclass(slots=True)
class SalaryTable:
    """The collective-agreement table that a salary is taken from."""

    code: int
    description: str
    scale: str
    scale_value: Decimal
    step: str
    step_value: Decimal


@dataclass(slots=True)
class Salary:
    """A day-dated salary per period of the company (or per hour); `type` counts as in the code list of salary types."""

    id: int
    created: datetime
    start: date
    value: Decimal
    type: int
    table: SalaryTable | None = None


@dataclass(slots=True)
class Schedule:
    """A day-dated schedule: hours of seven days, Monday first, of two weeks that alternate (equal when they do not)."""

    id: int
    created: datetime
    start: date
    week1: tuple[Decimal, ...]
    week2: tuple[Decimal, ...]
    part_time: Decimal

    @property
    def hours_per_week(self) -> Decimal:
        """Hours a week, on average over both weeks."""
        return (sum(self.week1, Decimal(0)) + sum(self.week2, Decimal(0))) / 2


@dataclass(frozen=True, slots=True)
class Unit:
    """A department or function; they belong to the debtor."""

    id: int
    code: int
    description: str


@dataclass(slots=True)
class Placement:
    """A period-dated row that puts a person in a department or function. `id` is that of the row."""

    id: int
    created: datetime
    start: Period
    unit: Unit


@dataclass(slots=True)
class Person:
    """Somebody in a company, of any employee type, with every dated record."""

    id: int
    number: int
    type: EmployeeType
    iban: str
    personal_infos: list[PersonalInfo] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    employments: list[Employment] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    salaries: list[Salary] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    departments: list[Placement] = field(default_factory=list)
    functions: list[Placement] = field(default_factory=list)
    records: PersonRecords = field(default_factory=PersonRecords)

    @property
    def display_name(self) -> str:
        """The name of the latest personal record."""
        return self.personal_infos[-1].display_name


@dataclass(slots=True)
class Run:
    """A payroll run over periods of one year."""

    id: int
    number: int
    year: int
    first: int
    last: int
    description: str
    run_at: datetime
    locked: bool


@dataclass(slots=True)
class WageTaxReturn:
    """A wage-tax declaration of one return period; `sent_at` is None until it is sent."""

    id: int
    serial: int
    payment_reference: str
    total: int
    year: int
    period: int
    first: date
    last: date
    status: str
    sent_at: datetime | None
    correction_first: date | None = None
    correction_last: date | None = None


@dataclass(slots=True)
class Company:
    """An employer with its people and runs. `period_mark` is how its period type is spelt in period texts."""

    id: int
    number: int
    name: str
    debtor_id: int
    period_type: PeriodType
    period_mark: str
    current: Period
    return_type: str
    kvk: str
    phone: str
    email: str
    website: str
    people: list[Person] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    returns: list[WageTaxReturn] = field(default_factory=list)
    records: CompanyRecords = field(default_factory=CompanyRecords)

    @property
    def current_text(self) -> str:
        """The current period as Company_GetCurrentPeriod says it."""
        return f"{self.current.year}-{self.current.number}-{self.period_mark}"


@dataclass(slots=True)
class Debtor:
    """A client of the accountant office."""

    id: int
    number: str
    name: str
    departments: list[Unit]
    functions: list[Unit]
    companies: list[Company] = field(default_factory=list)
    records: DebtorRecords = field(default_factory=DebtorRecords)


@dataclass(slots=True)
class Firm:
    """Everything the API user may see. `version` counts how often it was moved on."""

    seed: int
    today: date
    debtors: list[Debtor]
    version: int = 0
    #: Records added since it was generated; their ids count up from a place that generation does not reach.
    added: int = 0

    def next_id(self) -> int:
        """An id for a record that comes after generation."""
        self.added += 1
        return 2_110_000_000 + self.added

    def companies(self) -> Iterator[Company]:
        """Every company, debtor by debtor."""
        for debtor in self.debtors:
            yield from debtor.companies

    def people(self) -> Iterator[Person]:
        """Every person of every company."""
        for company in self.companies():
            yield from company.people

    def as_json(self) -> str:
        """All raw values as one JSON text: dates ISO, decimals and periods as objects of text and numbers."""
        return json.dumps(dataclasses.asdict(self), default=_plain, ensure_ascii=False, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 of all raw values, hexadecimal."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
