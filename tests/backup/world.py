"""What the tests of backups need: a portal in a process of its own on another database, and a look into that."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

ROOT = Path(__file__).resolve().parents[2]


def server(name: str) -> str:
    """The address of a database on the server of the tests."""
    parts = connection.settings_dict
    password = f":{parts['PASSWORD']}" if parts["PASSWORD"] else ""
    return f"postgres://{parts['USER']}{password}@{parts['HOST']}:{parts['PORT'] or 5432}/{name}"


@dataclass
class Installation:
    """Another machine, as it were: an own folder, and a database that does not exist or is empty."""

    folder: Path
    name: str

    @property
    def address(self) -> str:
        """For DATABASE_URL."""
        return f"sqlite:///{self.name}" if connection.vendor == "sqlite" else server(self.name)

    def manage(
        self, *arguments: str | Path, file_limit: int | None = None, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a management command there; `file_limit` is the largest file in bytes, as on a full disk."""
        (self.folder / "var").mkdir(parents=True, exist_ok=True)

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))  # type: ignore[arg-type]

        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "TEST_FOLDER": str(self.folder),
                "DATABASE_URL": self.address,
                "PYTHONDONTWRITEBYTECODE": "1",
                **environment,
            },
            preexec_fn=limit if file_limit else None,
            capture_output=True,
            text=True,
            check=False,
        )

    def migrate(self) -> None:
        """Give it all tables and no rows, from the copy of a migrated database where one is at hand: tests/template.py.

        What the copy does not have yet is migrated, as everywhere in the tests.
        """
        if template := os.environ.get("TEST_TEMPLATE"):
            if connection.vendor == "sqlite":
                shutil.copyfile(template, self.name)
            else:
                self._copy(template)
            done_here = set(MigrationRecorder(connection).applied_migrations())
            if set(self.ask("SELECT app, name FROM django_migrations")) == done_here:
                return
        done = self.manage("migrate", "--verbosity", "0")
        assert done.returncode == 0, done.stderr

    def fill(self) -> None:
        """Give it the tables and rows that the database of the test has now."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self.name)) as database:
                connection.connection.backup(database)
        else:
            # A database that somebody is connected to cannot be copied.
            name = str(connection.settings_dict["NAME"])
            connection.close()
            self._copy(name)

    def _copy(self, database: str) -> None:
        with psycopg.connect(server("postgres"), autocommit=True) as administrator:
            administrator.execute(f"DROP DATABASE {self.name} WITH (FORCE)".encode())
            administrator.execute(f"CREATE DATABASE {self.name} TEMPLATE {database}".encode())

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a statement, read without the portal."""
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.name)) as database:
                return database.execute(statement).fetchall()
        with psycopg.connect(self.address) as database:
            return database.execute(statement.encode()).fetchall()

    def number(self, table: str) -> int:
        """How many rows a table has."""
        return self.ask(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - a name of the test
