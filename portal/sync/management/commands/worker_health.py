"""`manage.py worker_health`: for a supervisor that restarts workers which no longer work."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from portal.sync import health


class Command(BaseCommand):
    """A worker can hang while its process looks alive; only work that gets done counts here."""

    help = (
        "Say in one sentence whether workers work. Exit code 0: they do; 1: none gave a sign of life lately, or work "
        "was left behind that nobody takes over, and the workers should be restarted."
    )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        now = health.of_installation()
        self.stdout.write(health.sentence(now))
        if not now.well:
            sys.exit(1)
