"""How personal records, addresses, BSN checks, partners and children are read."""

from stdnum.exceptions import ValidationError
from stdnum.nl import bsn

from portal.employees.models import Address, BsnCheck, BsnStatus, Child, Partner, PersonalInfo
from portal.employees.resources.declare import of_company
from portal.mirror.dating import ByPeriod, Observed
from portal.mirror.resource import OptIn
from portal.vault import keyed_text

#: The purpose under which numbers are hashed.
BSN = "bsn"
#: Where somebody lives: only that it changed.
ADDRESS_WATCHED = ("street", "house_number", "addition", "postal_code", "city", "region", "country")
#: Of somebody's family only that something changed.
PARTNER_WATCHED = ("birthday", "partner_since")
CHILD_WATCHED = ("first_name", "birthday")

PERSONAL_INFO = of_company(
    "personal_info",
    PersonalInfo,
    "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany",
    "PersonalInfoItem/EmployeePersonalInfos/PersonalInfo_V2",
    {
        "remote_id": "Id",
        "start_year": "StartYear",
        "start_period": "StartPeriod",
        "created_at": "CreationDate",
        "title": "Title",
        "first_name": "FirstName",
        "initials": "Initials",
        "prefix": "Prefix",
        "last_name": "LastName",
        "birthday": "Birthday",
        "phone_work": "TelephoneWork",
        "mobile_work": "TelephoneMobileWork",
        "email_work": "EmailWork",
    },
    dating=ByPeriod(),
    key=("employee", "remote_id", "start_year", "start_period", "created_at"),
    watched=("last_name",),
    adopt_by=("employee", "start_year", "start_period", "created_at"),
)

ADDRESSES = of_company(
    "addresses",
    Address,
    "Address_GetAll_AllEmployeesByCompany",
    "EmployeeAddressItem/EmployeeAddresses/EmployeeAddress_V2",
    {
        "remote_id": "Id",
        "start_year": "StartYear",
        "start_period": "StartPeriod",
        "created_at": "CreationDate",
        "address_type": "Type",
        "street": "Street",
        "house_number": "HouseNumber",
        "addition": "HouseNumberAddition",
        "postal_code": "PostalCode",
        "city": "City",
        "region": "StateProvince",
        "country": "CountryISOCode",
    },
    dating=ByPeriod(by=("employee_id", "address_type")),
    key=("employee", "remote_id", "start_year", "start_period", "created_at"),
    watched=ADDRESS_WATCHED,
    sensitive=ADDRESS_WATCHED,
    headline="street",
    adopt_by=("employee", "address_type", "start_year", "start_period", "created_at"),
)


def bsn_to_status(record: dict[str, str | None]) -> dict[str, str | None]:
    """The record with status and fingerprint in the place of the number, which nothing keeps from here on."""
    text = (record.pop("bsn", None) or "").strip()
    if not text:
        return {**record, "status": BsnStatus.MISSING.value, "bsn_fingerprint": ""}
    try:
        number = bsn.validate(text)
    except ValidationError:
        return {**record, "status": BsnStatus.INVALID.value, "bsn_fingerprint": ""}
    return {**record, "status": BsnStatus.VALID.value, "bsn_fingerprint": keyed_text(BSN, number)}


BSN_CHECKS = of_company(
    "bsn_checks",
    BsnCheck,
    "PersonalInfo_GetAll_AllEmployeesByCompany",
    "PersonalInfoItem/EmployeePersonalInfos/PersonalInfo_V2",
    {
        "remote_id": "Id",
        "start_year": "StartYear",
        "start_period": "StartPeriod",
        "created_at": "CreationDate",
        "bsn": "BSN",
    },
    # The number stands in the dated personal records: the row of a day is the check of that day's record.
    dating=ByPeriod(),
    key=("employee", "remote_id", "start_year", "start_period", "created_at"),
    prepare=bsn_to_status,
    opt_in=OptIn.BSN_CHECK,
    watched=("status", "bsn_fingerprint"),
    sensitive=("status", "bsn_fingerprint"),
    keyed={"bsn_fingerprint": BSN},
    adopt_by=("employee", "start_year", "start_period", "created_at"),
)

PARTNERS = of_company(
    "partners",
    Partner,
    "Partner_GetAll_AllEmployeesByCompany",
    "EmployeePartner/Partner",
    {"remote_id": "Id", "birthday": "Birthday", "partner_since": "StartDate"},
    company="CompanyId",
    dating=Observed(),
    opt_in=OptIn.PARTNER,
    watched=PARTNER_WATCHED,
    sensitive=PARTNER_WATCHED,
    headline="birthday",
    adopt_by=("employee", "birthday", "partner_since"),
)

CHILDREN = of_company(
    "children",
    Child,
    "Children_GetAll_Employeesbycompany",
    "EmployeeChildrenItem/EmployeeChildren/Child",
    {"remote_id": "Id", "first_name": "FirstName", "birthday": "Birthday"},
    company="CompanyId",
    dating=Observed(),
    opt_in=OptIn.CHILDREN,
    watched=CHILD_WATCHED,
    sensitive=CHILD_WATCHED,
    headline="birthday",
    adopt_by=("employee", "first_name", "birthday"),
)

ALL = (PERSONAL_INFO, ADDRESSES, BSN_CHECKS, PARTNERS, CHILDREN)
