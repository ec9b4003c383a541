"""What the database knows of how full its tables are, while somebody fills them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Firm
from portal.mirror.statistics import AT_LEAST, Statistics
from portal.sync.service import sync_now
from tests.conftest import Connected

TABLE = Firm._meta.db_table
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    """A database remembers of emptied tables what other tests put into them."""
    counted()
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLE}")
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_stat1")
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [TABLE])


def counted() -> None:
    """PostgreSQL counts what was written and deleted: it does so now and then, and may be told to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")


def fill(count: int) -> None:
    """Rows of a table that nothing else needs here."""
    before = Firm.objects.count()
    Firm.objects.bulk_create(Firm(name=f"Office {before + number}") for number in range(count))
    counted()


def looked_through(statistics: Statistics) -> bool:
    return TABLE in statistics.renew()


def known_rows() -> int:
    """How many rows the database plans with; 0 where it never looked."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT greatest(reltuples, 0)::int FROM pg_class WHERE relname = %s", [TABLE])
        else:
            cursor.execute("SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = %s", [TABLE])
        return cursor.fetchone()[0] or 0


def test_a_table_is_looked_through_once_and_again_when_it_has_doubled() -> None:
    statistics = Statistics()
    fill(1)
    assert looked_through(statistics)
    assert known_rows() == 1
    fill(AT_LEAST)
    assert not looked_through(statistics)
    fill(AT_LEAST)
    assert looked_through(statistics)
    assert known_rows() == 2 * AT_LEAST + 1
    fill(2 * AT_LEAST)
    assert not looked_through(statistics)
    fill(4 * AT_LEAST)
    assert looked_through(statistics)
    assert known_rows() == 8 * AT_LEAST + 1


def test_another_process_knows_what_is_known_already() -> None:
    fill(AT_LEAST * 2)
    assert looked_through(Statistics())
    assert not looked_through(Statistics())


def test_it_looks_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    statistics = Statistics()
    with CaptureQueriesContext(connection) as asked:
        statistics.keep_up()
    assert not asked.captured_queries
    monkeypatch.setattr("portal.mirror.statistics.EVERY", 0)
    with CaptureQueriesContext(connection) as asked:
        statistics.keep_up()
    assert asked.captured_queries


def test_a_sync_tells_the_database_how_full_its_tables_are(mirrored: Connected) -> None:
    fill(AT_LEAST * 2)
    sync_now(mirrored.environment)
    assert known_rows() == Firm.objects.count() > AT_LEAST
