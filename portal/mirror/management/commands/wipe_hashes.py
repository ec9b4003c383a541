"""`manage.py wipe_hashes`: what was hashed with another HASH_KEY than that of the settings is wiped."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.audit.actors import command
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.mirror.old_hashes import wipe


class Command(BaseCommand):
    """For a HASH_KEY that leaked. While everything runs, with the new key."""

    help = (
        "Wipe the hashes of citizen service numbers and records that were made with another HASH_KEY than that of the "
        "settings, as after manage.py new_key HASH_KEY --leaked and a restart. Nothing counts as changed by it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        wiped = wipe()
        record(Kind.KEYS_ROTATED, actor=command("wipe_hashes"), detail={"values": min(wiped, 10**8 - 1)})
        self.stdout.write(
            f"{wiped} hashes of other keys are wiped. What Nmbrs still gives is hashed anew by the next sync. Backups "
            "of before still hold them."
        )
