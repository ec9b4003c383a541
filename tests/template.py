"""The migrated database that every process of a lane copies: migrating takes 20 seconds, copying less than one.

`tests.lanes` makes it and names it in TEST_TEMPLATE; without that name a process migrates a database of its own.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent


class NotMigrated(Exception):
    """The migrations failed; the text is what they said."""


class Template:
    """A migrated database, being made in another process from the moment on that this is called.

    `postgres` is the address of a server, with a database to connect to; empty: a file of SQLite.
    """

    def __init__(self, postgres: str = "") -> None:
        self._server = postgres
        self._folder = Path(tempfile.mkdtemp(prefix="portal-template-"))
        self.name = f"template_{self._folder.name[-8:].lower()}" if postgres else str(self._folder / "template.sqlite3")
        url = f"sqlite:///{self.name}"
        if postgres:
            self._on_server("CREATE DATABASE {}")
            url = urlunsplit(urlsplit(postgres)._replace(path=f"/{self.name}"))
        self._said = self._folder / "said"
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def ready(self) -> str:
        """Its name for TEST_TEMPLATE, once it is migrated. Raises NotMigrated."""
        if self._process.wait():
            raise NotMigrated(self._said.read_text())
        return self.name

    def close(self) -> None:
        """Remove it."""
        self._process.kill()
        self._process.wait()
        if self._server:
            self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _on_server(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(self.name)))
