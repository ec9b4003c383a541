"""Makes the further records of a company."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Final

from portal.nmbrs.sandbox.firm import words
from portal.nmbrs.sandbox.firm.company_records import (
    Coded,
    CompanyContact,
    CompanyRecords,
    CompanySalaryTable,
    CostCode,
    FixedComponent,
    FullTimeSchedule,
    LabourAgreement,
    SocialSecurity,
    VariableComponent,
)
from portal.nmbrs.sandbox.firm.contact_details import make_business_account, make_business_address
from portal.nmbrs.sandbox.firm.debtor_records import AgreementSettings
from portal.nmbrs.sandbox.firm.filings import add_filings
from portal.nmbrs.sandbox.firm.hour_codes import HOUR_CODES
from portal.nmbrs.sandbox.firm.identity import guid_of
from portal.nmbrs.sandbox.firm.model import FIRST_COMPANY_ID, Company, Debtor
from portal.nmbrs.sandbox.firm.salary_scales import CODE, NAME, scales_of_table
from portal.nmbrs.sandbox.firm.wage_codes import WAGE_CODES
from portal.periods import Period, preceding

#: Every so many companies, the one at this place lacks the record.
_WITHOUT_CONTACT, _WITHOUT_ACCOUNT, _WITHOUT_ADDRESS = (5, 3), (6, 4), (11, 9)
_COST_CENTERS: Final = (
    "Algemeen", "Verkoop binnenland", "Verkoop export", "Productie", "Magazijn", "Onderhoud", "Kantoor", "Project A",
)  # fmt: skip
_COST_UNITS: Final = (
    "Lonen direct", "Lonen indirect", "Reiskosten", "Opleiding", "Uitzendkrachten", "Overwerk", "Kantine", "Overig",
)  # fmt: skip
_SECTORS: Final = (
    (17, "Detailhandel en ambachten"), (33, "Horeca algemeen"), (35, "Gezondheid, geestelijke en maatschappelijke "
    "belangen"), (44, "Zakelijke dienstverlening II"), (12, "Metaal- en technische bedrijfstakken"),
    (32, "Overig goederenvervoer te land en in de lucht"),
)  # fmt: skip
_CAOS: Final = ((9999, "Geen cao"), (634, "Bakkersbedrijf"), (182, "Horeca"), (42, "Kinderopvang"), (316, "Transport"))
_DAY_SHAPES: Final = ((8, 8, 8, 8, 8, 0, 0), (9, 9, 9, 9, 0, 0, 0), (0, 8, 8, 8, 8, 8, 0))
_METHODS: Final = ("Hours52WeeksDevidedPeriods", "HoursYearDevidedPeriods", "ManualHoursPerYearPeriods")
#: There is room for four schedules; one that is not used has no hours.
_SCHEDULES: Final = 4
_NO_HOURS: Final = (Decimal(0),) * 7
#: Codes of components that a company as a whole has.
_FIXED_CODES, _VARIABLE_CODES = (3010, 3020, 2020, 2030), (2200, 1310, 3210, 2040)


def make_company_records(seed: int, company: Company, debtor: Debtor, today: date) -> CompanyRecords:
    """The further records of a company, drawn from random numbers of their own."""
    random = Random(f"{seed}/{company.id}/records")  # noqa: S311 -- sample data, not a secret
    place = company.id - FIRST_COMPANY_ID
    base = (place + 1) * 2_000
    address = make_business_address(random, base)
    account = make_business_account(
        place * 2 + 1, base, name=company.name, description="Loonbetalingen", city=address.city
    )
    contact = _contact(random, company, debtor)
    tables = _salary_tables(company, base, today)
    cao, sector = Coded(*random.choice(_CAOS)), Coded(*random.choice(_SECTORS))
    records = CompanyRecords(
        address=None if _lacks(place, _WITHOUT_ADDRESS) else address,
        contact=None if _lacks(place, _WITHOUT_CONTACT) else contact,
        bank_account=None if _lacks(place, _WITHOUT_ACCOUNT) else account,
        schedules=_schedules(random),
        cost_centers=_cost_codes(random, base, _COST_CENTERS, first_code=100),
        cost_units=_cost_codes(random, base, _COST_UNITS, first_code=4000),
        hour_codes=[Coded(*pair) for pair in HOUR_CODES[: random.randrange(12, len(HOUR_CODES) + 1)]],
        wage_codes=[Coded(*pair) for pair in WAGE_CODES],
        agreements=[
            _agreement(settings, cao, sector, tables) for settings in debtor.records.agreements[: 1 + place % 3]
        ],
        salary_tables=tables,
        social_security=_social_security(random, cao, sector),
        fixed_components=_fixed_components(random, company, base, today),
        variable_components=_variable_components(random, company, base),
    )
    add_filings(random, company, records, today)
    return records


def _lacks(place: int, rule: tuple[int, int]) -> bool:
    every, at = rule
    return place % every == at


def _contact(random: Random, company: Company, debtor: Debtor) -> CompanyContact:
    female = random.random() < 0.5
    prefix, name = random.choice(words.SURNAMES)
    first_name = random.choice(words.FEMALE if female else words.MALE)
    return CompanyContact(
        number=1,
        name=" ".join(part for part in (first_name, prefix, name) if part),
        gender="female" if female else "male",
        email=f"contact@{company.id}.example",
        phone=f"030-{5_000_000 + company.id}",
        mobile=f"06-{random.randrange(10_000_000, 99_999_999)}" if random.random() < 0.5 else "",
        department=random.choice(debtor.departments).description,
        function=random.choice(debtor.functions).description,
    )


def _schedules(random: Random) -> list[FullTimeSchedule]:
    used = random.randrange(1, 3)
    method = random.choice(_METHODS)
    made = []
    for number in range(_SCHEDULES):
        week = tuple(map(Decimal, random.choice(_DAY_SHAPES))) if number < used else _NO_HOURS
        made.append(FullTimeSchedule(method, week, week))
    return made


def _cost_codes(random: Random, base: int, names: tuple[str, ...], *, first_code: int) -> list[CostCode]:
    chosen = names[: random.randrange(4, len(names) + 1)]
    return [CostCode(base + place, str(first_code + place * 10), name) for place, name in enumerate(chosen)]


def _agreement(
    settings: AgreementSettings, cao: Coded, sector: Coded, tables: list[CompanySalaryTable]
) -> LabourAgreement:
    return LabourAgreement(
        id=settings.id,
        guid=settings.guid,
        number=settings.number,
        description=settings.name,
        default=settings.number == 1,
        start=Period(settings.first_year, 1),
        schedule_model=Coded(1, "Roostermodel standaard"),
        wage_model=Coded(1, "Loonmodel standaard"),
        hours_model=Coded(1, "Urenmodel standaard"),
        industry=Coded(sector.code, sector.description),
        leave_model=Coded(settings.number, f"Verlof {settings.name.lower()}"),
        reservation_model=Coded(1, "Vakantiegeld 8%"),
        salary_table=Coded(tables[0].code, tables[0].description) if tables else None,
        cao=Coded(cao.code, cao.description),
        provisional=False,
    )


def _salary_tables(company: Company, base: int, today: date) -> list[CompanySalaryTable]:
    """The table that people's salaries name, for some companies a new one since this year; none without people."""
    if not company.people:
        return []
    starts = {NAME: Period(2010, 1)}
    if company.id % 3 == 0:
        starts[f"{NAME} {today.year}"] = Period(today.year, 1)
    return [
        CompanySalaryTable(
            CODE,
            name,
            guid_of("SalaryTable", base + number),
            start,
            scales_of_table(company.period_type, base + number * 200),
        )
        for number, (name, start) in enumerate(starts.items(), start=1)
    ]


