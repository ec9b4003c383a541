"""The drill proves that a restore works, and keeps a log of when it did."""

import os
import re
import time
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from portal.accounts.models import User
from tests.backup.world import server

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True)]

LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ (sqlite|postgresql) equal: \d+ tables, \d+ rows; database [\d.]+ MB, "
    r"backup [\d.]+ MB; backup [\d.]+ s, restore and compare [\d.]+ s"
)


def test_a_drill_says_what_it_measured_and_leaves_a_line_and_nothing_else(administrator, own_folder):
    administrator()
    said = []
    for _ in range(2):
        out = StringIO()
        call_command("backup_drill", stdout=out)
        said.append(out.getvalue().strip())
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
