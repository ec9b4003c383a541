"""An office whose clients have somebody with a bank account, and browsers of its people."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser

from portal.accounts import rights
from portal.accounts.models import User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.accounts.signin.sessions import SIGNED_IN
from portal.audit.models import Entry
from portal.companies.models import CompanyBankAccount
from portal.debtors.models import DebtorBankAccount
from portal.employees.models import AccountOfEmployee, Employee
from tests.accounts.office import Office, make_office, somebody_new
from tests.factories import make_employment, mirrored

#: Of the Dutch bank's own examples; nobody's.
IBAN = "NL91ABNA0417164300"
GROUPED = "NL91 ABNA 0417 1643 00"
IN_SERVICE = date(2024, 5, 1)


@pytest.fixture
def office(db: None) -> Office:
    """Clients a and b of one office."""
    return make_office("one", "ab")


@pytest.fixture
def by(office: Office) -> Callable[..., Browser]:
    """`by(Role.ACCOUNTANT)`: the browser of somebody with that role for client a; an administrator sees the firm."""

    def browser(role: Role, of: Office = office, language: str = "en") -> Browser:
        user = of.administrator if role is Role.ADMINISTRATOR else somebody_new(str(role))
        if role is not Role.ADMINISTRATOR:
            rights.give(SYSTEM, user, Place(of.firm.pk, role, of.clients["a"].debtor.pk))
        User.objects.filter(pk=user.pk).update(language=language)
        made = Browser()
        made.force_login(user)
        return made

    return browser


def grown_old(browser: Browser) -> Browser:
    """The same browser, whose sign-in is more than five minutes old."""
    session = browser.session
    user = User.objects.get(pk=session["_auth_user_id"])
    user.set_password("a-good-password")
    user.save()
    browser.force_login(user)
    session = browser.session
    session[SIGNED_IN] -= 301
    session.save()
    return browser


def account_of(person: Employee, iban: str = IBAN, **fields: Any) -> AccountOfEmployee:
    """A bank account that somebody is paid on since they came."""
    values = {"account_type": "Bankrekening1", "valid_from": IN_SERVICE, "company": person.company, **fields}
    return mirrored(AccountOfEmployee, person.environment, employee=person, iban=iban, **values)


def accounts_of(office: Office, letter: str = "a") -> dict[str, Any]:
    """The bank accounts of a client, its company and its person, by the name of the kind."""
    client = office.clients[letter]
    make_employment(client.person, IN_SERVICE)
    values = {"iban": IBAN, "account_type": "Standaard", "valid_from": IN_SERVICE}
    environment = office.environment
    return {
        "bank_accounts": account_of(client.person),
        "company_bank_account": mirrored(CompanyBankAccount, environment, company=client.company, **values),
        "debtor_bank_account": mirrored(DebtorBankAccount, environment, debtor=client.debtor, **values),
    }


def entries(kind: str) -> list[Entry]:
    """What the trail has of this kind."""
    return list(Entry.objects.filter(kind=kind).order_by("number"))
