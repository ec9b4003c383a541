"""What lists and pages of people are made of: nothing of a person that their reader does not see, whoever asks."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.clock import now
from portal.companies import freshness
from portal.companies.models import CurrentPeriod, HourCode, PeriodSeen
from portal.employees import panels, people, reading
from portal.employees.filters import PeopleFilter
from portal.employees.learned import log_of
from portal.employees.models import CostShare, Department, Employee, FixedHours, LeaseCar, Salary
from portal.employees.retroactive import periods_of
from portal.employees.standing import Standing
from portal.employees.views import PeopleView
from portal.mirror.models import Change, ChangeKind
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
from portal.periods import Period
from portal.ui.freshness import State
from tests.accounts.office import Office, asked_by, give, make_office, somebody_new
from tests.factories import SEEN, fetched_everything, make_department, make_employment, make_salary, mirrored

pytestmark = pytest.mark.pages

LONG_AGO = date(2020, 1, 1)
EARLIER = Period(2026, 3)


@pytest.fixture
def office(db: None) -> Office:
    """An office with one person, of whom there is a record of everything that is asked about here."""
    made = make_office("one", "a")
    person = made.clients["a"].person
    choose(made.environment.pk, OptIn.LEASE_CARS, on=True, reason="asked")
    fetched_everything(made.clients["a"].debtor, at=now())
    make_employment(person, date(2026, 11, 2))
    make_department(person, "Bakery", LONG_AGO)
    make_salary(person, "3000", LONG_AGO)
    own: dict[str, Any] = {"company": person.company}
    month: dict[str, Any] = {**own, "employee": person, "year": 2026, "number": EARLIER.number}
    days = {"first_day": LONG_AGO, "catalogue_value": Decimal(1), "contribution": Decimal(0)}
    mirrored(LeaseCar, made.environment, **month, **days)
    mirrored(CostShare, made.environment, **month, center_code="10", percentage=Decimal(100), is_default=True)
    mirrored(FixedHours, made.environment, **month, code=7, hours=Decimal(8))
    mirrored(HourCode, made.environment, **own, code=7, description="Overtime", valid_from=LONG_AGO)
    Change.objects.create(
        environment=made.environment,
        debtor=person.company.debtor,
        company=person.company,
        employee=person,
        resource="departments",
        row_key="1",
        field="description",
        new="Bakery",
        kind=ChangeKind.CHANGED,
        learned_at=SEEN,
    )
    return made


@pytest.fixture
def reader(office: Office) -> User:
    """Who sees the client and its people, and neither their wages nor their personal data."""
    user = somebody_new("reader")
    give(user, office, Role.CLIENT_USER, "a")
    return user


def person_as_read(office: Office) -> Employee:
    """The person as a page has them that asked before which kinds came in."""
    person = Employee.objects.select_related("company__current").get(pk=office.clients["a"].person.pk)
    assert freshness.ever_fetched(office.administrator, person.company, "employees")
    return person


def told(office: Office, user: User) -> dict[str, object]:
    """What each part finds for somebody, about the same person."""
    request, person = asked_by(user), person_as_read(office)
    rows = Employee.objects.filter(pk=person.pk)
    moves = panels.movements(request, person.company)
    (listed,) = people.as_of(rows, date(2026, 11, 20), user, [Department, Salary])
    standing = Standing(user, person)
    current = CurrentPeriod.objects.get(company=person.company)
    at = {"period": EARLIER}
    codes = reading._codes(user, person.company_id, HourCode, {FixedHours: FixedHours.objects.all()})
    return {
        "by department": list(PeopleFilter({}, queryset=rows, request=request).by_department(rows, "", "bak")),
        "what was learned": log_of(request, person),
        "who came": [move.row for move in moves["moves"].rows if move.joined],
        "department": listed.departments_now,
        "salary": listed.salaries_now,
        "cost centres of a period": standing.lacks_in(CostShare, EARLIER, current) is None,
        "lease cars of a period": standing.lacks_in(LeaseCar, EARLIER, current) is None,
        "codes": list(codes),
        "records": reading._rows(user, person.pk, person.company_id, models=(Department,), **at),
        "records of wages": reading._rows(user, person.pk, person.company_id, models=(Salary, LeaseCar), **at),
    }


def test_every_part_tells_who_sees_the_person_what_there_is(office: Office) -> None:
    assert [name for name, found in told(office, office.administrator).items() if not found] == []


def test_an_administrator_of_another_office_sees_nothing_of_the_person(office: Office, stranger: User) -> None:
    assert [name for name, found in told(office, stranger).items() if found] == []


def test_what_takes_more_than_seeing_the_person_is_not_told_to_who_only_sees_them(office: Office, reader: User) -> None:
    found = told(office, reader)
    assert [name for name, one in found.items() if not one] == ["salary", "lease cars of a period", "records of wages"]


def test_how_old_a_list_of_people_is_does_not_hang_on_what_others_have(office: Office, stranger: User) -> None:
    """Of the other office nothing was ever read."""
    states, companies = [], []
    for user in (office.administrator, stranger):
        view = PeopleView()
        view.setup(asked_by(user))
        states.append(view.badge.state)
        companies.append([company.name for company in view.companies])
    assert states == [State.FRESH, State.NEVER]
    assert companies == [["company a"], ["company x"]]


def test_the_periods_that_a_company_was_in_are_told_to_who_sees_it(office: Office, stranger: User) -> None:
    company = office.clients["a"].company
    PeriodSeen.objects.create(company=company, year=2026, number=11, seen_at=SEEN)
    company.refresh_from_db()
    assert [len(periods_of(user, company).seen) for user in (office.administrator, stranger)] == [1, 0]
