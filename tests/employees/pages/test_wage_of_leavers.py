"""Somebody who is not in service has no contract wage, whatever salary Nmbrs keeps: that is none, and not unknown."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from portal.accounts.models import Firm, User
from portal.employees.models import Employee
from portal.mirror.models import State
from tests.dashboards.reading import table, text
from tests.factories import (
    fetched,
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_salary,
)

pytestmark = pytest.mark.pages

WAGE = "Contract wage a month (€)"


@pytest.fixture
def leaver(firm: Firm) -> Employee:
    """Somebody whose last day was 30 June 2026, with a salary that has no end."""
    company = make_company(make_debtor(make_environment(firm)))
    person = make_person(company, "Leaver")
    make_employment(person, date(2024, 1, 1), date(2026, 6, 30))
    make_salary(person, "3000", date(2024, 1, 1))
    fetched_everything(company.debtor)
    return person


@pytest.fixture
def client(administrator: Callable[..., User], as_user: Callable[[User], Client]) -> Client:
    """The administrator's browser."""
    return as_user(administrator())


def wage(client: Client, person: Employee, query: str = "") -> str:
    """What the page of the person says of the wage."""
    said = text(client.get(f"/employees/{person.pk}/{query}").content.decode())
    return said[said.index("Contract wage a month") :][:60]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Contract wage a month none"),
        ("?on=2026-09-30", "Contract wage a month none"),
        ("?on=2026-06-30", "Contract wage a month €3,000.00 today none"),
        ("?on=2026-05-31", "Contract wage a month €3,000.00 today none"),
    ],
)
def test_the_page_of_somebody_who_left(leaver: Employee, client: Client, query: str, words: str) -> None:
    shown = wage(client, leaver, query)
    assert shown.startswith(words)
    assert ("today" in shown) == ("today" in words)


def test_a_wage_that_is_not_known_says_why(leaver: Employee, client: Client) -> None:
    leaver.salary_set.all().delete()
    for state, words in ((State.NOT_PERMITTED, "no access"), (State.NEVER, "not fetched yet")):
        fetched(leaver.company, "salaries", state=state)
        assert wage(client, leaver, "?on=2026-06-30").startswith(f"Contract wage a month {words} today none")
        assert wage(client, leaver).startswith("Contract wage a month none")


def test_the_list_of_everybody_has_a_wage_of_those_in_service_alone(leaver: Employee, client: Client) -> None:
    for name, amount in (("Low", "1000"), ("High", "5000")):
        person = make_person(leaver.company, name)
        make_employment(person, date(2025, 1, 1))
        make_salary(person, amount, date(2025, 1, 1))
    rows = table(client, "/employees/?service=all&sort=-wage")
    assert [(row["Name"], row[WAGE]) for row in rows] == [
        ("High", "5,000.00"),
        ("Low", "1,000.00"),
        ("Leaver", "none"),
        ("Total", "6,000.00"),
    ]
    assert [row["Name"] for row in table(client, "/employees/?service=all&sort=wage")] == [
        "Low",
        "High",
        "Leaver",
        "Total",
    ]
    leaver.company.freshness.filter(resource="employments").delete()
    rows = table(client, "/employees/?service=all&sort=-wage")
    assert rows[2][WAGE] == "not fetched yet"
