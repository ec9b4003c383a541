"""Changes to the further records of people when a period opens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from portal.nmbrs.sandbox.firm.company_records import FixedComponent
from portal.nmbrs.sandbox.firm.model import Company, Debtor, Firm, Person
from portal.nmbrs.sandbox.firm.numbers import bic, iban
from portal.nmbrs.sandbox.firm.person_components import variable_wage
from portal.nmbrs.sandbox.firm.person_records import ABSENCE_CANARY, Absence, Leave, ManagerChoice
from portal.periods import preceding

#: Index of the first IBAN of an account that came after generation.
_NEW_ACCOUNTS: Final = 80_000_000
_RAISE: Final = Decimal(5)
#: Wage code of a personal allowance.
_ALLOWANCE: Final = 1200


@dataclass(frozen=True, slots=True)
class _Change:
    """What a change needs to know besides whom it is about."""

    firm: Firm
    debtor: Debtor
    company: Company
    random: Random
    created: datetime


def change_records(firm: Firm, debtor: Debtor, company: Company, people: Sequence[Person], created: datetime) -> None:
    """Of `people`, who are on payroll: one gets another account, one another tax setting, one falls ill, one gets
    another fixed component, one another manager, one takes leave; one in ten gets something for this period only.
    """
    random = Random(f"{firm.seed}/{company.id}/advance/{firm.version}/records")  # noqa: S311 -- sample data
    changes: tuple[Callable[[_Change, Person], None], ...] = (
        _new_account,
        _other_credit,
        _falls_ill,
        _other_component,
        _other_manager,
        _takes_leave,
    )
    change = _Change(firm, debtor, company, random, created)
    for apply, person in zip(changes, random.sample(people, min(len(people), len(changes))), strict=False):
        apply(change, person)
    for person in random.sample(people, min(len(people), max(1, len(people) // 10))):
        person.records.variable_wages.append(variable_wage(random, firm.next_id(), company.current))


def _new_account(change: _Change, person: Person) -> None:
    identifier = change.firm.next_id()
    number = iban(_NEW_ACCOUNTS + change.firm.added)
    accounts = person.records.bank_accounts
    accounts[0] = replace(accounts[0], id=identifier, number=number[8:], iban=number, bic=bic(number))
    person.iban = number


def _other_credit(change: _Change, person: Person) -> None:
    rows = person.records.wage_tax
    last = rows[-1]
    rows.append(
        replace(
            last,
            id=change.firm.next_id(),
            created=change.created,
            start=change.company.current,
            credit=not last.credit,
        )
    )


def _falls_ill(change: _Change, person: Person) -> None:
    """Who is ill already is well again now."""
    rows, today = person.records.absences, change.created.date()
    if rows and rows[-1].end is None:
        rows[-1].end, rows[-1].registered_end = today, change.created
        return
    rows.append(
        Absence(
            id=change.firm.next_id(),
            comment=f"griep, {ABSENCE_CANARY}",
            percentage=100,
            start=today,
            registered_start=change.created,
            end=None,
            registered_end=None,
            dossier="Geen vangnetgeval / Ziekte",
            dossier_number=max((row.dossier_number for row in rows), default=0) + 1,
        )
    )


def _other_component(change: _Change, person: Person) -> None:
    """The first component that runs on gets another amount; who has none gets one."""
    rows, current = person.records.fixed_wages, change.company.current
    for row in rows:
        if row.end is None and row.start < current:
            row.end = preceding(change.company.period_type, current)
            rows.append(replace(row, id=change.firm.next_id(), value=row.value + _RAISE, start=current, end=None))
            return
    rows.append(FixedComponent(change.firm.next_id(), _ALLOWANCE, Decimal(75), current, None))


def _other_manager(change: _Change, person: Person) -> None:
    rows = person.records.managers
    before = rows[-1].number if rows else 0
    others = [one.number for one in change.debtor.records.managers if one.number != before]
    rows.append(
        ManagerChoice(change.firm.next_id(), change.created, change.company.current, change.random.choice(others))
    )


def _takes_leave(change: _Change, person: Person) -> None:
    day = change.created.date() + timedelta(days=3)
    hours = Decimal(8)
    person.records.leave.append(
        Leave(
            id=change.firm.next_id(),
            description="Dagje vrij",
            hours=hours,
            usage="Withdrawal",
            start=day,
            end=day,
            start_hours=hours,
            end_hours=Decimal(0),
            type="Type1",
            status="Approved",
        )
    )
