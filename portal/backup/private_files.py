"""Files and folders of the portal that nobody but its own account may open: what is checked, and what is mended."""

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

OTHERS = stat.S_IRWXG | stat.S_IRWXO
#: SQLite keeps these beside the file of the database; the newest rows are in them.
BESIDE = ("", "-wal", "-shm")


def database_files(name: str) -> list[Path]:
    """The files of the SQLite database `name` that are there."""
    return [path for end in BESIDE if (path := Path(f"{name}{end}")).is_file()]


def opened_to_others() -> list[Path]:
    """Files and folders with personal data or keys that others on this machine may open; those not there are none."""
    return [path for path in _kept() if path.exists() and stat.S_IMODE(path.stat().st_mode) & OTHERS]


def _kept() -> Iterator[Path]:
    yield Path(settings.VAR_DIR)
    yield Path(settings.BACKUP_FOLDER)
    if settings.ENV_FILE.is_file():
        yield settings.ENV_FILE
    if settings.AUDIT_HEAD_FILE:
        yield Path(settings.AUDIT_HEAD_FILE)
    for connection in connections.all():
        if connection.vendor == "sqlite":
            yield from database_files(str(connection.settings_dict["NAME"]))


@register(Tags.security, deploy=True)
def check_modes(**_: Any) -> list[CheckMessage]:
    """One warning for each; no error, because the same machine may have nobody else on it."""
    return [
        Warning(
            f"{path} can be opened by others on this machine.",
            hint=f"chmod {'700' if path.is_dir() else '600'} {path}",
            id="backup.W001",
        )
        for path in opened_to_others()
    ]


def close_database(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """SQLite makes its file with the umask of whoever ran the first command: take it from others."""
    if connection.vendor != "sqlite":
        return
    for path in database_files(str(connection.settings_dict["NAME"])):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & OTHERS:
            with suppress(PermissionError):  # another account's file: `check --deploy` says so
                path.chmod(mode & ~OTHERS)


def connect() -> None:
    """From now on every database that is opened is closed to others."""
    connection_created.connect(close_database, dispatch_uid="backup-close-database")
