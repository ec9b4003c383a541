"""A backup is one consistent, encrypted file, made while others write; or there is none, and a sentence says why."""

import re
import threading
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from model_bakery import baker

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from portal.backup.archive import unseal
from portal.backup.keys import read_identity

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

NAME = "Wilhelmina Zonneveld"


def opened(file: Path, key: Path, work: Path) -> bytes:
    """The plain database in a backup."""
    work.mkdir()
    target = work / "plain"
    unseal(file, work, read_identity(key)).extract(target)
    return target.read_bytes()


def bulk(rows: int = 4000) -> None:
    """Rows that make a backup take its time."""
    ends = timezone.now()
    Session.objects.bulk_create(
        Session(session_key=f"key-{number}", session_data=f"{number} " * 300, expire_date=ends)
        for number in range(rows)
    )


class Writer(threading.Thread):
    """Appoints people without pause: in every state of the database there are as many members as firms."""

    def __init__(self) -> None:
        super().__init__()
        self.enough = threading.Event()
        self.written = 0

    def run(self) -> None:
        try:
            user = User.objects.create_user("writer@test.example", "Writer")
            while not self.enough.is_set():
                with transaction.atomic():
                    firm = Firm.objects.create(name=f"Office {self.written}")
                    Membership.objects.create(user=user, firm=firm, role=Role.ADMINISTRATOR)
                self.written += 1
        finally:
            connection.close()


def test_a_backup_made_while_others_write_restores_as_one_moment(backup, key, other):
    bulk()
    writer = Writer()
    writer.start()
    try:
        while not writer.written:
            writer.join(0.01)
        before = writer.written
        file = backup()
        after = writer.written
    finally:
        writer.enough.set()
        writer.join()
    assert after > before
    done = other.manage("restore", file, "--identity", key)
    assert done.returncode == 0, done.stderr
    assert "every checksum is equal" in done.stdout
    assert before <= other.number("accounts_firm") == other.number("accounts_membership") <= after + 1
    assert other.number("django_session") == 4000
    if connection.vendor == "sqlite":
        assert other.ask("PRAGMA integrity_check") == [("ok",)]


def test_threat_39_the_file_tells_nothing_without_the_key(backup, key, tmp_path):
    baker.make("employees.Employee", display_name=NAME)
    file = backup()
    text = file.read_bytes()
    assert text.startswith(b"age-encryption.org/v1")
    for plain in (NAME, "Zonneveld", "manifest", "employees_employee", "SQLite format", "PGDMP"):
        assert plain.encode() not in text
    assert NAME.encode() in opened(file, key, tmp_path / "work")


def test_only_its_owner_can_read_it_and_nothing_plain_stays(backup, folder, own_folder):
    file = backup()
    assert re.fullmatch(r"portal-\d{8}-\d{6}\.age", file.name)
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == [file]
    assert list(own_folder.iterdir()) == []


def test_two_backups_in_one_second_are_two_files(backup, folder):
    assert backup() != backup()
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("recipient", ["", "age1nothing", "ssh-ed25519 AAAA"])
def test_without_a_public_key_nothing_is_written_and_the_way_out_is_named(recipient, settings, folder):
    settings.BACKUP_RECIPIENT = recipient
    with pytest.raises(CommandError, match="backup_key"):
        call_command("backup", to=folder)
    assert not folder.exists()


def test_old_backups_go_and_no_other_file_does(backup, folder):
    folder.mkdir()
    now = datetime.now(UTC)

    def name(days: float) -> str:
        return f"portal-{now - timedelta(days=days):%Y%m%d-%H%M%S}.age"

    stay = {
        name(34),
        "portal.age",
        f"{name(60)}.txt",
        f"my-{name(60)}",
        "portal-99999999-999999.age",
        f"{name(0.9)}.part",
    }
    for each in {*stay, name(36), name(400), f"{name(2)}.part"}:
        (folder / each).write_bytes(b"old")
    made = backup()
    assert {path.name for path in folder.iterdir()} == {*stay, made.name}
    call_command("backup", to=folder, keep_days=10, stdout=StringIO())
    assert not (folder / name(34)).exists()
    with pytest.raises(CommandError, match="at least 1"):
        call_command("backup", to=folder, keep_days=0)


@pytest.mark.parametrize("file_limit", [4096, 200_000])
def test_a_full_disk_leaves_nothing_half(file_limit, backup, other, settings, folder):
    bulk()
    kept = backup()
    other.fill()
    done = other.manage("backup", "--to", folder, file_limit=file_limit, BACKUP_RECIPIENT=settings.BACKUP_RECIPIENT)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "The disk" in done.stderr
    assert list(folder.iterdir()) == [kept]
    assert list((other.folder / "var").iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(key, tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(CommandError, match="a file where a folder is needed"):
            call_command("backup", to=folder)


def test_only_postgresql_needs_its_client_programs(backup, folder, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    if connection.vendor == "sqlite":
        assert backup().is_file()
        return
    with pytest.raises(CommandError, match="pg_dump is not installed here"):
        backup()
    assert list(folder.iterdir()) == []


def test_a_database_without_tables_is_not_backed_up(other, settings, key, folder):
    done = other.manage("backup", "--to", folder, BACKUP_RECIPIENT=settings.BACKUP_RECIPIENT)
    assert done.returncode == 1
    assert "migrate" in done.stderr
    assert list(folder.iterdir()) == []
