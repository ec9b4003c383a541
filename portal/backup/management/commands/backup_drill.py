"""`manage.py backup_drill`: proof that a backup can be restored."""

from typing import Any

from django.core.management.base import BaseCommand, no_translations

from portal.backup.service import drill


class Command(BaseCommand):
    """Touches neither the database nor the kept backups, and needs no key."""

    help = (
        "Back up with a throw-away key, restore into a scratch database, compare every table, and add a line to "
        "backup-drills.log in PORTAL_VAR."
    )
    requires_system_checks: list[str] = []

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(drill().line())
