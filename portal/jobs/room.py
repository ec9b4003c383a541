"""Whether the disk under the database has room, and whether an error says that it has none."""

import errno
import shutil
import sqlite3
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection

#: Of PORTAL_VAR with PostgreSQL: the call budget and the cached WSDL need little, the rows are elsewhere.
BESIDE_POSTGRESQL_MB = 50
#: Below so many bytes nothing can be written; SQLite needs room for a few pages of its log.
NOTHING = 1_000_000
#: PostgreSQL's own name for a disk without room.
DISK_FULL = "53100"


def room_left() -> bool:
    """Whether the file system of the database has SYNC_LEAST_FREE_MB; with PostgreSQL PORTAL_VAR's is looked at."""
    if connection.vendor == "sqlite":
        return _free(_folder()) >= settings.SYNC_LEAST_FREE_MB * 1_000_000
    return _free(settings.VAR_DIR) >= min(settings.SYNC_LEAST_FREE_MB, BESIDE_POSTGRESQL_MB) * 1_000_000


def any_room() -> bool:
    """Whether anything can be written at all, as far as can be told here: PostgreSQL's disk is its server's."""
    return connection.vendor != "sqlite" or _free(_folder()) > NOTHING


def is_disk_full(error: BaseException | None) -> bool:
    """Whether a write failed for want of room: the database's own error, or the system's for a file."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        # On a full file system SQLite's shared memory fails with an I/O error; elsewhere that is a broken disk.
        return code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not any_room())
    return getattr(cause, "sqlstate", "") == DISK_FULL


def _folder() -> Path:
    return Path(str(connection.settings_dict["NAME"])).parent


def _free(folder: Path) -> float:
    """Bytes; a folder that cannot be asked (a database in memory, nothing stored there yet) says nothing about room."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return float("inf")
