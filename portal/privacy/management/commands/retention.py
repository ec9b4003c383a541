"""`manage.py retention [--dry-run]`: remove what was kept longer than its term."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from portal import clock
from portal.accounts.models import Firm
from portal.audit.actors import acting, command
from portal.privacy import retention
from portal.privacy.models import RetentionRun
from portal.privacy.terms import CATEGORIES


class Command(BaseCommand):
    """The worker does this once a day by itself. The terms stand in portal/privacy/terms.py and docs/privacy.md."""

    help = "Remove personal data that was kept longer than its term; --dry-run only says what would go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        dry, day = options["dry_run"], clock.today()
        if dry:
            counts = retention.due(day)
        else:
            run = RetentionRun.objects.create(day=day, by_itself=False)
            with acting(command("retention")):
                counts = retention.carry_out(run)
        firms = {firm.pk: firm.name for firm in Firm.objects.all()}
        word = "would go" if dry else "removed"
        for category in CATEGORIES:
            for (name, firm), number in sorted(counts.items(), key=str):
                if name == category.name:
                    owner = firms.get(firm, "installation") if firm is not None else "installation"
                    self.stdout.write(f"{owner}: {category.label}, kept {category.term}: {number} {word}.")
        if not counts:
            self.stdout.write("Nothing is kept longer than its term.")
