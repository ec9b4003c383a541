"""What the further records of a person are made from."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from portal.nmbrs.sandbox.firm.maker import Maker
from portal.nmbrs.sandbox.firm.model import Company, Debtor, Person
from portal.periods import Period, containing, count, preceding

#: Salary types that are paid by the hour.
_HOURLY: Final = {3, 6, 8}


@dataclass(slots=True)
class Origin:
    """A person as they came to be.

    Records are made later than that, so nothing may be read from here that changes as the firm moves on: of dated
    rows only the first, and the last day of service as it was planned.
    """

    seed: int
    company: Company
    debtor: Debtor
    person: Person
    index: int
    today: date
    #: The company's period at that time.
    current: Period
    start: date
    end: date | None

    def maker(self, kind: str) -> Maker:
        """A maker with random numbers and ids for one kind of records."""
        place = self.person.number - 1
        random = Random(f"{self.seed}/{self.company.id}/{place}/records/{kind}")  # noqa: S311 -- sample data
        return Maker(random, self.company, self.debtor, self.today, self.index, self.person.id, place)

    @property
    def last_day(self) -> date:
        """The last day that something can have happened on."""
        return min(self.end or self.today, self.today)

    def later_day(self, random: Random) -> date | None:
        """For one in five people who have been here a while: a day, and a period, after that of the first."""
        days = (self.last_day - self.start).days
        if days < 120 or random.random() > 0.2:
            return None
        return self.start + timedelta(days=random.randrange(60, days))

    @property
    def hourly(self) -> bool:
        """Paid by the hour."""
        return self.person.salaries[0].type in _HOURLY

    @property
    def hours_a_week(self) -> Decimal:
        """Hours of the first schedule."""
        return self.person.schedules[0].hours_per_week

    @property
    def year_wage(self) -> Decimal:
        """Whole euros a year by the first salary."""
        value = self.person.salaries[0].value
        times = self.hours_a_week * 52 if self.hourly else count(self.company.period_type, self.today.year)
        return (value * times).quantize(Decimal(1))

    def recent_periods(self, most: int) -> list[Period]:
        """The last so many periods up to the current one that the person worked in, oldest first."""
        kind = self.company.period_type
        first = containing(kind, self.start)
        last = self.current if self.end is None else min(self.current, containing(kind, self.end))
        found: list[Period] = []
        while len(found) < most and first <= last:
            found.append(last)
            last = preceding(kind, last)
        return found[::-1]
