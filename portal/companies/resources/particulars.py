"""How what a company has on file is read: address, contact, account, schedules, social security."""

import re
from decimal import Decimal

from portal.accounts.roles import Capability
from portal.companies import models
from portal.companies.resources.shapes import observed
from portal.debtors.business import (
    ADDRESS_FIELDS,
    ADDRESS_WATCHED,
    BANK_ACCOUNT_FIELDS,
    BANK_ACCOUNT_SENSITIVE,
    BANK_ACCOUNT_WATCHED,
)
from portal.mirror.convert import BadValue

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PLACES = {1: "One", 2: "Two", 3: "Three", 4: "Four"}
_HOURS = re.compile(r"\+?\d{1,2}(\.\d{0,20})?", re.ASCII)
#: Text column of a week -> its seven days, which only the door sees.
_WEEKS = {
    f"{week}_{number}": tuple(f"{week}_{number}_{day.lower()}" for day in _DAYS)
    for number in models.SCHEDULES
    for week in ("week", "other_week")
}


def join_weeks(record: dict[str, str | None]) -> dict[str, str | None]:
    """Seven hours become one text without trailing zeros. Raises BadValue for what is no number of hours of a day."""
    joined = dict(record)
    for column, days in _WEEKS.items():
        texts = [joined.pop(day, None) for day in days]
        if any(texts):
            joined[column] = " ".join(_hours(column, text) for text in texts)
    return joined


def _hours(column: str, text: str | None) -> str:
    # A number as XML writes it: `1E-999999999` would be gigabytes of zeros.
    if text and not _HOURS.fullmatch(text.strip()):
        raise BadValue(column)
    value = Decimal((text or "").strip() or "0")
    if value > 24:
        raise BadValue(column)
    return f"{value.normalize():f}"


ADDRESS = observed(
    "company_address", models.CompanyAddress, "Address_GetCurrent", ADDRESS_FIELDS, watched=ADDRESS_WATCHED
)

CONTACT = observed(
    "company_contact",
    models.CompanyContact,
    "ContactPerson_Get",
    {
        "number": "Number",
        "name": "Name",
        "email": "Email",
        "phone": "Phone",
        "mobile": "MobilePhone",
        "department": "Department",
        "function": "Function",
    },
    watched=("name", "email", "phone"),
)

BANK_ACCOUNT = observed(
    "company_bank_account",
    models.CompanyBankAccount,
    "BankAccount_GetCurrent",
    BANK_ACCOUNT_FIELDS,
    capability=Capability.VIEW_BANK_ACCOUNTS,
    watched=BANK_ACCOUNT_WATCHED,
    sensitive=BANK_ACCOUNT_SENSITIVE,
)

SCHEDULES = observed(
    "company_schedules",
    models.CompanySchedule,
    "Schedule_GetCurrent",
    {
        **{f"method_{number}": f"FulltimeSchedule{place}/ScheduleCalcMethod" for number, place in _PLACES.items()},
        **{
            f"{week}_{number}_{day.lower()}": f"FulltimeSchedule{place}/Hours{day}{suffix}"
            for number, place in _PLACES.items()
            for week, suffix in (("week", ""), ("other_week", "2"))
            for day in _DAYS
        },
    },
    prepare=join_weeks,
    watched=tuple(f"{name}_{number}" for number in models.SCHEDULES for name in ("method", "week", "other_week")),
)

SOCIAL_SECURITY = observed(
    "company_social_security",
    models.CompanySocialSecurity,
    "SVW_GetCurrent",
    {
        "cao_code": "SVWSettings/CodeCao",
        "cao": "CAO/Description",
        "sector_code": "SVWSettings/Sector",
        "sector": "Sector/Description",
        "risk_group_code": "SVWSettings/RisicoGroep",
        "risk_group": "Risicogroep/Description",
        "wga_employee": "SVWSettings/Gediff_WGA_wn",
        "wga_employer": "SVWSettings/Gediff_WGA_wg",
        "carries_wga": "SVWSettings/EigenrisicodragerGediffWGA",
        "carries_wao": "SVWSettings/EigenrisicodragerUniformeWAO",
        "carries_sickness": "SVWSettings/EigenrisicodragerZiektewet",
    },
    watched=(
        "cao_code",
        "sector_code",
        "risk_group_code",
        "wga_employee",
        "wga_employer",
        "carries_wga",
        "carries_wao",
        "carries_sickness",
    ),
)

ALL = (ADDRESS, CONTACT, BANK_ACCOUNT, SCHEDULES, SOCIAL_SECURITY)
