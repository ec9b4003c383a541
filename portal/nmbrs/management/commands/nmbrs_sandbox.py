"""`manage.py nmbrs_sandbox`: serve the embedded Nmbrs on a loopback port."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.nmbrs.sandbox.serving import add_arguments, serve


class Command(BaseCommand):
    """Serves until it is told to stop; exit code 0 then."""

    help = "Serve an embedded Nmbrs: a generated firm behind the real SOAP wire, on a loopback port."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The options of the embedded Nmbrs."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve. Raises CommandError when the port is taken."""
        try:
            serve(options)
        except OSError as error:
            raise CommandError(f"Port {options['port']} cannot be used: {error.strerror}.") from error