def _social_security(random: Random, cao: Coded, sector: Coded) -> SocialSecurity:
    group = random.randrange(1, 4)
    return SocialSecurity(
        cao=cao,
        sector=sector,
        risk_group=Coded(group, f"Risicogroep {group}"),
        carries_wga=random.random() < 0.2,
        carries_sickness=random.random() < 0.2,
        wga_employee=Decimal(random.randrange(0, 60)) / 100,
        wga_employer=Decimal(random.randrange(40, 160)) / 100,
    )


def _fixed_components(random: Random, company: Company, base: int, today: date) -> list[FixedComponent]:
    """Two or three that still hold, the first of which took the place of one that ended last year."""
    codes = random.sample(_FIXED_CODES, random.randrange(2, 4))
    new_year = Period(today.year, 1)
    before, first = preceding(company.period_type, new_year), Period(today.year - 2, 1)
    made = [FixedComponent(base + 1, codes[0], _amount(random), first, before)]
    for number, code in enumerate(codes, start=2):
        start = new_year if code == codes[0] else first
        made.append(FixedComponent(base + number, code, _amount(random), start, None))
    return made


def _variable_components(random: Random, company: Company, base: int) -> list[VariableComponent]:
    """Something in about half of the periods of the last year or so, the current one among them."""
    period = company.current
    made: list[VariableComponent] = []
    for back in range(14):
        for code in random.sample(_VARIABLE_CODES, 2 if back == 0 else random.choice((0, 0, 1, 2))):
            made.append(VariableComponent(base + 100 + len(made), code, _amount(random), period))
        period = preceding(company.period_type, period)
    return made


def _amount(random: Random) -> Decimal:
    return Decimal(random.randrange(500, 60_000)) / 100
