"""What hangs on a client besides its companies, departments and functions."""

from dataclasses import dataclass, field
from datetime import date

from portal.nmbrs.sandbox.firm.contact_details import BusinessAccount, BusinessAddress
from portal.periods import Period


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call: at the client, or at the office for the client."""

    name: str
    email: str
    phone: str


@dataclass(slots=True)
class Manager:
    """A manager; department and function are the texts of those of the debtor."""

    number: int
    first_name: str
    name: str
    department: str
    function: str
    phone: str
    mobile: str
    email: str


@dataclass(slots=True)
class ServiceLevel:
    """What the office does for the client, from a period on, under a contract that began on a day."""

    start: Period
    level: str
    contract_start: date


@dataclass(slots=True)
class Tag:
    """A mark by which the office divides its clients; `color` is `#` with six hexadecimal digits."""

    number: int
    color: str
    text: str


@dataclass(slots=True)
class AgreementSettings:
    """A labour agreement that the client's companies may use, from the first period of a year on."""

    id: int
    guid: str
    number: int
    name: str
    first_year: int


@dataclass(slots=True)
class DebtorRecords:
    """Every further record of a debtor; None or an empty list where it has none."""

    address: BusinessAddress | None = None
    bank_account: BusinessAccount | None = None
    contact: Contact | None = None
    accountants: list[Contact] = field(default_factory=list)
    managers: list[Manager] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    service_level: ServiceLevel | None = None
    tags: list[Tag] = field(default_factory=list)
    agreements: list[AgreementSettings] = field(default_factory=list)
