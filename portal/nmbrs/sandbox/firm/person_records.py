"""What hangs on a person besides who they are, where they live and what their contract says.

Most people are never asked for most of it, and there is much of it: each kind of records is made when it is first
read. What it is made of never changes, so that the moment makes no difference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from portal.nmbrs.sandbox.firm.company_records import Coded, CostCode, FixedComponent, VariableComponent
from portal.periods import Period

#: Stands in every remark about an absence: where this word turns up, a remark was kept that must not be kept.
ABSENCE_CANARY: Final = "kanarievogel"


@dataclass(slots=True)
class BankAccount:
    """An account as it is now; `type` is a member of the contract's BankAccountType."""

    id: int
    number: str
    description: str
    iban: str
    bic: str
    city: str
    name: str
    type: str


@dataclass(slots=True)
class WageTaxSettings:
    """A period-dated row. `credit` is the wage-tax credit, `year_wage` euros a year, `special_rate` a percentage.

    `colour` 1 is the white table, 2 the green one.
    """

    id: int
    created: datetime
    start: Period
    year_wage: Decimal
    special_rate: Decimal
    credit: bool
    levy: bool
    colour: int
    income_kind: int
    period_table: int
    ruling: int


@dataclass(slots=True)
class SocialInsurance:
    """A period-dated row of the employee insurances; `benefit` 0 means no benefit for the employer."""

    id: int
    created: datetime
    start: Period
    influence: str
    disability: bool
    unemployment: bool
    sickness: bool
    care_contribution: int
    care_code: str
    nature: int
    phase: int | None
    cao: Coded
    risk_group: Coded
    sector: Coded
    benefit: int
    benefit_end: Period | None


@dataclass(slots=True)
class CostShare:
    """A share of what somebody costs; the shares with one start are 100 percent together."""

    id: int
    created: datetime
    start: Period
    center: CostCode
    unit: CostCode | None
    percentage: Decimal
    default: bool


@dataclass(slots=True)
class AgreementChoice:
    """The labour agreement that holds for somebody from a period on."""

    id: int
    start: Period
    guid: str
    number: int
    description: str


@dataclass(slots=True)
class ManagerChoice:
    """The manager from a period on, by the number that the debtor knows them by."""

    id: int
    created: datetime
    start: Period
    number: int


@dataclass(slots=True)
class Leave:
    """Hours of leave built up, taken or lapsed; `usage`, `type` and `status` are members of the contract's lists.

    `start_hours` and `end_hours` are those of the first and the last day.
    """

    id: int
    description: str
    hours: Decimal
    usage: str
    start: date
    end: date
    start_hours: Decimal
    end_hours: Decimal
    type: str
    status: str


@dataclass(slots=True)
class LeaveOpening:
    """Hours of leave at the start of the first year of which there are rows."""

    year: int
    hours: Decimal


@dataclass(slots=True)
class Absence:
    """A spell of sickness, or the part of one with one percentage; the parts share the dossier number."""

    id: int
    comment: str
    percentage: int
    start: date
    registered_start: datetime
    end: date | None
    registered_end: datetime | None
    dossier: str
    dossier_number: int


@dataclass(slots=True)
class LeaseCar:
    """A car of the employer; amounts in euros, `end` is None while it is driven."""

    id: int
    brand: str
    model: str
    addition: str
    lessor: str
    contract: str
    months: int
    month_price: Decimal
    max_mileage: int
    registered: date
    co2: int
    plate: str
    catalog_value: Decimal
    start: date
    end: date | None
    contribution: Decimal


@dataclass(slots=True)
class Partner:
    """The partner as of now."""

    id: int
    name: str
    first_name: str
    initials: str
    gender: str
    birthday: date
    start: date
    phone: str
    email: str


@dataclass(slots=True)
class Child:
    """A child."""

    id: int
    name: str
    first_name: str
    initials: str
    gender: str
    birthday: date


class _MadeWhenRead:
    """Fills a slot of the class below it when that is read for the first time."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], list[Any]] = lambda kind: []) -> None:
        self._make = make

    def __getattr__(self, kind: str) -> object:
        if kind not in type(self).__slots__:
            raise AttributeError(kind)
        made = self._make(kind)
        setattr(self, kind, made)
        return made


@dataclass(slots=True, init=False)
class PersonRecords(_MadeWhenRead):
    """Every further record of a person, by kind; what is dated stands in order. Ids are unique per kind."""

    bank_accounts: list[BankAccount]
    wage_tax: list[WageTaxSettings]
    social_insurance: list[SocialInsurance]
    cost_shares: list[CostShare]
    agreements: list[AgreementChoice]
    managers: list[ManagerChoice]
    fixed_hours: list[FixedComponent]
    variable_hours: list[VariableComponent]
    fixed_wages: list[FixedComponent]
    variable_wages: list[VariableComponent]
    leave: list[Leave]
    leave_openings: list[LeaveOpening]
    absences: list[Absence]
    lease_cars: list[LeaseCar]
    partners: list[Partner]
    children: list[Child]

    def leave_balance(self, year: int) -> tuple[Decimal, Decimal]:
        """Hours of leave at the start of a year, and with everything approved in that year."""
        opening, change = Decimal(0), Decimal(0)
        for first in self.leave_openings:
            opening += first.hours
        for row in self.leave:
            if row.status == "Approved":
                hours = row.hours if row.usage == "Store" else -row.hours
                if row.start.year < year:
                    opening += hours
                elif row.start.year == year:
                    change += hours
        return opening, opening + change
