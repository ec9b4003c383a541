"""`manage.py audit_retention [--dry-run]`: drop the months of the audit trail whose term has ended."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations

from portal.audit.actors import acting, command
from portal.audit.retention import drop, ended
from portal.audit.verifying import Broken


class Command(BaseCommand):
    """Each month is proven before it goes. A seal of it stays, so audit_verify still proves the rest."""

    help = "Drop whole months of the audit trail that are older than AUDIT_KEPT_MONTHS; the trail says so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        segments = ended()
        for segment in segments:
            if not options["dry_run"]:
                try:
                    with acting(command("audit_retention")):
                        drop(segment)
                except Broken as error:
                    raise CommandError(f"{segment.month} was not dropped. {error}") from None
            word = "would be dropped" if options["dry_run"] else "sealed and dropped"
            self.stdout.write(f"{segment.month}: {segment.entries} entries {word}.")
        if not segments:
            self.stdout.write(f"No month is older than {settings.AUDIT_KEPT_MONTHS} months. Nothing goes.")
