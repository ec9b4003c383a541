"""How companies and what belongs to them directly are read."""

from collections.abc import Sequence

from portal import clock
from portal.companies.models import Company, CurrentPeriod, Run, WageTaxReturn
from portal.mirror.resource import Loop, Resource
from portal.mirror.scope import MirrorScope
from portal.periods import parse
from portal.source import Level, Soap

#: Runs and returns are asked by year: this one and so many before it.
YEARS_BACK = 2


def years(scope: MirrorScope) -> Sequence[str]:
    """The years to ask, up to that of the company's current period when it is ahead of the calendar."""
    current = CurrentPeriod.objects.filter(company=scope.company_id).values_list("year", flat=True).first()
    this = clock.today().year
    return [str(year) for year in range(this - YEARS_BACK, max(this, current or 0) + 1)]


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
)

CURRENT_PERIOD = Resource(
    name="current_period",
    model=CurrentPeriod,
    level=Level.COMPANY,
    key=("remote_id",),
    prepare=split_period_text,
    soap=Soap(
        "Company_GetCurrentPeriod",
        service="CompanyService",
        rows="",
        parameters={"CompanyId": "company"},
        fields={"text": ".", "remote_id": "@company"},
    ),
)

RUNS = Resource(
    name="runs",
    model=Run,
    level=Level.COMPANY,
    key=("remote_id",),
    loops={"year": Loop(years, window="year")},
    soap=Soap(
        "Run_GetList",
        service="CompanyService",
        rows="RunInfo",
        parameters={"CompanyId": "company", "Year": "year"},
        fields={
            "remote_id": "ID",
            "number": "Number",
            "year": "Year",
            "period_start": "PeriodStart",
            "period_end": "PeriodEnd",
            "description": "Description",
            "run_at": "RunAt",
            "locked": "IsLocked",
        },
    ),
)

WAGE_TAX_RETURNS = Resource(
    name="wage_tax_returns",
    model=WageTaxReturn,
    level=Level.COMPANY,
    key=("remote_id",),
    loops={"year": Loop(years, window="year")},
    soap=Soap(
        "WageTax_GetList",
        service="CompanyService",
        rows="WageTax",
        parameters={"CompanyId": "company", "intYear": "year"},
        fields={
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
    ),
)
