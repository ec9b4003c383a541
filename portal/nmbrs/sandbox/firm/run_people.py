"""Whose pay a run holds."""

from portal.nmbrs.sandbox.firm.model import Company, Person, Run
from portal.periods import Period, bounds


def people_of_run(company: Company, run: Run) -> list[Person]:
    """Everybody in service on at least one day of the run's periods."""
    first = bounds(company.period_type, Period(run.year, run.first)).first
    last = bounds(company.period_type, Period(run.year, run.last)).last
    return [
        person
        for person in company.people
        if any(spell.start <= last and (spell.end is None or spell.end >= first) for spell in person.employments)
    ]
