"""Contract wage where wage cost is not known: whole, or not there, with what must be known about it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from portal.accounts.models import Firm, User
from portal.companies.models import Company
from portal.employees.models import SalaryType
from tests.dashboards.reading import tables
from tests.factories import (
    fetched_everything,
    make_booking,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_run,
    make_salary,
    summed,
)

pytestmark = pytest.mark.pages

INSTEAD = "Contract wage a month (cost not known)"
OF_PERIOD = "Contract wage a period (cost not known)"


@pytest.fixture
def client(administrator: Callable[..., User], as_user: Callable[[User], Client]) -> Client:
    return as_user(administrator())


@pytest.fixture
def company(firm: Firm) -> Company:
    """A company of two people whose runs are not booked, except that of October."""
    made = make_company(make_debtor(make_environment(firm)), "Bread")
    for wage in ("2000", "3000"):
        employ(made, wage)
    make_run(made, 2026, 10)
    make_booking(made, 2026, 10, debit=Decimal(6000))
    fetched_everything(made.debtor)
    return made


def employ(
    company: Company, wage: str, kind: SalaryType = SalaryType.GROSS_PART_TIME, since: date = date(2024, 1, 1)
) -> None:
    person = make_person(company)
    make_employment(person, since)
    make_salary(person, wage, since, salary_type=kind)
    summed(company)


def shown(page: str, heading: str) -> list[str]:
    """The last two windows of the chart; nothing where there is no such series."""
    rows = next(found for found in tables(page) if found and "Wage cost" in found[0] and "Head count" not in found[0])
    return [row[heading] for row in rows[-2:] if heading in row]


@pytest.mark.database
def test_it_stands_in_whole_or_not_at_all(company: Company, client: Client) -> None:
    address = f"/clients/{company.debtor_id}/"
    page = client.get(address).content.decode()
    assert shown(page, INSTEAD) == ["– unknown", "€5,000.00"]
    assert "Contract wage does not stand in" not in page

    cake = make_company(company.debtor, "Cake")
    fetched_everything(company.debtor)
    summed(cake)
    cake.freshness.filter(resource="salaries").delete()
    # Nobody works there as far as anybody knows, so nothing lacks.
    assert shown(client.get(address).content.decode(), INSTEAD)[-1] == "€5,000.00"
    employ(cake, "1500", since=date(2026, 11, 1))
    page = client.get(address).content.decode()
    assert shown(page, "Wage cost") == ["€6,000.00", "– unknown"]
    assert shown(page, INSTEAD) == ["– unknown", "– unknown"]
    assert "Contract wage does not stand in where it is not known of 1 company either." in page
    fetched_everything(company.debtor)
    assert shown(client.get(address).content.decode(), INSTEAD)[-1] == "€6,500.00"


@pytest.mark.database
def test_it_says_how_many_people_it_lacks(company: Company, client: Client) -> None:
    pages = {f"/clients/{company.debtor_id}/": INSTEAD, f"/companies/{company.pk}/": OF_PERIOD}
    said = "The contract wage beside it lacks up to 1 person: the salary is net or of an unknown kind."
    for address in pages:
        assert said not in client.get(address).content.decode()
    employ(company, "900", SalaryType.NET_PART_TIME_EXCL)
    for address, heading in pages.items():
        page = client.get(address).content.decode()
        assert shown(page, heading)[-1] == "€5,000.00"
        assert said in page
    # Where the cost is known nothing stands in, and nothing lacks.
    make_run(company, 2026, 11)
    make_booking(company, 2026, 11, debit=Decimal(7000))
    page = client.get(f"/companies/{company.pk}/").content.decode()
    assert shown(page, OF_PERIOD)[-1] == "– unknown"
