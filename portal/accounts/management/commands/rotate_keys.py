"""`manage.py rotate_keys`: everything that is stored encrypted gets the newest key."""

from argparse import ArgumentParser
from typing import Any

from cryptography.fernet import Fernet
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
        "Encrypt everything that is stored encrypted with the first of VAULT_KEYS. Before: put a new key (--new-key) "
        "in front of the old one, separated by a comma, and restart portal and worker. After: remove the old key."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="print a fresh key and do nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(Fernet.generate_key().decode())
            return
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
        self.stdout.write("Everything has the newest key. The older ones can be removed from VAULT_KEYS.")
