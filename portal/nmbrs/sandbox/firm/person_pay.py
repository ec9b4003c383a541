"""How somebody is paid and taxed: accounts, wage tax, employee insurances."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from portal.nmbrs.sandbox.firm.company_records import SocialSecurity
from portal.nmbrs.sandbox.firm.maker import Maker
from portal.nmbrs.sandbox.firm.numbers import bic, iban
from portal.nmbrs.sandbox.firm.person_origin import Origin
from portal.nmbrs.sandbox.firm.person_records import BankAccount, SocialInsurance, WageTaxSettings
from portal.periods import Period, PeriodType

#: Index of the first IBAN of a second account; below it are the first accounts.
_SECOND_ACCOUNTS: Final = 40_000_000
#: Of Nmbrs' numbers of wage-tax tables only 2 has been seen; which is which is this sandbox's choice.
_PERIOD_TABLES: Final = {PeriodType.MONTH: 2, PeriodType.FOUR_WEEKS: 3, PeriodType.WEEK: 4}
#: Code of the wage-tax declaration for wage or salary (other).
_WAGE: Final = 15
_WHITE, _GREEN = 1, 2
_RATES: Final = tuple(map(Decimal, ("0", "0", "0", "0", "0", "0", "0", "36.97", "49.50")))
#: Codes of the care insurance law: insured as an employee, and as a director who is not.
_INSURED, _DIRECTOR = "K", "M"
_BENEFITS: Final = (14, 15, 16, 17)


def bank_accounts(origin: Origin, maker: Maker) -> list[BankAccount]:
    """The account of the wage; for some a second one, now and then one that a colleague is paid on."""
    info, city = origin.person.personal_infos[0], origin.person.addresses[0].city
    name = " ".join(part for part in (info.initials, info.prefix, info.last_name) if part)
    first = iban(origin.index)
    made = [
        BankAccount(maker.next_id(), first[8:], "Salarisrekening", first, bic(first), city, name, type="Bankrekening1")
    ]
    chance = maker.random.random()
    if chance < 0.2:
        shared = chance < 0.02 and maker.place > 0
        number = iban(origin.index - 1 if shared else _SECOND_ACCOUNTS + origin.index)
        made.append(
            BankAccount(
                maker.next_id(), number[8:], "Spaarrekening", number, bic(number), city, name, type="Bankrekening2"
            )
        )
    return made


def wage_tax(origin: Origin, maker: Maker) -> list[WageTaxSettings]:
    """White table with the credit for most; some give the credit to another employer later, or take it back."""
    random = maker.random
    row = WageTaxSettings(
        id=maker.next_id(),
        created=maker.created(origin.start),
        start=maker.period(origin.start),
        year_wage=origin.year_wage,
        special_rate=random.choice(_RATES),
        credit=random.random() < 0.88,
        levy=True,
        colour=_GREEN if random.random() < 0.04 else _WHITE,
        income_kind=_WAGE,
        period_table=_PERIOD_TABLES[maker.company.period_type],
        ruling=1 if random.random() < 0.02 else 0,
    )
    later = origin.later_day(random)
    if later is None:
        return [row]
    start = maker.period(later)
    return [row, replace(row, id=maker.next_id(), created=maker.created(later), start=start, credit=not row.credit)]


def social_insurance(origin: Origin, maker: Maker) -> list[SocialInsurance]:
    """Insured for everything, but for a few directors; some bring their employer a benefit from a later period on."""
    settings = origin.company.records.social_security
    if settings is None:
        return []
    row = _insured(origin, maker, settings)
    later = origin.later_day(maker.random)
    if later is None:
        return [row]
    start = maker.period(later)
    return [
        row,
        replace(
            row,
            id=maker.next_id(),
            created=maker.created(later),
            start=start,
            benefit=maker.random.choice(_BENEFITS),
            benefit_end=Period(start.year + 3, 1) if maker.random.random() < 0.7 else None,
        ),
    ]


def _insured(origin: Origin, maker: Maker, settings: SocialSecurity) -> SocialInsurance:
    director = maker.random.random() < 0.03
    contract = origin.person.contracts[0]
    return SocialInsurance(
        id=maker.next_id(),
        created=maker.created(origin.start),
        start=maker.period(origin.start),
        influence="D" if director else "0",
        disability=not director,
        unemployment=not director,
        sickness=not director,
        care_contribution=2 if director else 1,
        care_code=_DIRECTOR if director else _INSURED,
        nature=contract.nature,
        phase=contract.phase,
        cao=settings.cao,
        risk_group=settings.risk_group,
        sector=settings.sector,
        benefit=0,
        benefit_end=None,
    )
