"""PostgreSQL: pg_dump and the checksums read one exported snapshot."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from portal.backup.archive import Archive
from portal.backup.engine import BOOKKEEPING
from portal.backup.errors import BackupError
from portal.backup.manifest import Content, TableSum, differences
from portal.backup.programs import run

Raw = psycopg.Connection[Any]
NAME_LIMIT = 63

#: Values as text must not depend on how a server or a user is set up.
PLAIN_TEXT = (
    "SET LOCAL client_encoding = 'UTF8'",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL intervalstyle = 'iso_8601'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL bytea_output = 'hex'",
)

TABLES = """
    SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't'
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 2, 3
"""

# attcollation: text sorts differently per locale unless it is told not to.
COLUMNS = """
    SELECT a.attname, a.attcollation <> 0, coalesce(array_position(i.indkey::int2[], a.attnum), -1)
    FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
    WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 3, 1
"""

#: Lines of the list of a dump: an extension, and what it says of itself.
EXTENSION = re.compile(r"^\d+; \d+ \d+ EXTENSION - (\S+)")
COMMENT = re.compile(r"^\d+; \d+ \d+ COMMENT - EXTENSION ")

OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Postgres:
    """A database on the server of the settings."""

    name: str
    vendor: str = "postgresql"

    def dump(self, target: Path) -> Content:
        """Dump the state of one moment into `target`; the checksums see the same snapshot, whoever writes."""
        with self._session() as raw:
            raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = raw.execute("SELECT pg_export_snapshot()").fetchone()
            run(
                raw,
                "pg_dump",
                "--format=custom",
                # The tar around it is packed.
                "--compress=0",
                "--no-owner",
                "--no-privileges",
                "--lock-wait-timeout=60000",
                f"--snapshot={snapshot[0] if snapshot else ''}",
                f"--file={target}",
            )
            return _content(raw)

    def filled(self) -> list[str]:
        """The tables that hold more than `migrate` puts there."""
        with self._session() as raw:
            tables = {name: where for name, _, where in _tables(raw) if name not in BOOKKEEPING}
            return [
                name
                for name, where in tables.items()
                if raw.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(where)).fetchone()
            ]

    def restore(self, archive: Archive, work: Path) -> None:
        """Replace the tables in one transaction, then compare them with the manifest."""
        expected = archive.manifest.content
        dump = work / "database.dump"
        dump.touch(mode=0o600)
        archive.extract(dump)
        with self._session() as raw:
            self._refuse_if_used(raw)
            if strange := sorted({name for name, _, _ in _tables(raw)} - set(expected.tables)):
                raise BackupError(
                    f"The database holds tables that the backup does not have: {', '.join(strange)}. Make an empty "
                    "database, name it in DATABASE_URL and restore into that. Nothing was changed."
                )
            contents = _without_extensions(raw, dump, work)
            run(
                raw,
                "pg_restore",
                f"--use-list={contents}",
                "--clean",
                "--if-exists",
                "--single-transaction",
                "--no-owner",
                "--no-privileges",
                f"--dbname={self.name}",
                str(dump),
            )
            raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if wrong := differences(expected, _content(raw)):
                raise BackupError(
                    f"Restored, but not equal to the backup: {', '.join(wrong)}. Do not use this database; restore "
                    "into an empty one, with the portal and the worker stopped."
                )
            raw.rollback()
            # A restored table is planned for as an empty one until this was done.
            raw.execute("ANALYZE")

    @contextmanager
    def scratch(self, work: Path) -> Iterator["Postgres"]:
        """A database with a fixed name: the next drill drops what a killed one left."""
        other = Postgres(f"{self.name[: NAME_LIMIT - 13]}_backup_drill")
        drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(other.name))
        with self._session() as raw:
            try:
                raw.execute(drop)
                raw.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(other.name)))
            except psycopg.errors.InsufficientPrivilege:
                raise BackupError(
                    "The drill needs a database of its own for a moment, and this user of PostgreSQL may not make "
                    f"one. As its administrator: ALTER ROLE {raw.info.user} CREATEDB"
                ) from None
            try:
                yield other
            finally:
                raw.execute(drop)

    @contextmanager
    def _session(self) -> Iterator[Raw]:
        """A connection of its own, as the portal connects."""
        wrapper = connection.copy()
        wrapper.settings_dict["NAME"] = self.name
        wrapper.connect()
        raw: Raw = wrapper.connection
        try:
            yield raw
        finally:
            raw.close()

    def _refuse_if_used(self, raw: Raw) -> None:
        patience = time.monotonic() + 2
        # A connection that was just closed may be listed for a moment.
        while (others := raw.execute(OTHERS).fetchone()) and others[0]:
            if time.monotonic() > patience:
                raise BackupError(
                    f"The database is in use by {others[0]} other connections: stop the portal and the worker first. "
                    "Nothing was changed."
                )
            time.sleep(0.1)


def _without_extensions(raw: Raw, dump: Path, work: Path) -> Path:
    """The list of what to restore: all but the extensions, which are made where they are missing.

    Whoever made an extension owns it, often an administrator of the database; only they may drop it or describe it.
    """
    listed, kept = work / "contents", []
    run(raw, "pg_restore", "--list", f"--file={listed}", str(dump))
    for line in listed.read_text(encoding="utf-8").splitlines():
        if found := EXTENSION.search(line):
            _make_extension(raw, found[1])
        elif not COMMENT.search(line):
            kept.append(line)
    listed.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return listed


def _make_extension(raw: Raw, name: str) -> None:
    if raw.execute("SELECT FROM pg_extension WHERE extname = %s", [name]).fetchone() is not None:
        return
    make = sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name))
    try:
        raw.execute(make)
    except psycopg.Error:
        raise BackupError(
            f"The backup needs the extension {name}, which this user may not make or this server does not "
            f"have. Let its administrator run in this database: {make.as_string(raw)}. Nothing was changed."
        ) from None


def _content(raw: Raw) -> Content:
    """What the snapshot of the open transaction holds."""
    for statement in PLAIN_TEXT:
        raw.execute(statement)
    tables = _tables(raw)
    if "django_migrations" not in {name for name, _, _ in tables}:
        raise BackupError("The database holds no tables yet: there is nothing to back up. Run manage.py migrate.")
    applied = raw.execute("SELECT app || '.' || name FROM django_migrations").fetchall()
    sums = {name: _sum(raw, oid, where) for name, oid, where in tables}
    return Content(tuple(sorted(name for (name,) in applied)), sums)


def _tables(raw: Raw) -> list[tuple[str, int, sql.Identifier]]:
    """Name, oid and quoted name of the tables that pg_dump keeps."""
    return [
        (name if schema == "public" else f"{schema}.{name}", oid, sql.Identifier(schema, name))
        for oid, schema, name in raw.execute(TABLES)
    ]


def _sum(raw: Raw, oid: int, where: sql.Identifier) -> TableSum:
    columns = raw.execute(COLUMNS, [oid]).fetchall()
    keys = [column for column in columns if column[2] >= 0] or columns
    order = [
        sql.SQL('{} COLLATE "C"').format(sql.Identifier(name)) if collated else sql.Identifier(name)
        for name, collated, _ in keys
    ]
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(sql.Identifier(name) for name in sorted(column[0] for column in columns)),
        where,
        sql.SQL(", ").join(order),
    )
    digest, count = blake2b(digest_size=32), 0
    with raw.cursor() as cursor, cursor.copy(query) as copy:
        for data in copy:
            digest.update(data)
            # A line end inside a value is written as a backslash and n.
            count += bytes(data).count(b"\n")
    return TableSum(count, digest.hexdigest())
