"""What keeps workers from claiming: pending migrations and a disk without room. Nothing is called, nothing is lost."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django_q.models import OrmQ
from pytest_django.fixtures import Settings

from portal.debtors.models import Debtor
from portal.jobs.hindrance import Hindrance, _Schema, hindrance
from portal.jobs.room import is_disk_full
from portal.sync import health, plans, tasks
from portal.sync.models import Status, SyncRun, Trigger
from portal.sync.service import sync_now
from tests.conftest import Connected
from tests.full_disk import full_disk

pytestmark = [pytest.mark.database, pytest.mark.django_db]
#: More than any disk has, in megabytes.
TOO_MUCH = 10**9


def untouched(connected: Connected) -> bool:
    """Whether Nmbrs heard nothing and every run waits as before."""
    return not connected.sandbox.requests and set(SyncRun.objects.values_list("status", "attempts")) == {
        (Status.DUE, 0)
    }


def test_nothing_is_claimed_while_migrations_are_pending(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Schema, "fits", False)
    last = MigrationRecorder.Migration.objects.filter(app="sync").latest("pk")
    MigrationRecorder.Migration.objects.filter(pk=last.pk).delete()
    plans.start(connected.environment, trigger=Trigger.COMMAND)
    tasks.work(connected.environment.pk)
    tasks.wake_all()
    assert untouched(connected)
    assert not OrmQ.objects.exists()
    assert health.of_installation().hindrance == Hindrance.MIGRATIONS
    # They are run: the same process goes on.
    last.save(force_insert=True)
    tasks.wake_all()
    assert OrmQ.objects.exists()
    assert sync_now(connected.environment, resource="debtors").finished
    assert Debtor.objects.exists()


def test_complete_migrations_are_looked_at_once_a_process(
    db: None, django_assert_num_queries: "object", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Schema, "fits", False)
    assert hindrance() is None
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert hindrance() is None


def test_nothing_is_claimed_without_room_on_the_disk_and_it_goes_on_with_room(
    connected: Connected, settings: Settings
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    settings.SYNC_LEAST_FREE_MB = TOO_MUCH
    plan = plans.start(connected.environment, trigger=Trigger.COMMAND, resource="debtors")
    tasks.work(connected.environment.pk)
    tasks.wake_all()
    assert untouched(connected)
    assert not OrmQ.objects.exists()
    assert sync_now(connected.environment, resource="debtors").finished is None
    known = health.of_installation()
    assert known.hindrance == Hindrance.DISK
    settings.SYNC_LEAST_FREE_MB = 0
    tasks.work(connected.environment.pk)
    plan.refresh_from_db()
    assert plan.finished
    assert Debtor.objects.exists()


def test_where_the_rows_are_elsewhere_room_for_the_little_beside_them_is_enough(db: None, settings: Settings) -> None:
    settings.SYNC_LEAST_FREE_MB = TOO_MUCH
    assert hindrance() is (Hindrance.DISK if connection.vendor == "sqlite" else None)


@pytest.mark.django_db(transaction=True)
def test_a_database_without_room_is_told_from_other_errors() -> None:
    with full_disk(), connection.cursor() as cursor:
        with pytest.raises(OperationalError) as full:
            cursor.execute("CREATE TABLE filler AS SELECT zeroblob(1000000) AS x")
        with pytest.raises(OperationalError) as other:
            cursor.execute("SELECT * FROM no_such_table")
    assert is_disk_full(full.value)
    assert not is_disk_full(other.value)
    assert is_disk_full(OSError(28, "No space left on device"))
    assert not is_disk_full(ValueError())
