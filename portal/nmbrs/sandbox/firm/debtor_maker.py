"""Makes the further records of a client."""

from datetime import date, timedelta
from random import Random
from typing import Final

from portal.nmbrs.sandbox.firm import words
from portal.nmbrs.sandbox.firm.contact_details import make_business_account, make_business_address
from portal.nmbrs.sandbox.firm.debtor_records import (
    AgreementSettings,
    Contact,
    DebtorRecords,
    Manager,
    ServiceLevel,
    Tag,
)
from portal.nmbrs.sandbox.firm.identity import guid_of
from portal.nmbrs.sandbox.firm.model import FIRST_DEBTOR_ID, Debtor
from portal.periods import Period

#: Every so many debtors, the one at this place lacks the record.
_WITHOUT_ACCOUNT, _WITHOUT_CONTACT, _WITHOUT_TAGS, _WITHOUT_SERVICE_LEVEL = (5, 2), (4, 1), (3, 1), (6, 2)
#: The payroll people of the office; they share the clients.
_OFFICE: Final = (
    Contact("Ingrid Maas", "ingrid.maas@kantoor.example", "030-1000001"),
    Contact("Sjoerd ten Have", "sjoerd.tenhave@kantoor.example", "030-1000002"),
    Contact("Aïsha Bouali", "aisha.bouali@kantoor.example", "030-1000003"),
    Contact("Marc Geerts", "marc.geerts@kantoor.example", ""),
)
_TAGS: Final = (
    ("#1F77B4", "Vestiging Utrecht"), ("#2CA02C", "Vestiging Zwolle"), ("#FF7F0E", "Spoed"), ("#9467BD", "DGA"),
)  # fmt: skip
_LEVELS: Final = ("Basis", "Compleet", "Advies")
_TITLES: Final = ("drs.", "ir.", "ing.", "mr.", "dr.", "prof.")
_AGREEMENTS: Final = ("Standaard", "Cao", "Oproepkrachten")
_FIRST_AGREEMENT_YEAR: Final = 2010


def make_debtor_records(seed: int, debtor: Debtor, today: date) -> DebtorRecords:
    """The further records of a client, drawn from random numbers of their own."""
    random = Random(f"{seed}/{debtor.id}/records")  # noqa: S311 -- sample data, not a secret
    place = debtor.id - FIRST_DEBTOR_ID
    address = make_business_address(random, debtor.id * 10)
    account = make_business_account(
        place * 2, debtor.id * 10, name=debtor.name, description="Rekening-courant", city=address.city
    )
    contact_name = f"{random.choice(words.FEMALE + words.MALE)} {_surname(random)}"
    return DebtorRecords(
        address=address,
        bank_account=None if _lacks(place, _WITHOUT_ACCOUNT) else account,
        contact=None
        if _lacks(place, _WITHOUT_CONTACT)
        else Contact(contact_name, f"administratie@{debtor.id}.example", f"030-{3_000_000 + place}"),
        accountants=[_OFFICE[(place + step) % len(_OFFICE)] for step in range(1 + place % 2)],
        managers=[_manager(random, debtor, number) for number in range(1, random.randrange(4, 7))],
        titles=list(_TITLES[: random.randrange(2, len(_TITLES) + 1)]),
        service_level=None if _lacks(place, _WITHOUT_SERVICE_LEVEL) else _service_level(random, today),
        tags=[] if _lacks(place, _WITHOUT_TAGS) else _tags(random),
        agreements=[_agreement(debtor, number, today) for number in range(1, 3 + place % 2)],
    )


def _lacks(place: int, rule: tuple[int, int]) -> bool:
    every, at = rule
    return place % every == at


def _surname(random: Random) -> str:
    prefix, name = random.choice(words.SURNAMES)
    return f"{prefix} {name}".strip()


def _manager(random: Random, debtor: Debtor, number: int) -> Manager:
    return Manager(
        number=number,
        first_name=random.choice(words.FEMALE + words.MALE),
        name=_surname(random),
        department=random.choice(debtor.departments).description,
        function=random.choice(debtor.functions).description,
        phone=f"030-{4_000_000 + debtor.id * 10 + number}",
        mobile=f"06-{random.randrange(10_000_000, 99_999_999)}" if random.random() < 0.6 else "",
        email=f"leiding{number}@{debtor.id}.example",
    )


def _service_level(random: Random, today: date) -> ServiceLevel:
    began = today - timedelta(days=random.randrange(200, 3000))
    return ServiceLevel(Period(began.year, began.month), random.choice(_LEVELS), began)


def _tags(random: Random) -> list[Tag]:
    numbers = sorted(random.sample(range(len(_TAGS)), random.randrange(1, 3)))
    return [Tag(number + 1, *_TAGS[number]) for number in numbers]


def _agreement(debtor: Debtor, number: int, today: date) -> AgreementSettings:
    """The first two have long been there; a third one came this year."""
    identifier = debtor.id * 10 + number
    return AgreementSettings(
        id=identifier,
        guid=guid_of("LabourAgreement", identifier),
        number=number,
        name=_AGREEMENTS[number - 1],
        first_year=_FIRST_AGREEMENT_YEAR if number < 3 else today.year,
    )
