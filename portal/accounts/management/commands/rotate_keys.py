"""`manage.py rotate_keys`: everything that is stored encrypted gets the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.signin.rotation import rotate_seeds
from portal.audit.actors import command
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.vault import Misplaced, Sealed
from portal.vault.rotation import encrypted_columns, rotate


class Command(BaseCommand):
    """Encrypts tokens, account numbers, client secrets and seeds anew, while everything runs."""

    help = (
        "Encrypt everything that is stored encrypted with the first of VAULT_KEYS. Before: manage.py new_key "
        "VAULT_KEYS, and restart portal and worker. After: manage.py new_key VAULT_KEYS --drop-old, and a restart."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        try:
            for column in encrypted_columns():
                changed = rotate(column)
                total += changed
                self.stdout.write(f"{column}: {changed} encrypted anew")
            changed = rotate_seeds()
            total += changed
        except Misplaced as error:
            raise CommandError(
                f"{error} It was not touched, nor what comes after it: find out who changed it."
            ) from None
        except Sealed as error:
            raise CommandError(f"{error} Put it back in VAULT_KEYS, behind the others, and start again.") from None
        self.stdout.write(f"mfa.authenticator.data: {changed} encrypted anew")
        record(Kind.KEYS_ROTATED, actor=command("rotate_keys"), detail={"values": min(total, 10**8 - 1)})
        self.stdout.write("Everything has the newest key. Drop the older ones: manage.py new_key VAULT_KEYS --drop-old")
