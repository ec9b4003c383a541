"""The database itself refuses what nobody may do to the trail."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from portal.audit.models import Entry, Seal
from portal.audit.triggers import REFUSED
from tests.audit.tampering import run, written

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


def refused(act) -> None:
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        act()


@pytest.fixture
def entries() -> list[Entry]:
    return written(3)


def test_an_entry_cannot_be_changed_through_the_orm(entries):
    refused(lambda: Entry.objects.filter(number=2).update(actor_id=8))
    entries[1].actor_id = 8
    refused(entries[1].save)
    assert Entry.objects.get(number=2).actor_id == 7


def test_an_entry_cannot_be_deleted_through_the_orm(entries):
    refused(entries[1].delete)
    refused(Entry.objects.all().delete)
    assert Entry.objects.count() == 3


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET actor_id = 8 WHERE number = 2",
        "DELETE FROM audit_entry WHERE number = 2",
        "DELETE FROM audit_entry",
    ],
)
def test_threat_40_an_entry_cannot_be_changed_or_deleted_by_sql(entries, sql):
    refused(lambda: run(sql))
    assert list(Entry.objects.values_list("actor_id", flat=True)) == [7, 7, 7]


def test_the_table_cannot_be_emptied_or_overwritten_by_the_ways_round_a_delete(entries):
    if connection.vendor == "postgresql":
        refused(lambda: run("TRUNCATE audit_entry"))
    else:
        refused(lambda: run("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE number = 2"))
    assert Entry.objects.count() == 3


def test_a_seal_cannot_be_changed_or_deleted(entries):
    run(
        "INSERT INTO audit_seal (month, first, last, sealed_at, mac_before, mac_after, key_id, mac) "
        "VALUES ('2026-01', 90, 99, '2026-02-01 00:00:00+00:00', '', '', '', '')"
    )
    refused(lambda: run("UPDATE audit_seal SET last = 1000"))
    refused(lambda: run("DELETE FROM audit_seal"))
    refused(Seal.objects.all().delete)


@pytest.mark.django_db(transaction=True)
def test_emptying_the_whole_database_is_refused():
    """Django's own flush, which the tests' one stands in for."""
    from django.core.management.commands.flush import Command

    written(1)
    with pytest.raises((DatabaseError, Exception), match="couldn't be flushed"):
        call_command(Command(), interactive=False, verbosity=0)
    assert Entry.objects.count() == 1
