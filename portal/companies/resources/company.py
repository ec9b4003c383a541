"""How companies and their current period are read."""

from portal.companies.models import Company, CurrentPeriod
from portal.mirror.resource import Resource
from portal.periods import parse
from portal.source import Level, Soap


def split_period_text(record: dict[str, str | None]) -> dict[str, str | None]:
    """`2026-11-M` into year, number and period type. A text that is no period leaves all three empty: refused."""
    try:
        period, kind = parse(record.get("text") or "")
    except ValueError:
        return record
    return record | {"year": str(period.year), "number": str(period.number), "period_type": kind.value}


COMPANIES = Resource(
    name="companies",
    model=Company,
    level=Level.DEBTOR,
    key=("remote_id",),
    soap=Soap(
        "List_GetByDebtor",
        service="CompanyService",
        rows="Company",
        parameters={"DebtorId": "debtor"},
        fields={
            "remote_id": "ID",
            "number": "Number",
            "name": "Name",
            "phone_number": "PhoneNumber",
            "email": "Email",
            "website": "Website",
            "return_period": "LoonaangifteTijdvak",
            "kvk_number": "KvkNr",
        },
    ),
    watched=("number", "name", "kvk_number", "return_period"),
    adopt_by=("guid",),
)

CURRENT_PERIOD = Resource(
    name="current_period",
    model=CurrentPeriod,
    level=Level.COMPANY,
    key=("remote_id",),
    prepare=split_period_text,
    hourly=True,
    soap=Soap(
        "Company_GetCurrentPeriod",
        service="CompanyService",
        rows="",
        parameters={"CompanyId": "company"},
        fields={"text": ".", "remote_id": "@company"},
    ),
    adopt_by=("company",),
)

ALL = (COMPANIES, CURRENT_PERIOD)
