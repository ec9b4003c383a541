"""The index follows the mirror inside each publish, forgets who is removed, and says when it is not complete."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from portal.accounts.roles import Role
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.privacy import owned, removal, retention
from portal.privacy.models import RetentionRun
from portal.search.index import keeping, making
from portal.search.index.engines import engine
from portal.search.models import Entry, EntryKind, Opened
from tests.factories import SEEN, make_employment, make_person
from tests.search.conftest import found_by

pytestmark = pytest.mark.database


def wrong():
    return sum(keeping.differences().values())


# --- followers -------------------------------------------------------------------------------------------------------


def test_only_what_differs_is_written(office, django_assert_num_queries):
    with django_assert_num_queries(2):
        keeping.of_company(office.companies["Garage Hendriks"].pk)


def test_a_company_that_is_gone_takes_its_people_along_and_brings_them_back(office, boss):
    company = office.companies["Garage Hendriks"]
    type(company).everything.filter(pk=company.pk).update(missing_since=SEEN)
    keeping.of_debtor(company.debtor_id)
    assert found_by(boss, "postma") == []
    type(company).everything.filter(pk=company.pk).update(missing_since=None)
    keeping.of_debtor(company.debtor_id)
    assert found_by(boss, "postma") == [("employee", office.people["Postma, W."].pk)]
    assert wrong() == 0


def test_a_client_that_is_gone_takes_everything_along_and_brings_it_back(office, boss):
    debtor = office.clients["Garage Hendriks"]
    Debtor.everything.filter(pk=debtor.pk).update(missing_since=SEEN)
    keeping.of_environment(debtor.environment_id)
    assert not Entry.objects.filter(debtor=debtor.pk).exists()
    Debtor.everything.filter(pk=debtor.pk).update(missing_since=None)
    keeping.of_environment(debtor.environment_id)
    assert found_by(boss, "postma") == [("employee", office.people["Postma, W."].pk)]
    assert wrong() == 0


def test_a_company_that_moves_to_another_client_is_found_there(office):
    company, other = office.companies["Garage Hendriks"], office.clients["Bakkerij De Gouden Aar"]
    user = office.member(Role.ACCOUNTANT, debtor=other)
    type(company).everything.filter(pk=company.pk).update(debtor=other)
    keeping.of_debtor(other.pk)
    assert found_by(user, "postma") == [("employee", office.people["Postma, W."].pk)]
    assert wrong() == 0


def test_somebody_who_moves_to_another_company_stays_one_entry(office):
    person = office.people["Postma, W."]
    other = office.companies["Bakkerij De Gouden Aar"]
    Employee.everything.filter(pk=person.pk).update(company=other)
    keeping.of_company(other.pk)
    keeping.of_company(person.company_id)
    assert Entry.objects.get(kind=EntryKind.EMPLOYEE, target=person.pk).company_id == other.pk
    assert wrong() == 0


# --- privacy ---------------------------------------------------------------------------------------------------------


def pieces(word):
    """Rows of the database's own index that hold the word."""
    return engine().holding([word])


def test_a_client_that_is_being_removed_is_gone_from_the_index_at_once(office, boss):
    removal.ask(boss, office.clients["Garage Hendriks"])
    assert not Entry.objects.filter(pieces("postma")).exists()
    assert found_by(boss, "2001") == []


def test_removing_a_person_removes_the_entry_and_what_was_remembered_of_it(office, boss):
    person = office.people["Postma, W."]
    entry = Entry.objects.get(kind=EntryKind.EMPLOYEE, target=person.pk)
    Opened.objects.create(user=boss, entry=entry, at=SEEN)
    assert dict(owned.removed(Employee, [person.pk]))["search.Entry"] == 1
    assert not Entry.objects.filter(pieces("postma")).exists()
    assert Opened.objects.count() == 0


def test_retention_takes_people_out_of_the_index(office, boss):
    person = make_person(office.companies["Garage Hendriks"], "Vertrokken, L.")
    make_employment(person, date(2010, 1, 1), date(2015, 3, 31))
    keeping.of_company(person.company_id)
    assert Entry.objects.filter(pieces("vertrokken")).exists()
    retention.carry_out(RetentionRun.objects.create(day=date(2026, 11, 22), started=SEEN))
    assert not Employee.everything.filter(pk=person.pk).exists()
    assert not Entry.objects.filter(pieces("vertrokken")).exists()


def test_the_index_knows_nothing_of_a_person_but_name_and_number():
    told = {field.name for field in Entry._meta.concrete_fields}
    whose = {"id", "kind", "target", "environment", "debtor", "company", "employee"}
    assert told - whose == {"number", "text"}


def test_what_was_removed_leaves_no_piece_behind_in_sqlites_own_index(office):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL vacuums by itself")
    Entry.objects.filter(pieces("zdemir")).delete()
    making.tidy(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT group_concat(hex(block)) FROM search_text_data")
        blocks = cursor.fetchone()[0]
    assert b"zde".hex().upper() not in blocks


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_finds_and_mends_what_is_wrong(office, boss):
    Entry.objects.filter(employee=office.people["Postma, W."].pk).delete()
    Entry.objects.filter(employee=office.people["Bakker, B."].pk).update(text=" somebody else ")
    Employee.everything.filter(pk=office.people["Jansen, P."].pk).update(missing_since=SEEN)
    with pytest.raises(CommandError, match="3 x employee"):
        call_command("search_index", check=True)
    out = StringIO()
    call_command("search_index", stdout=out)
    assert "3 entries" in out.getvalue()
    call_command("search_index", check=True)
    assert found_by(boss, "postma") != []
    assert found_by(boss, "somebody else") == []
    assert ("employee", office.people["Jansen, P."].pk) not in found_by(boss, "jansen")


def test_the_command_makes_the_index_that_a_migration_could_not_make(office, boss):
    # PostgreSQL changes no table of whose rows a check is left to the end of the transaction, which is the test's.
    connection.check_constraints()
    making.unmake(connection)
    assert not engine().forgiving
    assert found_by(boss, "ozdemri") == []
    assert found_by(boss, "ozdemir") != []
    call_command("search_index", stdout=StringIO())
    assert engine().forgiving
    assert found_by(boss, "ozdemri") != []


def test_what_goes_wrong_otherwise_is_not_called_a_missing_extension(office):
    making.unmake(connection)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE search_entry RENAME TO search_moved")
    with pytest.raises(DatabaseError):
        making.make(connection)


def test_where_the_extension_may_not_be_made_the_migration_goes_on_and_says_why(office, boss):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no extensions to make")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("making a role without rights needs a superuser")
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE search_without_rights")
        cursor.execute("SET LOCAL ROLE search_without_rights")
        assert making.make(connection) == making.NO_EXTENSION
        cursor.execute("RESET ROLE")
    assert found_by(boss, "ozdemir") != []
    assert found_by(boss, "ozdemri") == []
