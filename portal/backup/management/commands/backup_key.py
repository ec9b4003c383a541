"""`manage.py backup_key FILE`: the key pair for backups."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from portal.backup.errors import plain_words
from portal.backup.keys import write_key_pair


class Command(BaseCommand):
    """The public half goes into the settings; the identity must not stay on this machine."""

    help = "Make a key pair for backups: print the public key, write the identity that opens them to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to write the identity; must not exist")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        with plain_words():
            public = write_key_pair(options["file"])
        self.stdout.write(
            f"In .env: BACKUP_RECIPIENT={public}\n"
            f"{options['file']} opens every backup made with it. Move it to another place than this machine and the "
            "backups, and keep two copies: without it no backup can be read, by nobody."
        )
