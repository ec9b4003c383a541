"""What makes the records of one person: own random numbers, own ids, dates and periods of the company."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from portal.nmbrs.sandbox.firm.model import FIRST_COMPANY_ID, Company, Debtor
from portal.periods import Period, containing

_FIRST_PERSON_ID: Final = 100_000
_ROOM: Final = 20_000


@dataclass(slots=True)
class Maker:
    """Makes the records of one person: draws from the person's own random numbers, counts its own ids."""

    random: Random
    company: Company
    debtor: Debtor
    today: date
    index: int
    id: int
    place: int
    count: int = 0

    def next_id(self) -> int:
        """An id that no other record of the firm has."""
        self.count += 1
        return self.id * 100 + self.count

    def moment(self, day: date) -> datetime:
        """Some working minute of a day; now and then with a fraction of a second, as .NET writes it."""
        seconds = self.random.randrange(8 * 3600, 18 * 3600)
        fraction = (
            timedelta(milliseconds=self.random.randrange(1, 1000)) if self.random.random() < 0.2 else timedelta(0)
        )
        return datetime.combine(day, time()) + timedelta(seconds=seconds) + fraction

    def created(self, start: date) -> datetime:
        """When a row that holds from `start` was typed in: mostly before, sometimes long after (retroactive)."""
        lag = self.random.randrange(10, 70) if self.random.random() < 0.1 else -self.random.randrange(1, 20)
        return self.moment(min(start + timedelta(days=lag), self.today))

    def period(self, day: date) -> Period:
        """The company's period that a day falls in."""
        return containing(self.company.period_type, day)


def maker_of(seed: int, company: Company, debtor: Debtor, today: date, *, index: int, place: int) -> Maker:
    """The maker for the person at a place of a company. `index` counts over the whole firm."""
    random = Random(f"{seed}/{company.id}/{place}")  # noqa: S311 -- sample data, not a secret
    return Maker(random, company, debtor, today, index, _person_id(company, place), place)


def _person_id(company: Company, place: int) -> int:
    """Leaves room for 20,000 people a company; with two digits for a record it stays an int32 up to 1,000 companies."""
    return _FIRST_PERSON_ID + (company.id - FIRST_COMPANY_ID) * _ROOM + place


def place_of_person(identifier: int) -> tuple[int, int]:
    """The id of the company, and the place in it, that a person of this id would have."""
    number, place = divmod(identifier - _FIRST_PERSON_ID, _ROOM)
    return FIRST_COMPANY_ID + number, place
