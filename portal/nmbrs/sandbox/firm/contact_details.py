"""Where a client or a company is found: address and bank account. Records and what makes them."""

from dataclasses import dataclass
from random import Random

from portal.nmbrs.sandbox.firm import words
from portal.nmbrs.sandbox.firm.numbers import bic, iban


@dataclass(slots=True)
class BusinessAddress:
    """The address of a debtor or company. Empty texts are left out of the answer."""

    id: int
    default: bool
    street: str
    number: str
    addition: str
    postcode: str
    city: str
    country: str


@dataclass(slots=True)
class BusinessAccount:
    """The bank account of a debtor or company; `type` is a member of the contract's BankAccountType."""

    id: int
    number: str
    description: str
    iban: str
    bic: str
    city: str
    name: str
    type: str


def make_business_address(random: Random, identifier: int) -> BusinessAddress:
    """Some address in the Netherlands."""
    city, digits = random.choice(words.CITIES)
    return BusinessAddress(
        id=identifier,
        default=True,
        street=random.choice(words.STREETS),
        number=str(random.randrange(1, 240)),
        addition=random.choice(("", "", "", "a", "hs")),
        postcode=f"{digits} {random.choice('ABCDEGH')}{random.choice('KLMNPRT')}",
        city=city,
        country="NL",
    )


def make_business_account(index: int, identifier: int, *, name: str, description: str, city: str) -> BusinessAccount:
    """The account number `index` (from 0) of those that no person has."""
    number = iban(-1 - index)
    return BusinessAccount(
        id=identifier,
        number=number[8:],
        description=description,
        iban=number,
        bic=bic(number),
        city=city,
        name=name,
        type="Bankrekening1",
    )
