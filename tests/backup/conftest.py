"""A key pair, the command that makes a backup, and an installation to restore into."""

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from tests.backup.world import Installation, server


@pytest.fixture
def key(tmp_path: Path, settings) -> Path:
    """The file with the identity; its public half is in the settings."""
    path = tmp_path / "portal.key"
    out = StringIO()
    call_command("backup_key", path, stdout=out)
    settings.BACKUP_RECIPIENT = out.getvalue().split("BACKUP_RECIPIENT=")[1].split()[0]
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go; not made beforehand."""
    return tmp_path / "backups"


@pytest.fixture
def backup(key: Path, folder: Path) -> Callable[[], Path]:
    """Makes a backup of the test's database and returns its file."""

    def make() -> Path:
        before = set(folder.glob("*.age"))
        call_command("backup", to=folder, stdout=StringIO())
        (made,) = set(folder.glob("*.age")) - before
        return made

    return make


@pytest.fixture
def other(tmp_path: Path, db: None) -> Iterator[Installation]:
    """An installation with an empty database: no file on SQLite, no tables on PostgreSQL."""
    if connection.vendor == "sqlite":
        yield Installation(tmp_path / "other", str(tmp_path / "other.sqlite3"))
        return
    name = f"{connection.settings_dict['NAME']}_other"
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode()
    with psycopg.connect(server("postgres"), autocommit=True) as administrator:
        administrator.execute(drop)
        administrator.execute(f"CREATE DATABASE {name}".encode())
        yield Installation(tmp_path / "other", name)
        administrator.execute(drop)
