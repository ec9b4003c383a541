"""What a backup needs of a database, whichever engine it is."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, Self

from portal.backup.archive import Archive
from portal.backup.manifest import Content

#: Tables that `migrate` fills by itself: a database with rows in these only is an empty one.
BOOKKEEPING = frozenset({"django_migrations", "django_content_type", "auth_permission", "django_q_schedule"})


class Engine(Protocol):
    """One database."""

    @property
    def vendor(self) -> str:
        """The name of the engine, as Django calls it."""

    @property
    def name(self) -> str:
        """What Django's settings call this database."""

    def dump(self, target: Path) -> Content:
        """Write one state of the database into the existing file `target`, and say what that state holds."""

    def filled(self) -> list[str]:
        """The tables that hold more than `migrate` puts there."""

    def restore(self, archive: Archive, work: Path) -> None:
        """Replace the database by that of the archive, which then has the checksums of the manifest."""

    def scratch(self, work: Path) -> AbstractContextManager[Self]:
        """An empty database beside this one, gone after the block."""
