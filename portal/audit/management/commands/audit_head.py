"""`manage.py audit_head`: write the head of the audit trail to its file now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from portal.audit import anchor
from portal.audit.actors import acting, command
from portal.audit.anchor import BadLine


class Command(BaseCommand):
    """The worker does this by itself, each hour in which something was entered."""

    help = "Write the head of the audit trail to the file outside the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accept-loss",
            action="store_true",
            help="after an older backup was put back: take the entries that the file knows and the database lacks for "
            "lost; the trail and the file say so for ever",
        )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting(command("audit_head")):
                if options["accept_loss"]:
                    self._accept_loss()
                written = anchor.write_head()
        except BadLine as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{anchor.path()} could not be written: {error.strerror}.") from None
        self.stdout.write(
            f"The head was written to {anchor.path()}." if written else "Nothing new since the head was last written."
        )

    def _accept_loss(self) -> None:
        lost = anchor.accept_loss()
        if lost is None:
            raise CommandError("The database has every entry that the file knows: nothing is lost.")
        self.stdout.write(f"The entries {lost[0]} to {lost[1]} are given up.")
