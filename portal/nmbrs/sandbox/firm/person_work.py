"""Where the costs of somebody go, under which labour agreement and manager they work, and what car they drive."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from portal.nmbrs.sandbox.firm.maker import Maker
from portal.nmbrs.sandbox.firm.person_origin import Origin
from portal.nmbrs.sandbox.firm.person_records import AgreementChoice, CostShare, LeaseCar, ManagerChoice

_SPLITS: Final = (("100",),) * 7 + (
    ("50", "50"), ("60", "40"), ("75.5", "24.5"), ("33.33", "33.33", "33.34"),
)  # fmt: skip
_CARS: Final = (
    ("Škoda", "Octavia Combi", 118, 38_490), ("Tesla", "Model 3", 0, 44_990), ("Volkswagen", "ID.3", 0, 41_990),
    ("Toyota", "Corolla Touring Sports", 102, 36_795), ("Peugeot", "308 SW", 122, 39_870),
)  # fmt: skip
_LESSORS: Final = ("Leaseplan Zuid", "Autolease De Vries", "Mobiel & Co")
#: Of every forty people the first drives a car of the employer; of the others a few do.
_DRIVES: Final = 40


def cost_shares(origin: Origin, maker: Maker) -> list[CostShare]:
    """One cost centre or several; for some another division later."""
    made = list(_division(origin, maker, origin.start))
    later = origin.later_day(maker.random)
    if later is not None:
        made.extend(_division(origin, maker, later))
    return made


def _division(origin: Origin, maker: Maker, day: date) -> Iterator[CostShare]:
    random, of_company = maker.random, origin.company.records
    created = maker.created(day)
    parts = random.choice(_SPLITS)
    for place, center in enumerate(random.sample(of_company.cost_centers, len(parts))):
        unit = random.choice(of_company.cost_units) if random.random() < 0.6 else None
        yield CostShare(maker.next_id(), created, maker.period(day), center, unit, Decimal(parts[place]), place == 0)


def agreements(origin: Origin, maker: Maker) -> list[AgreementChoice]:
    """The company's first agreement; for some another one later, or the newest from when it came."""
    offered = origin.company.records.agreements
    first = maker.period(origin.start)
    chosen = [(max(first, offered[0].start), offered[0])]
    later = origin.later_day(maker.random)
    if later is not None and len(offered) > 1:
        other = maker.random.choice(offered[1:])
        chosen.append((max(maker.period(later), other.start), other))
    return [AgreementChoice(one.id, start, one.guid, one.number, one.description) for start, one in chosen]


def managers(origin: Origin, maker: Maker) -> list[ManagerChoice]:
    """A manager of the debtor; some people have none, some get another one."""
    random, known = maker.random, origin.debtor.records.managers
    if random.random() < 0.05:
        return []
    days = [origin.start]
    later = origin.later_day(maker.random)
    if later is not None:
        days.append(later)
    return [
        ManagerChoice(maker.next_id(), maker.created(day), maker.period(day), random.choice(known).number)
        for day in days
    ]


def lease_cars(origin: Origin, maker: Maker) -> list[LeaseCar]:
    """A car of the last four years at most; some had another one before."""
    random = maker.random
    if maker.place % _DRIVES and random.random() > 0.04:
        return []
    start = max(origin.start, origin.last_day - timedelta(days=random.randrange(30, 1400)))
    made = []
    if (start - origin.start).days > 400 and random.random() < 0.5:
        made.append(_car(maker, start - timedelta(days=random.randrange(200, 400)), start - timedelta(days=1)))
    return [*made, _car(maker, start, origin.end)]


def _car(maker: Maker, start: date, end: date | None) -> LeaseCar:
    random = maker.random
    brand, model, co2, value = random.choice(_CARS)
    letters = "BDFGHJKLNPRSTXZ"
    return LeaseCar(
        id=maker.next_id(),
        brand=brand,
        model=model,
        addition="22" if co2 else "17",
        lessor=random.choice(_LESSORS),
        contract=f"LC-{random.randrange(100_000, 999_999)}",
        months=random.choice((36, 48, 60)),
        month_price=Decimal(random.randrange(38_000, 89_000)) / 100,
        max_mileage=random.choice((20_000, 25_000, 35_000)),
        registered=start - timedelta(days=random.randrange(0, 60)),
        co2=co2,
        plate=f"{random.choice(letters)}-{random.randrange(100, 999)}-{''.join(random.choices(letters, k=2))}",
        catalog_value=Decimal(value),
        start=start,
        end=end,
        contribution=Decimal(random.choice((0, 0, 75, 150))),
    )
