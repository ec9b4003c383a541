"""Questions that are put together once: the same rows for the same rights, and for nobody those of somebody else."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import DateTimeField, F, Value, Window
from django.db.models.functions import RowNumber
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.accounts.models import Membership
from portal.accounts.prepared import Prepared, PreparedRows
from portal.accounts.roles import Role
from portal.debtors.models import Debtor
from portal.employees.models import Employee, Salary
from tests.accounts.office import Office, give, make_office, somebody_new
from tests.factories import make_salary

pytestmark = pytest.mark.database


@pytest.fixture
def office(db: None) -> Office:
    return make_office("one", "abc")


@Prepared
def people_of(user: Any, debtor: int) -> Any:
    return Employee.objects.visible_to(user).filter(company__debtor=debtor).values_list("display_name")


@Prepared
def pay(user: Any, *, at_least: Decimal) -> Any:
    rows = Salary.objects.visible_to(user).filter(amount__gte=at_least)
    return rows.order_by("pk").values_list("valid_from", "amount", "employee__missing_since", "company__first_seen")


@Prepared
def clients_after(user: Any, debtor: int) -> Any:
    return Debtor.objects.visible_to(user).filter(pk__gt=debtor + 1).values_list("pk")


@Prepared
def clients_named_after(user: Any, debtor: int) -> Any:
    return Debtor.objects.visible_to(user).filter(name=f"client {debtor}").values_list("pk")


@Prepared
def first_clients(user: Any, how_many: int) -> Any:
    return Debtor.objects.visible_to(user).values_list("pk")[:-how_many]


@Prepared
def changed_today(user: Any) -> Any:
    return Debtor.objects.visible_to(user).filter(last_changed__gte=clock.now()).values_list("pk")


def test_two_with_the_same_rights_share_a_statement_and_see_only_their_own(office: Office) -> None:
    one, two = somebody_new("one"), somebody_new("two")
    give(one, office, Role.ACCOUNTANT, "a")
    give(two, office, Role.ACCOUNTANT, "b")
    a, b = office.clients["a"].debtor.pk, office.clients["b"].debtor.pk
    people_of.cache_clear()
    assert [people_of(one, a), people_of(one, b)] == [[("person a",)], []]
    assert [people_of(two, a), people_of(two, b)] == [[], [("person b",)]]
    assert people_of.cache_info().misses == 1
    # Somebody with other rights has a statement of their own.
    assert people_of(office.administrator, b) == [("person b",)]
    assert people_of.cache_info().misses == 2
    for nobody in (somebody_new("nobody"), AnonymousUser(), None):
        assert people_of(nobody, a) == []


def test_what_was_taken_away_is_gone_with_the_next_question(office: Office) -> None:
    user, a = somebody_new("one"), office.clients["a"].debtor.pk
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as host:
        give(user, office, Role.ACCOUNTANT, "a", ends=clock.now() + timedelta(seconds=2))
        b = give(user, office, Role.ACCOUNTANT, "b")
        assert people_of(user, a) == [("person a",)]
        assert people_of(user, office.clients["b"].debtor.pk) == [("person b",)]
        # The holdings of this object are still kept: the statement itself compares the term and finds the place gone.
        host.shift(timedelta(seconds=3))
        assert people_of(user, a) == []
        Membership.objects.filter(pk=b.pk).update(role=Role.ASSISTANT, ends=clock.now())
        assert people_of(user, office.clients["b"].debtor.pk) == []


def test_values_are_those_of_the_fields(office: Office) -> None:
    client = office.clients["a"]
    make_salary(client.person, Decimal("3100.50"), date(2026, 1, 1))
    ((start, amount, missing, seen),) = pay(office.administrator, at_least=Decimal("0.01"))
    assert (start, amount, missing) == (date(2026, 1, 1), Decimal("3100.50"), None)
    assert isinstance(seen, datetime)
    assert seen.tzinfo == UTC
    assert pay(office.administrator, at_least=Decimal(4000)) == []


@PreparedRows
def salaries_of(user: Any, company: int, *, first: int) -> Any:
    rows = Salary.objects.visible_to(user).filter(company=company).select_related("employee", "company__arrangement")
    return rows.annotate(twice=F("amount") * 2, place=Window(RowNumber(), order_by="pk")).order_by("-amount")[:first]


def test_rows_of_a_model_are_those_of_django(office: Office) -> None:
    a, b = office.clients["a"], office.clients["b"]
    for amount in ("3100.50", "2900", "4000"):
        make_salary(a.person, Decimal(amount), date(2026, 1, 1))
    make_salary(b.person, Decimal(5000), date(2026, 1, 1))
    one = somebody_new("one")
    give(one, office, Role.ACCOUNTANT, "a")
    with CaptureQueriesContext(connection) as asked:
        rows = salaries_of(one, a.company.pk, first=2)
        told = [(row.employee.display_name, row.company.name, row.twice, row.place) for row in rows]
        assert not hasattr(rows[0].company, "arrangement")
    # The rights of `one`, and the rows with all that they hang on.
    assert len(asked) == 2
    expected = list(salaries_of.question(one, a.company.pk, first=2))
    assert rows == expected
    assert told == [("person a", a.company.name, amount, place) for amount, place in ((8000, 3), (6201, 1))]
    for row, other in zip(rows, expected, strict=True):
        for name in (each.attname for each in Salary._meta.concrete_fields):
            assert repr(getattr(row, name)) == repr(getattr(other, name))
        assert row._state.db == other._state.db
        assert not row._state.adding
    assert salaries_of(one, b.company.pk, first=2) == []
    assert [row.amount for row in salaries_of(office.administrator, b.company.pk, first=2)] == [5000]
    rows[0].amount = Decimal(1)
    assert salaries_of(one, a.company.pk, first=2)[0].amount == 4000


def test_a_question_costs_one_query(office: Office) -> None:
    people_of(office.administrator, 1)
    with CaptureQueriesContext(connection) as asked:
        people_of(office.administrator, office.clients["a"].debtor.pk)
    assert len(asked) == 1


@pytest.mark.parametrize("question", [clients_after, clients_named_after])
def test_a_key_that_is_reckoned_with_would_be_kept_and_is_refused(office: Office, question: Prepared) -> None:
    with pytest.raises(ValueError, match="does not use its keys and moments as they are"):
        question(office.administrator, office.clients["a"].debtor.pk)


def test_a_number_of_rows_is_no_key(office: Office) -> None:
    with pytest.raises(ValueError, match="does not use its keys and moments as they are"):
        first_clients(office.administrator, 2)


def test_what_is_kept_asks_no_clock(office: Office) -> None:
    with pytest.raises(RuntimeError, match="an argument"):
        changed_today(office.administrator)
    assert clock.now()


@Prepared
def changed_after(user: Any, *, first: datetime, second: datetime) -> Any:
    rows = Debtor.objects.visible_to(user).filter(first_seen__gt=first, first_seen__lte=second)
    return rows.annotate(told=Value(second, DateTimeField())).values_list("name", "told")


@Prepared
def changed_a_day_after(user: Any, *, moment: datetime) -> Any:
    return Debtor.objects.visible_to(user).filter(first_seen__gt=moment + timedelta(days=1)).values_list("pk")


@Prepared
def seen_on(user: Any, *, moment: datetime) -> Any:
    return Debtor.objects.visible_to(user).filter(first_seen__date=moment.date()).values_list("pk")


def test_moments_go_in_anew(office: Office) -> None:
    seen = Debtor.objects.get(pk=office.clients["a"].debtor.pk).first_seen
    later = seen + timedelta(days=2, microseconds=7)
    Debtor.objects.exclude(pk=office.clients["a"].debtor.pk).update(first_seen=later)
    name, kept = office.clients["a"].debtor.name, changed_after.cache_info().misses
    before = seen - timedelta(microseconds=1)
    assert changed_after(office.administrator, first=before, second=seen) == [(name, seen)]
    assert changed_after(office.administrator, first=seen, second=seen) == []
    found = changed_after(office.administrator, second=later, first=seen)
    assert {told for _, told in found} == {later}
    assert len(found) == 2
    assert changed_after.cache_info().misses == kept + 1


@pytest.mark.parametrize("question", [changed_a_day_after, seen_on])
def test_a_moment_that_is_reckoned_with_is_refused(office: Office, question: Prepared) -> None:
    with pytest.raises(ValueError, match="does not use its keys and moments as they are"):
        question(office.administrator, moment=datetime(2026, 11, 22, 12, tzinfo=UTC))


def test_a_question_looks_at_nothing_but_its_arguments(db: None) -> None:
    wanted = "a"

    def named(user: Any) -> Any:
        return Debtor.objects.visible_to(user).filter(name=wanted).annotate(one=Value(1), two=F("pk")).values_list("pk")

    with pytest.raises(TypeError, match="more than its arguments"):
        Prepared(named)


@Prepared
def of_the_first_client(user: Any) -> Any:
    return Debtor.objects.visible_to(user).filter(name=Debtor.objects.visible_to(user)[0].name).values_list("pk")


def test_what_is_kept_hangs_on_nothing_that_the_database_holds_now(office: Office) -> None:
    with pytest.raises(RuntimeError, match="what the database holds now"):
        of_the_first_client(office.administrator)
