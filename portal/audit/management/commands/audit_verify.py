"""`manage.py audit_verify`: prove that nobody changed the audit trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from portal.audit.verifying import Broken, verify


class Command(BaseCommand):
    """Exit code 0: whole. 1: broken; the output names the first place and what is wrong there."""

    help = "Prove the audit trail: entries, seals of dropped months, head, and the file of heads. Changes nothing."

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = verify()
        except Broken as error:
            raise CommandError(f"The audit trail is broken. {error}") from None
        if found.last == 0:
            self.stdout.write("The audit trail is whole. It has no entries yet.")
            return
        self.stdout.write(
            f"The audit trail is whole: {found.entries} entries ({found.first} to {found.last}), {found.seals} sealed "
            f"months, {found.lines} lines in the file of heads."
        )
        if not found.lines:
            self.stdout.write(
                "The head was never written to its file, so a trail that is cut off at the end would not show. The "
                "worker writes it; `manage.py audit_head` does so now."
            )
