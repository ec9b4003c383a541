"""`manage.py search_index`: bring the search index up to date, or say whether it is."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import connection

from portal.search.index import keeping
from portal.search.index.engines import engine
from portal.search.index.making import NO_EXTENSION, NO_FTS5, make


class Command(BaseCommand):
    """Exit code 0: complete. 1, with --check: something cannot be found or is found under an old name."""

    help = "Bring the search index up to date with the mirror; with --check only say whether it is. Safe at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 when it is not complete")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            found = {kind: number for kind, number in keeping.differences().items() if number}
            if found:
                wrong = ", ".join(f"{number} x {kind.value}" for kind, number in found.items())
                raise CommandError(f"The search index is not complete: {wrong}. Run manage.py search_index.")
            self.stdout.write("The search index is complete.")
        else:
            make(connection)
            self.stdout.write(f"The search index is complete. {keeping.rebuild()} entries were not right.")
        if not engine().forgiving:
            self.stdout.write(NO_FTS5 if connection.vendor == "sqlite" else NO_EXTENSION)
