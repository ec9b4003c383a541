"""`manage.py messages`: the translations of the portal."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.ui import catalogue


class Command(BaseCommand):
    """Extract, check or compile; several at once run in that order."""

    help = "Extracts, checks and compiles the translations. --check exits with 1 unless they are complete."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch per step."""
        parser.add_argument("--extract", action="store_true", help="write what the code says into django.po")
        parser.add_argument("--check", action="store_true", help="fail on untranslated, fuzzy and unused messages")
        parser.add_argument("--compile", action="store_true", help="write django.mo")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the chosen steps."""
        if not any(options[step] for step in ("extract", "check", "compile")):
            raise CommandError("Say what to do: --extract, --check, --compile.")
        path = catalogue.po_path()
        if options["extract"]:
            catalogue.save(catalogue.merge(catalogue.extract(settings.BASE_DIR), catalogue.load(path)), path)
            self.stdout.write(f"Wrote {path.relative_to(settings.BASE_DIR)}.")
        if options["check"]:
            found = catalogue.problems(catalogue.extract(settings.BASE_DIR), catalogue.load(path))
            if found:
                raise CommandError("The translations are not complete:\n  " + "\n  ".join(found))
            self.stdout.write("The translations are complete.")
        if options["compile"]:
            catalogue.compile_catalogue(path)
            self.stdout.write(f"Compiled {path.relative_to(settings.BASE_DIR)}.")
