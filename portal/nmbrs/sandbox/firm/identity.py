"""Who somebody is and where they live."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid5

from portal.nmbrs.sandbox.firm import words
from portal.nmbrs.sandbox.firm.maker import Maker
from portal.nmbrs.sandbox.firm.model import FIRST_COMPANY_ID, Address, PersonalInfo
from portal.nmbrs.sandbox.firm.numbers import bsn, wrong_bsn
from portal.periods import Period

#: Places in the first company of people with a hostile name, and which.
_HOSTILE_PLACES: Final = {2: 0, 5: 1, 8: 2, 10: 3}


#: Namespace of every GUID; a fixed one, so that ids keep their GUID in every firm.
_GUIDS: Final = UUID("6f1c2a54-9d0b-5c4e-8a37-2b7e51d0c9f4")


def guid_of(kind: str, identifier: int) -> str:
    """The GUID by which REST would know what SOAP knows by this integer, e.g. `guid_of("Employee", 100_017)`."""
    return str(uuid5(_GUIDS, f"{kind}/{identifier}"))


def personal_infos(maker: Maker, start: date) -> Iterator[PersonalInfo]:
    """A first row, and one from the wedding on for some."""
    random = maker.random
    female = random.random() < 0.5
    first_name = random.choice(words.FEMALE if female else words.MALE)
    prefix, last_name = random.choice(words.SURNAMES)
    if maker.company.id == FIRST_COMPANY_ID and maker.place in _HOSTILE_PLACES:
        prefix, (last_name, first_name) = "", words.HOSTILE[_HOSTILE_PLACES[maker.place]]
    partner_prefix, partner_name = random.choice(words.SURNAMES)
    married = random.random() < 0.4
    number = bsn(maker.index)
    if maker.index % 17 == 5:
        number = ""
    elif maker.index % 23 == 7:
        number = wrong_bsn(maker.index)
    mail = f"{maker.id}@medewerker.example"
    info = PersonalInfo(
        id=maker.next_id(),
        created=maker.created(start),
        start=maker.period(start),
        first_name=first_name,
        initials="".join(f"{letter}." for letter in (first_name.lstrip("\u200f=")[:1], random.choice("ABCDEJKM"))),
        prefix=prefix,
        last_name=last_name,
        gender=random.choice(("female",) * 19 + ("undefined",)) if female else "male",
        birthday=start - timedelta(days=random.randrange(16 * 365, 55 * 365)),
        bsn=number,
        nationality=1,
        birthplace=random.choice(words.CITIES)[0],
        birth_country="NL",
        marital_status=0,
        name_order=1,
        partner_prefix="",
        partner_last_name="",
        phone_mobile=f"06-{random.randrange(10_000_000, 99_999_999)}" if random.random() < 0.8 else "",
        email_private=mail if random.random() < 0.9 else "",
        email_work="",
        title=random.choice(("", "", "", "", "", "drs.", "ir.")),
        emergency_contact=f"{random.choice(words.MALE)} {partner_name}" if random.random() < 0.3 else "",
    )
    yield info
    days = (maker.today - start).days
    if married and days > 60:
        wedding = start + timedelta(days=random.randrange(30, days))
        yield replace(
            info,
            id=maker.next_id(),
            created=maker.created(wedding),
            start=max(maker.period(wedding), info.start),
            marital_status=2,
            name_order=random.randrange(1, 5),
            partner_prefix=partner_prefix,
            partner_last_name=partner_name,
        )


def addresses(maker: Maker, start: date) -> Iterator[Address]:
    """A home, for some another one later, for a few an address of another type."""
    random = maker.random
    days = max((maker.today - start).days, 1)
    moves = [start]
    if random.random() < 0.3 and days > 90:
        moves.append(start + timedelta(days=random.randrange(40, days)))
    for move in moves:
        yield _address(maker, "HomeAddress", move, None)
    if random.random() < 0.15:
        yield _address(maker, "PostAddress", start, None)
    if random.random() < 0.06:
        kind = random.choice(("AbsenceAddress", "HolidaysAddress", "WeekendAddress"))
        yield _address(maker, kind, start, maker.period(start + timedelta(days=min(days, 120))))


def _address(maker: Maker, kind: str, start: date, end: Period | None) -> Address:
    random = maker.random
    city, digits = random.choice(words.CITIES)
    abroad = random.random() < 0.03
    return Address(
        id=maker.next_id(),
        created=maker.created(start),
        start=maker.period(start),
        end=end,
        type=kind,
        street=random.choice(words.STREETS),
        number=str(random.randrange(1, 240)),
        addition=random.choice(("", "", "", "", "a", "bis", "III")),
        postcode=f"{digits} {random.choice('ABCDEGH')}{random.choice('KLMNPRT')}" if not abroad else "48143",
        city=city if not abroad else "Münster",
        country="NL" if not abroad else "DE",
    )
