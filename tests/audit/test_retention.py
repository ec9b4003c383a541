"""Old months go as a whole, leave a seal, and the rest stays provable."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django_q.models import Schedule

from portal.administration.tasks import drop_ended
from portal.audit import anchor
from portal.audit import retention as retention_of
from portal.audit.models import Entry, Seal
from portal.audit.verifying import Broken, verify
from portal.jobs.queue import TaskFailed
from tests.audit.tampering import copied, run, without_triggers, written

pytestmark = [pytest.mark.django_db, pytest.mark.database]

JANUARY, FEBRUARY, MARCH = (datetime(2024, month, 10, 12, tzinfo=UTC) for month in (1, 2, 3))
#: The clock of the tests: 24 months after February 2024 have just ended.
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def three_months() -> None:
    for moment, count in ((JANUARY, 3), (FEBRUARY, 4), (MARCH, 2)):
        with time_machine.travel(moment, tick=False):
            written(count)
            anchor.write_head()


def retention(at: datetime = NOW, **options: object) -> None:
    with time_machine.travel(at, tick=False):
        call_command("audit_retention", **options)


def test_a_dry_run_says_what_would_go_and_changes_nothing(capsys):
    retention(dry_run=True)
    assert capsys.readouterr().out == ("2024-01: 4 entries would be dropped.\n2024-02: 5 entries would be dropped.\n")
    assert (Entry.objects.count(), Seal.objects.count()) == (12, 0)


def test_months_whose_term_has_ended_go_and_the_rest_is_proven(capsys):
    retention()
    assert "2024-02: 5 entries sealed and dropped." in capsys.readouterr().out
    assert [(seal.month, seal.first, seal.last) for seal in Seal.objects.all()] == [
        ("2024-01", 1, 4),
        ("2024-02", 5, 9),
    ]
    found = verify()
    assert (found.seals, found.first, found.last, found.entries) == (2, 10, 14, 5)


def test_the_trail_says_what_was_dropped_and_by_what():
    retention()
    said = Entry.objects.filter(kind="trail_sealed").order_by("number")
    assert [entry.detail["month"] for entry in said] == ["2024-01", "2024-02"]
    assert {entry.actor_label for entry in said} == {"command audit_retention"}


def test_the_worker_does_it_by_itself_and_a_month_that_was_changed_stays_and_fails_the_task():
    assert Schedule.objects.get(name="portal.administration.tasks.drop_ended").minutes == 24 * 60
    with time_machine.travel(datetime(2026, 2, 28, 12, tzinfo=UTC), tick=False):
        drop_ended()
        drop_ended()
    assert [seal.month for seal in Seal.objects.all()] == ["2024-01"]
    assert Entry.objects.get(kind="trail_sealed").actor_label == "command audit_retention"
    with without_triggers():
        run("UPDATE audit_entry SET actor_label = 'somebody' WHERE number = 6")
    with time_machine.travel(NOW, tick=False), pytest.raises(TaskFailed, match="Broken"):
        drop_ended()
    assert [seal.month for seal in Seal.objects.all()] == ["2024-01"]


def test_a_day_earlier_the_month_stays():
    retention(datetime(2026, 2, 28, 12, tzinfo=UTC))
    assert [seal.month for seal in Seal.objects.all()] == ["2024-01"]
    verify()


def test_the_term_is_that_of_the_settings(settings):
    settings.AUDIT_KEPT_MONTHS = 25
    retention()
    assert [seal.month for seal in Seal.objects.all()] == ["2024-01"]


def test_a_second_run_has_nothing_to_do(capsys):
    retention()
    capsys.readouterr()
    retention()
    assert capsys.readouterr().out == "No month is older than 24 months. Nothing goes.\n"


def test_the_last_month_never_goes_however_old_it_is(settings):
    settings.AUDIT_KEPT_MONTHS = 1
    retention(datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert Entry.objects.filter(number__lte=9).count() == 0
    assert Entry.objects.filter(number__gte=10).exists()
    verify()


def test_a_month_that_was_tampered_with_is_evidence_and_stays():
    with without_triggers():
        run("UPDATE audit_entry SET actor_id = 8 WHERE number = 2")
    with pytest.raises(CommandError, match=r"2024-01 was not dropped\. Entry 2 of "):
        retention()
    assert (Entry.objects.count(), Seal.objects.count()) == (12, 0)


def forged_seal() -> None:
    run(
        "INSERT INTO audit_seal (month, first, last, sealed_at, mac_before, mac_after, key_id, mac) "
        "SELECT '2024-03', 10, 11, '2026-03-01 00:00:00+00:00', mac, mac, key_id, mac FROM audit_seal WHERE last = 9"
    )


def test_entries_that_go_under_a_forged_seal_are_found():
    retention()
    forged_seal()
    run("DELETE FROM audit_entry WHERE number IN (10, 11)")
    with pytest.raises(Broken, match="The seal of 2024-03 is not one that this portal made"):
        verify()


@pytest.mark.parametrize("month", ["2024-01", "2024-02"])
def test_a_seal_that_is_taken_away_is_found(month):
    retention()
    with without_triggers():
        run("DELETE FROM audit_seal WHERE month = %s", month)
    with pytest.raises(Broken):
        verify()


def test_an_entry_of_a_dropped_month_that_is_put_back_is_found():
    retention()
    copied(10, 5)
    with pytest.raises(Broken, match="Entry 5 should have gone with a sealed month"):
        verify()


def test_the_first_entry_after_a_seal_is_tied_to_it():
    retention()
    with without_triggers():
        run("DELETE FROM audit_entry WHERE number = 10")
    with pytest.raises(Broken, match="Entry 10 is missing"):
        verify()


def test_an_entry_that_goes_while_the_month_is_proven_is_noticed():
    """Proving comes before the transaction; what it proved must still be so when the head is locked."""
    gone = []

    def when_the_head_is_asked_for(execute, sql, params, many, context):
        if "audit_head" in sql and not gone:
            gone.append(sql)
            with without_triggers():
                run("DELETE FROM audit_entry WHERE number = 2")
        return execute(sql, params, many, context)

    with time_machine.travel(NOW, tick=False):
        segment = retention_of.ended()[0]
        assert segment.first <= 2 <= segment.last
        with connection.execute_wrapper(when_the_head_is_asked_for), pytest.raises(Broken, match="changed meanwhile"):
            retention_of.drop(segment)
    assert gone
    assert not Seal.objects.exists()
