"""What keeps workers from claiming anything: migrations that were not run yet, or a disk that is (nearly) full.

Pages go on showing what is there. Nothing has to be started again: workers look anew each time they are woken.
"""

from enum import StrEnum

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _

from portal.jobs.room import room_left


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
        "its migrations. Most pages can be read meanwhile."
    ),
    Hindrance.DISK: _(
        "Nothing is renewed, because the disk of this portal is nearly full: whoever runs this portal has to free "
        "space. Syncs then go on by themselves."
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
