"""`manage.py restore FILE --identity KEYFILE`: put a backup in place of the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from portal.backup.service import restore_backup


class Command(BaseCommand):
    """Refuses whatever would lose something: a filled database, a wrong key, a backup that does not fit."""

    help = "Restore a backup into the database of the settings. Stop the portal and the worker first."
    # A database that is damaged or not there is what this is for.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--identity", type=Path, required=True, metavar="KEYFILE", help="as backup_key wrote it")
        parser.add_argument("--force", action="store_true", help="replace a database that is not empty")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        manifest = restore_backup(options["file"], options["identity"], force=options["force"])
        self.stdout.write(
            f"Restored {len(manifest.content.tables)} tables with {manifest.rows} rows of "
            f"{manifest.made:%Y-%m-%d %H:%M:%S} UTC (version {manifest.portal}); every checksum is equal.\n"
            "Next: manage.py migrate. Then, before anybody is let in: what was removed since is back with the backup. "
            "Run manage.py retention, and ask again for each client that was removed after it was made.\n"
            "Then start the portal and the worker. The stored tokens can be read only with "
            "the VAULT_KEYS that were in .env when the backup was made."
        )
