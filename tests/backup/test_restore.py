"""A restore gives back what was backed up, or changes nothing and says why."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.accounts.models import Firm, User
from portal.backup.archive import seal, unseal
from portal.backup.keys import read_identity
from portal.backup.manifest import Content, Manifest, TableSum
from tests.audit.tampering import written

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

USE = """
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
call_command("migrate", check_unapplied=True, verbosity=0)
for password in ("a-good-password", "another-password"):
    form = {"login": "administrator@test.example", "password": password}
    print(Client(SERVER_NAME="localhost").post(reverse("accounts:sign_in"), form).status_code)
# And the next person gets a number of their own.
call_command("create_firm", "Kantoor Twee", verbosity=0)
# The trail goes on where it was.
call_command("audit_verify")
"""


def restore(file: Path, key: Path, *, force: bool = True) -> str:
    """Restore into the database of the test; every refusal comes before it is touched."""
    out = StringIO()
    call_command("restore", file, identity=key, force=force, stdout=out)
    return out.getvalue()


@pytest.fixture
def altered(backup, key, tmp_path) -> Callable[[Callable[[Manifest], Manifest]], Path]:
    """A backup whose manifest says something else."""

    def make(change: Callable[[Manifest], Manifest]) -> Path:
        work, file, plain = tmp_path / "work", tmp_path / "altered.age", tmp_path / "plain"
        work.mkdir()
        identity = read_identity(key)
        opened = unseal(backup(), work, identity)
        opened.extract(plain)
        seal(change(opened.manifest), plain, work, file, identity.to_public())
        return file

    return make


def with_content(**values: Any) -> Callable[[Manifest], Manifest]:
    def change(manifest: Manifest) -> Manifest:
        content: Content = manifest.content
        more = {name: value(content) for name, value in values.items()}
        return replace(manifest, content=replace(content, **more))

    return change


def test_people_sign_in_with_their_password_after_a_restore(backup, key, other, administrator):
    administrator()
    before = len(written())
    done = other.manage("restore", backup(), "--identity", key)
    assert done.returncode == 0, done.stderr
    assert "migrate" in done.stdout
    # What the retention and removals since then took away is back.
    assert "manage.py retention" in done.stdout
    assert "ask again for each client" in done.stdout
    used = other.manage("shell", "--no-imports", "-c", USE)
    assert used.returncode == 0, used.stderr
    assert used.stdout.split()[:2] == ["302", "200"], used.stderr
    assert other.number("accounts_firm") == 2
    assert "The audit trail is whole" in used.stdout
    # With what the two attempts to sign in and the new firm entered.
    assert other.number("audit_entry") > before


def test_a_database_that_is_only_migrated_counts_as_empty(backup, key, other, administrator):
    administrator()
    other.migrate()
    done = other.manage("restore", backup(), "--identity", key)
    assert done.returncode == 0, done.stderr
    assert other.number("accounts_user") == 1
    if connection.vendor == "postgresql":
        # Plans for the restored rows, not for empty tables.
        assert other.number("pg_class WHERE relname = 'accounts_user' AND reltuples = 1") == 1


def test_a_filled_database_is_replaced_by_force_only(backup, key, other, administrator):
    administrator()
    file = backup()
    Firm.objects.create(name="Kantoor Twee")
    other.fill()
    refused = other.manage("restore", file, "--identity", key)
    assert refused.returncode == 1
    assert "not empty" in refused.stderr
    assert other.number("accounts_firm") == 2
    if connection.vendor == "sqlite":
        for companion in ("-wal", "-shm", "-journal"):
            Path(f"{other.name}{companion}").write_bytes(b"left by another database")
    done = other.manage("restore", file, "--identity", key, "--force")
    assert done.returncode == 0, done.stderr
    assert other.number("accounts_firm") == 1
    if connection.vendor == "sqlite":
        assert {path.name for path in Path(other.name).parent.glob("other.sqlite3*")} == {"other.sqlite3"}
        assert Path(other.name).stat().st_mode & 0o777 == 0o600


def test_a_broken_database_counts_as_filled_and_can_be_replaced(backup, key, other):
    if connection.vendor == "sqlite":
        Path(other.name).write_bytes(b"not a database" * 1000)
    else:
        firm = Firm.objects.create(name="x")
        other.fill()
        firm.delete()
        with psycopg.connect(other.address) as database:
            database.execute("DROP TABLE accounts_membership, django_migrations CASCADE")
    file = backup()
    assert "not empty" in other.manage("restore", file, "--identity", key).stderr
    done = other.manage("restore", file, "--identity", key, "--force")
    assert done.returncode == 0, done.stderr
    assert other.number("accounts_firm") == other.number("accounts_membership") == 0


def test_a_database_in_use_is_left_alone(backup, key, other, administrator):
    administrator()
    file = backup()
    other.fill()
    user = psycopg.connect(other.address) if connection.vendor != "sqlite" else sqlite3.connect(other.name)
    with closing(user):
        user.execute("SELECT count(*) FROM accounts_user").fetchone()
        refused = other.manage("restore", file, "--identity", key, "--force")
    assert refused.returncode == 1
    assert "stop the portal and the worker" in refused.stderr
    assert other.number("accounts_user") == 1


def test_a_wrong_key_is_refused(backup, administrator, tmp_path):
    administrator()
    file, wrong = backup(), tmp_path / "wrong.key"
    call_command("backup_key", wrong, stdout=StringIO())
    with pytest.raises(CommandError, match="This key does not open"):
        restore(file, wrong)
    with pytest.raises(CommandError, match="does not exist"):
        restore(file, tmp_path / "nothing.key")
    assert User.objects.count() == 1


@pytest.mark.parametrize("place", [0.01, 0.5, 0.99])
def test_a_damaged_file_is_refused(place, backup, key, administrator):
    administrator()
    file = backup()
    damaged = bytearray(file.read_bytes())
    damaged[int(len(damaged) * place)] ^= 1
    for text in (bytes(damaged), file.read_bytes()[: int(len(damaged) * place)], b"", b"something else"):
        file.write_bytes(text)
        with pytest.raises(CommandError, match=r"damaged|does not open"):
            restore(file, key)
    file.unlink()
    with pytest.raises(CommandError, match="There is no backup"):
        restore(file, key)
    assert User.objects.count() == 1


def test_a_backup_of_another_engine_is_refused(altered, key, administrator):
    administrator()
    file = altered(lambda manifest: replace(manifest, engine="oracle"))
    with pytest.raises(CommandError, match=r"backup of oracle.* Nothing was changed"):
        restore(file, key)
    assert User.objects.count() == 1


def test_a_backup_of_a_newer_version_is_refused(altered, key, administrator):
    administrator()
    newer = with_content(migrations=lambda content: (*content.migrations, "accounts.9999_later"))
    file = altered(lambda manifest: replace(newer(manifest), portal="99.0"))
    with pytest.raises(CommandError, match=r"99\.0.*accounts\.9999_later.*downgrade.*Nothing was changed"):
        restore(file, key)
    assert User.objects.count() == 1


def test_a_table_that_is_not_as_the_manifest_says_is_found(altered, key, other, administrator):
    administrator()
    wrong = {"accounts_user": TableSum(1, "0" * 64)}
    file = altered(with_content(tables=lambda content: {**content.tables, **wrong}))
    done = other.manage("restore", file, "--identity", key)
    assert done.returncode == 1
    assert "accounts_user" in done.stderr
    if connection.vendor == "sqlite":
        assert not list(Path(other.name).parent.glob("other.sqlite3*"))


def test_a_filled_database_of_a_newer_state_is_not_half_replaced(backup, key, other):
    """Tables that the backup does not know would stay behind on PostgreSQL; an SQLite file is replaced as a whole."""
    file = backup()
    other.fill()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(other.name)) as database:
            database.execute("CREATE TABLE later (id integer)")
    else:
        with psycopg.connect(other.address) as database:
            database.execute("CREATE TABLE later (id integer)")
    done = other.manage("restore", file, "--identity", key, "--force")
    if connection.vendor == "sqlite":
        assert done.returncode == 0
        assert other.ask("SELECT name FROM sqlite_master WHERE name = 'later'") == []
    else:
        assert "later" in done.stderr
        assert "Nothing was changed" in done.stderr
