"""What a backup says about itself."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from portal.backup.errors import BackupError

FORMAT = 1
NOT_OURS = "This file can be opened, but it is not a backup of the portal."


@dataclass(frozen=True)
class TableSum:
    """How many rows a table has, and a checksum of them all in the order of its primary key."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Content:
    """What one unchanging state of a database holds: its migrations and its tables."""

    migrations: tuple[str, ...]
    tables: Mapping[str, TableSum]


@dataclass(frozen=True)
class Manifest:
    """The first file of a backup."""

    portal: str
    engine: str
    made: datetime
    content: Content

    @property
    def rows(self) -> int:
        """Rows in all tables together."""
        return sum(table.rows for table in self.content.tables.values())

    def to_json(self) -> bytes:
        """As it stands in the backup."""
        values = {
            "format": FORMAT,
            "portal": self.portal,
            "engine": self.engine,
            "made": self.made.isoformat(),
            "migrations": list(self.content.migrations),
            "tables": {name: asdict(table) for name, table in sorted(self.content.tables.items())},
        }
        return json.dumps(values, indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Raises BackupError for anything but a manifest of this form."""
        try:
            values = json.loads(text)
            if values["format"] != FORMAT:
                raise BackupError("This backup was made by a newer version of the portal: install that version first.")
            tables = {str(name): TableSum(int(t["rows"]), str(t["digest"])) for name, t in values["tables"].items()}
            content = Content(tuple(map(str, values["migrations"])), tables)
            made = datetime.fromisoformat(values["made"])
            return cls(str(values["portal"]), str(values["engine"]), made, content)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BackupError(NOT_OURS) from None


def portal_version() -> str:
    """The version of the portal that runs."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def unknown_migrations(manifest: Manifest) -> list[str]:
    """Migrations in the backup that this version of the portal does not have: the backup is newer."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    return sorted(set(manifest.content.migrations) - known)


def differences(expected: Content, found: Content) -> list[str]:
    """The tables whose rows are not the same."""
    names = expected.tables.keys() | found.tables.keys()
    return sorted(name for name in names if expected.tables.get(name) != found.tables.get(name))
