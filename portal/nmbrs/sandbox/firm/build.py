"""Generates the firm."""

from datetime import date
from typing import Final

from portal.nmbrs.sandbox.firm import words
from portal.nmbrs.sandbox.firm.company_maker import make_company_records
from portal.nmbrs.sandbox.firm.debtor_maker import make_debtor_records
from portal.nmbrs.sandbox.firm.model import FIRST_COMPANY_ID, FIRST_DEBTOR_ID, Company, Debtor, Firm, Unit
from portal.nmbrs.sandbox.firm.payroll import add_payroll_history
from portal.nmbrs.sandbox.firm.people import make_person
from portal.periods import Period, PeriodType, containing, preceding

#: Companies of the debtors one after another; the twelfth has none.
_COMPANIES_PER_DEBTOR: Final = (2, 1, 3, 4, 1, 2, 1, 3, 2, 1, 4, 0)
#: Place (debtor, company) of the company without people.
_WITHOUT_PEOPLE: Final = (2, 2)
#: Period types of the companies one after another, with the spellings that Nmbrs uses for them.
_PERIOD_TYPES: Final = (
    (PeriodType.MONTH, "M", "Month"),
    (PeriodType.FOUR_WEEKS, "4W", "Week4"),
    (PeriodType.MONTH, "M", "Month"),
    (PeriodType.WEEK, "W", "Month"),
    (PeriodType.MONTH, "M", "Month"),
    (PeriodType.MONTH, "M", "Month"),
    (PeriodType.FOUR_WEEKS, "W4", "Week4"),
    (PeriodType.MONTH, "M", "Month"),
    (PeriodType.WEEK, "W1", "Week4"),
    (PeriodType.MONTH, "M", "Month"),
    (PeriodType.WEEK, "1W", "Month"),
    (PeriodType.MONTH, "M", "Month"),
)
#: Of every ten companies the one at this place is a period behind: its last run is still to be made.
_BEHIND: Final = 7


def build_firm(debtors: int, employees: int, seed: int, today: date, companies: int | None = None) -> Firm:
    """A firm of `debtors` clients with `employees` people of all types in every company.

    `companies` gives every debtor exactly that many companies with people. Without it they have 1 to 4 (the second
    has a single one, the third of the third debtor has no people, the twelfth debtor has no company).
    """
    firm = Firm(seed, today, [])
    number = people = 0
    for place in range(debtors):
        debtor = _debtor(place)
        debtor.records = make_debtor_records(seed, debtor, today)
        firm.debtors.append(debtor)
        wanted = _COMPANIES_PER_DEBTOR[place % len(_COMPANIES_PER_DEBTOR)] if companies is None else companies
        for branch in range(wanted):
            company = _company(number, debtor, branch, wanted, today)
            debtor.companies.append(company)
            if companies is not None or (place, branch) != _WITHOUT_PEOPLE:
                company.people.extend(
                    make_person(seed, company, debtor, today, index=people + i, place=i) for i in range(employees)
                )
                people += employees
            add_payroll_history(seed, company, today)
            company.records = make_company_records(seed, company, debtor, today)
            number += 1
    return firm


def _debtor(place: int) -> Debtor:
    name = words.BUSINESSES[place % len(words.BUSINESSES)]
    again = place // len(words.BUSINESSES)
    identifier = FIRST_DEBTOR_ID + place
    return Debtor(
        id=identifier,
        number=str(100 + place * 5),
        name=f"{name} {again + 1}" if again else name,
        departments=_units(identifier, words.DEPARTMENTS),
        functions=_units(identifier, words.FUNCTIONS),
    )


def _units(debtor_id: int, names: tuple[str, ...]) -> list[Unit]:
    return [Unit(debtor_id * 100 + place, (place + 1) * 10, name) for place, name in enumerate(names)]


def _company(number: int, debtor: Debtor, branch: int, wanted: int, today: date) -> Company:
    period_type, mark, return_type = _PERIOD_TYPES[number % len(_PERIOD_TYPES)]
    current = containing(period_type, today)
    if number % 10 == _BEHIND:
        current = preceding(period_type, current)
    name = debtor.name if wanted == 1 else f"{debtor.name} {words.BRANCHES[branch % len(words.BRANCHES)]}"
    address = f"{debtor.id}-{branch + 1}.example"
    return Company(
        id=FIRST_COMPANY_ID + number,
        number=number + 1,
        name=f"{name} B.V." if number % 2 else name,
        debtor_id=debtor.id,
        period_type=period_type,
        period_mark=mark,
        current=Period(current.year, current.number),
        return_type=return_type,
        kvk=f"{90_000_000 + number}" if number % 7 != 4 else "",
        phone=f"030-{2_000_000 + number}",
        email=f"salaris@{address}" if number % 5 != 3 else "",
        website=f"https://{address}" if number % 3 == 0 else "",
    )
