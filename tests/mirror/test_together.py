"""Rows of many kinds by one query are the rows of many queries. tests/sync/test_mirror.py compares every kind."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Firm
from portal.employees.models import AccountOfEmployee, Employee, Salary
from portal.mirror.together import read_together
from tests.factories import make_company, make_debtor, make_environment, make_person, make_salary, mirrored

pytestmark = pytest.mark.database

DAY = date(2026, 1, 1)
IBAN = "NL20INGB0001234567"


@pytest.fixture
def person(firm: Firm) -> Employee:
    """Somebody without any record."""
    return make_person(make_company(make_debtor(make_environment(firm))))


def test_values_keep_their_types(person: Employee, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    created = datetime(2025, 12, 31, 23, 30, 15, 250_000, tzinfo=UTC)
    stored = make_salary(person, "123456.1", DAY, created_at=created)
    mirrored(
        AccountOfEmployee,
        person.environment,
        company=person.company,
        employee=person,
        valid_from=DAY,
        account_type="Standaard",
        iban=IBAN,
    )
    # Django looks once in a process whether SQLite knows JSON.
    assert connection.features.supports_json_field
    with django_assert_num_queries(1):
        found = read_together({"pay": Salary.objects.all(), "bank": AccountOfEmployee.objects.all()})
        (salary,), (account,) = found["pay"], found["bank"]
    assert salary == stored
    assert isinstance(salary.amount, Decimal)
    assert (str(salary.amount), salary.created_at, salary.valid_from) == ("123456.1000", created, DAY)
    assert (salary.employee_id, salary.scale, salary.valid_until) == (person.pk, "", None)
    assert account.iban == IBAN


def test_every_kind_keeps_its_own_order_and_its_own_rows(person: Employee) -> None:
    other = make_person(person.company)
    for amount in ("30", "10", "20"):
        make_salary(person, amount, DAY)
    make_salary(other, "5", DAY)
    own = Salary.objects.filter(employee=person)
    found = read_together(
        {
            "up": own.order_by("amount"),
            "down": own.order_by("-amount"),
            "none": own.none(),
            "other": Salary.objects.filter(employee=other),
        }
    )
    amounts = {name: [int(row.amount) for row in rows] for name, rows in found.items()}
    assert amounts == {"up": [10, 20, 30], "down": [30, 20, 10], "none": [], "other": [5]}


def test_nothing_wanted_asks_nothing(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert read_together({}) == {}
        assert read_together({"none": Salary.objects.none()}) == {"none": []}


def test_what_json_cannot_hold_is_read_when_it_is_asked_for(person: Employee) -> None:
    stored = make_salary(person, "10", DAY)
    ((row,),) = read_together({0: Salary.objects.all()}).values()
    assert bytes(row.fingerprint) == bytes(stored.fingerprint)
