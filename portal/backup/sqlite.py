"""SQLite: one file, copied by the online backup API while others write."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from django.db import connection

from portal.backup.archive import Archive
from portal.backup.engine import BOOKKEEPING
from portal.backup.errors import BackupError
from portal.backup.files import whole_file
from portal.backup.manifest import Content, TableSum, differences

FETCH = 2000
#: What SQLite keeps beside a database; left beside another database it would be applied to that one.
COMPANIONS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Sqlite:
    """The SQLite database in a file."""

    path: Path
    vendor: str = "sqlite"

    @property
    def name(self) -> str:
        """What Django's settings call this database."""
        return str(self.path)

    def dump(self, target: Path) -> Content:
        """Copy the database into `target`; the content is read from the copy, because others write meanwhile."""
        if not self.path.is_file():
            raise BackupError(f"There is no database {self.path}. `manage.py migrate` makes one.")
        with _opened(self.path) as source, _opened(target) as copy:
            source.backup(copy)
        return _content(target)

    def filled(self) -> list[str]:
        """The tables that hold more than `migrate` puts there; a file that cannot be read counts as filled."""
        if not self.path.is_file() or self.path.stat().st_size == 0:
            return []
        try:
            with _opened(self.path) as database:
                names = [name for name in _tables(database) if name not in BOOKKEEPING | _shadows(database)]
                return [name for name in names if database.execute(f"SELECT 1 FROM {_quoted(name)} LIMIT 1").fetchone()]  # noqa: S608 - a name from the database itself  # nosec B608
        except sqlite3.DatabaseError as error:
            return [f"unreadable: {error}"]

    def restore(self, archive: Archive, work: Path) -> None:
        """Put the database of the archive in place of the file, once it has proved to be whole."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole_file(self.path) as fresh:
            archive.extract(fresh)
            if wrong := differences(archive.manifest.content, _content(fresh)):
                raise BackupError(f"The backup does not hold what its manifest says: {', '.join(wrong)}.")
            self._retire()

    @contextmanager
    def scratch(self, work: Path) -> Iterator["Sqlite"]:
        """A file in the work folder."""
        yield Sqlite(work / "scratch.sqlite3")

    def _retire(self) -> None:
        """Make sure that nobody uses the old file, and remove what lies beside it before the new one arrives."""
        if self.path.is_file():
            try:
                with _opened(self.path, timeout=2) as old:
                    # Needs the file for itself alone, and moves what the companions hold into it.
                    old.execute("PRAGMA journal_mode=DELETE").fetchone()
            except sqlite3.DatabaseError as error:
                # The low byte: the others say which kind of busy.
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise BackupError(
                        f"{self.path} is in use: stop the portal and the worker first. Nothing was changed."
                    ) from None
                # An old file that is broken need not be kept whole: it is being replaced.
        for companion in COMPANIONS:
            self.path.with_name(self.path.name + companion).unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, timeout: float = 20) -> Iterator[sqlite3.Connection]:
    """A plain connection that knows the functions Django adds: tables and indexes may use them."""
    wrapper = connection.copy()
    # Without the pragmas of the portal: they would switch a copy to WAL and leave files beside it.
    wrapper.settings_dict.update(NAME=str(path), OPTIONS={"timeout": timeout, "detect_types": 0})
    wrapper.connect()
    try:
        yield wrapper.connection
    finally:
        wrapper.connection.close()


def _content(path: Path) -> Content:
    """What a file holds that nobody else uses. Raises BackupError when it is damaged."""
    # As long as the header says WAL, even reading makes files beside it.
    with _opened(path) as database:
        database.execute("PRAGMA journal_mode=DELETE").fetchone()
        found = [row[0] for row in database.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"]:
            raise BackupError(f"The database is damaged: {'; '.join(found)}. Restore the last good backup.")
        names = _tables(database)
        if "django_migrations" not in names:
            raise BackupError("The database holds no tables yet: there is nothing to back up. Run manage.py migrate.")
        applied = database.execute("SELECT app || '.' || name FROM django_migrations").fetchall()
        order = {name: _order(database, name) for name in names}
        # Bytes as stored: text that is not valid UTF-8 must not stop a backup.
        database.text_factory = bytes
        sums = {name: _sum(database, name, order[name]) for name in names}
    return Content(tuple(sorted(name for (name,) in applied)), sums)


def _tables(database: sqlite3.Connection) -> list[str]:
    """Real tables: what a virtual one shows is kept in real ones."""
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return [name for (name,) in rows]


def _shadows(database: sqlite3.Connection) -> set[str]:
    """The real tables behind virtual ones: they hold something from the beginning, about what is elsewhere."""
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'")
    virtual = [name for (name,) in rows]
    return {name for name in _tables(database) if any(name.startswith(f"{one}_") for one in virtual)}


def _order(database: sqlite3.Connection, table: str) -> str:
    """The columns of the primary key; of a table without one, all columns."""
    columns = database.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY pk, cid", [table]).fetchall()
    keys = [name for name, pk in columns if pk] or [name for name, _ in columns]
    return ", ".join(map(_quoted, keys))


def _sum(database: sqlite3.Connection, table: str, order: str) -> TableSum:
    digest, count = blake2b(digest_size=32), 0
    cursor = database.execute(f"SELECT * FROM {_quoted(table)} ORDER BY {order}")  # noqa: S608 - names from the database itself  # nosec B608
    while rows := cursor.fetchmany(FETCH):
        # ascii() is the same in every version of Python; repr() of text is not.
        digest.update("\n".join(map(ascii, rows)).encode() + b"\n")
        count += len(rows)
    return TableSum(count, digest.hexdigest())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
