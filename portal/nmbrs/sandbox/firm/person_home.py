"""Partner and children."""

from datetime import timedelta

from portal.nmbrs.sandbox.firm import words
from portal.nmbrs.sandbox.firm.maker import Maker
from portal.nmbrs.sandbox.firm.person_origin import Origin
from portal.nmbrs.sandbox.firm.person_records import Child, Partner


def partners(origin: Origin, maker: Maker) -> list[Partner]:
    """Of everybody who married, and of some who did not."""
    random, infos = maker.random, origin.person.personal_infos
    if len(infos) == 1 and random.random() > 0.15:
        return []
    prefix, name = random.choice(words.SURNAMES)
    if len(infos) > 1:
        prefix, name = infos[1].partner_prefix, infos[1].partner_last_name
    female = random.random() < (0.05 if infos[0].gender == "female" else 0.95)
    first_name = random.choice(words.FEMALE if female else words.MALE)
    identifier = maker.next_id()
    return [
        Partner(
            id=identifier,
            name=f"{prefix} {name}".strip(),
            first_name=first_name,
            initials=f"{first_name[0]}.",
            gender="female" if female else "male",
            birthday=infos[0].birthday + timedelta(days=random.randrange(-1500, 1500)),
            start=infos[-1].created.date(),
            phone=f"06-{random.randrange(10_000_000, 99_999_999)}" if random.random() < 0.6 else "",
            email=f"partner{identifier}@thuis.example" if random.random() < 0.4 else "",
        )
    ]


def children(origin: Origin, maker: Maker) -> list[Child]:
    """None for most, up to three for the others; all born while the parent was grown up."""
    random, parent = maker.random, origin.person.personal_infos[0]
    days = (origin.today - parent.birthday).days - 20 * 365
    wanted = random.choice((0, 0, 0, 0, 1, 2, 2, 3))
    if days < 400 * wanted or days < 1:
        return []
    made = []
    for born in sorted(random.randrange(days) for _ in range(wanted)):
        female = random.random() < 0.5
        first_name = random.choice(words.FEMALE if female else words.MALE)
        made.append(
            Child(
                id=maker.next_id(),
                name=f"{parent.prefix} {parent.last_name}".strip(),
                first_name=first_name,
                initials=f"{first_name[0]}.",
                gender="female" if female else "male",
                birthday=parent.birthday + timedelta(days=20 * 365 + born),
            )
        )
    return made
