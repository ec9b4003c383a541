"""What keeps workers from claiming anything: migrations that were not run yet, or a disk that is (nearly) full.

Pages go on showing what is there. Nothing has to be started again: workers look anew each time they are woken.
"""

import errno
import shutil
import sqlite3
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _

#: Of PORTAL_VAR with PostgreSQL: the call budget and the cached WSDL need little, the rows are elsewhere.
BESIDE_POSTGRESQL_MB = 50
#: PostgreSQL's own name for a disk without room.
DISK_FULL = "53100"


class Hindrance(StrEnum):
    """Why no worker claims anything."""

    MIGRATIONS = "migrations"
    DISK = "disk"

    @property
    def words(self) -> str:
        """For a page: what is so, what it means and who can mend it."""
        return str(WORDS[self])

    @property
    def sentence(self) -> str:
        """For a terminal or a log, in English."""
        return SENTENCES[self]


WORDS = {
    Hindrance.MIGRATIONS: _(
        "Nothing is renewed until the database fits this version of the portal: whoever runs this portal has to run "
        "its migrations. All data stays readable."
    ),
    Hindrance.DISK: _(
        "Nothing is renewed, because the disk of this portal is nearly full: whoever runs this portal has to free "
        "space. Syncs then go on by themselves; all data stays readable."
    ),
}
SENTENCES = {
    Hindrance.MIGRATIONS: "Nothing is claimed: migrations are pending. Run manage.py migrate.",
    Hindrance.DISK: "Nothing is claimed: the disk is nearly full. Free space, or lower SYNC_LEAST_FREE_MB.",
}


class _Schema:
    """Whether the database fits this code. Once it does, it does as long as the process lives: only it moves on."""

    fits = False


def hindrance() -> Hindrance | None:
    """What keeps workers from claiming now; None: nothing. No query once the migrations were seen to be complete."""
    if migrations_pending():
        return Hindrance.MIGRATIONS
    return None if room_left() else Hindrance.DISK


def migrations_pending() -> bool:
    """Whether this code has migrations that the database does not have."""
    if not _Schema.fits:
        executor = MigrationExecutor(connection)
        _Schema.fits = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return not _Schema.fits


def room_left() -> bool:
    """Whether the file system of the database has SYNC_LEAST_FREE_MB; with PostgreSQL PORTAL_VAR's is looked at."""
    least = settings.SYNC_LEAST_FREE_MB
    if connection.vendor == "sqlite":
        folder = Path(str(connection.settings_dict["NAME"])).parent
    else:
        folder, least = settings.VAR_DIR, min(least, BESIDE_POSTGRESQL_MB)
    try:
        return shutil.disk_usage(folder).free >= least * 1_000_000
    except OSError:
        # A folder that cannot be asked (a database in memory, nothing stored there yet) says nothing about room.
        return True


def is_disk_full(error: BaseException) -> bool:
    """Whether a write failed for want of room: the database's own error, or the system's for a file."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        # On a full file system SQLite's shared memory fails with an I/O error; elsewhere that is a broken disk.
        return code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not _any_room())
    return getattr(cause, "sqlstate", "") == DISK_FULL


def _any_room() -> bool:
    file = Path(str(connection.settings_dict["NAME"]))
    return not file.exists() or shutil.disk_usage(file.parent).free > 1_000_000
