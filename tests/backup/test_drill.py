"""The drill proves that a restore works, and keeps a log of when it did."""

import os
import re
import time
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from portal.accounts.models import User
from portal.audit.anchor import write_head
from tests.audit.tampering import run, without_triggers, written
from tests.backup.world import server

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True)]

LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ (sqlite|postgresql) equal: \d+ tables, \d+ rows; database [\d.]+ MB, "
    r"backup [\d.]+ MB; backup [\d.]+ s, restore and compare [\d.]+ s; audit trail whole: (\d+) entries in [\d.]+ s"
)


def drill() -> str:
    """What a drill says."""
    out = StringIO()
    call_command("backup_drill", stdout=out)
    return out.getvalue().strip()


def test_a_drill_says_what_it_measured_and_leaves_a_line_and_nothing_else(administrator, own_folder):
    administrator()
    said = [drill(), drill()]
    assert all(LINE.fullmatch(line) for line in said)
    assert connection.vendor in said[0]
    assert (own_folder / "backup-drills.log").read_text(encoding="utf-8").splitlines() == said
    assert [path.name for path in own_folder.iterdir()] == ["backup-drills.log"]
    assert User.objects.count() == 1
    if connection.vendor == "postgresql":
        with psycopg.connect(server("postgres")) as database:
            assert (
                database.execute("SELECT datname FROM pg_database WHERE datname LIKE '%backup_drill'").fetchall() == []
            )


def test_a_drill_proves_the_audit_trail_of_what_it_restored(own_folder):
    written(5)
    assert write_head()
    # And the entry that the head was written to its file.
    assert LINE.fullmatch(drill())[2] == "6"
    # Entries and a line that came after the backup are no break; here they come after the drill.
    written(2)
    assert write_head()
    assert LINE.fullmatch(drill())[2] == "9"
    assert set(connections) == {"default"}


def test_a_drill_fails_where_the_restored_trail_was_changed_or_cut_off(own_folder):
    written(5)
    assert write_head()
    with without_triggers():
        run("UPDATE audit_entry SET detail = '{}' WHERE number = 3")
    with pytest.raises(CommandError, match=r"the audit trail in it is broken. Entry 3 .* is not what was written"):
        drill()
    assert "FAILED: The database came back as it was" in (own_folder / "backup-drills.log").read_text(encoding="utf-8")
    with without_triggers():
        run("DELETE FROM audit_entry")
        run("UPDATE audit_head SET number = 0, mac = ''")
    with pytest.raises(CommandError, match="The trail was cut off, or an older backup was put back"):
        drill()
    assert set(connections) == {"default"}


def test_a_failed_drill_is_in_the_log_too(other):
    done = other.manage("backup_drill")
    assert done.returncode == 1
    log = (other.folder / "var" / "backup-drills.log").read_text(encoding="utf-8")
    assert re.fullmatch(r"[-\d]+ [:\d]+Z FAILED: .*migrate.*\n", log)


def test_what_a_killed_backup_left_is_removed_by_the_next(own_folder):
    left, new = own_folder / "backup-work-left", own_folder / "backup-work-new"
    for folder in (left, new):
        folder.mkdir()
        (folder / "dump").write_bytes(b"plain")
    hour_ago = time.time() - 3600
    os.utime(left, (hour_ago, hour_ago))
    call_command("backup_drill", stdout=StringIO())
    assert not left.exists()
    assert new.exists()
