"""`manage.py backup`: one encrypted file with the whole database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations

from portal.backup.files import megabytes
from portal.backup.service import make_backup

KEEP_DAYS = 35


class Command(BaseCommand):
    """Writes portal-YYYYMMDD-HHMMSS.age (UTC) while the portal and the worker go on."""

    help = "Write an encrypted backup of the database, and remove backups that are too old."
    # No page that is out of order may stop a backup.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="instead of BACKUP_FOLDER")
        parser.add_argument("--keep-days", type=int, default=KEEP_DAYS, help="remove older ones (default: %(default)s)")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep_days"] < 1:
            raise CommandError("--keep-days must be at least 1.")
        made = make_backup(options["to"] or settings.BACKUP_FOLDER, options["keep_days"])
        size = megabytes(made.path.stat().st_size)
        tables = len(made.manifest.content.tables)
        self.stdout.write(f"{made.path}: {tables} tables, {made.manifest.rows} rows, {size}.")
        if made.removed:
            self.stdout.write(f"Removed because of their age: {', '.join(path.name for path in made.removed)}.")
