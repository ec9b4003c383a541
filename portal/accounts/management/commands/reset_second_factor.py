"""`manage.py reset_second_factor --email a@b.nl`: for a lost phone that no single administrator may see to."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.people import somebody
from portal.accounts.rights import SYSTEM
from portal.accounts.signin.lost_device import reset_second_factor
from portal.audit.actors import acting, command


class Command(BaseCommand):
    """Takes the second step of somebody away; who they are was found out by whoever types this."""

    help = "Remove the second step of somebody who lost the device, also of who works for several firms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        user = somebody(options["email"])
        if user is None:
            raise CommandError("There is no account with this address.")
        with acting(command("reset_second_factor")):
            told = reset_second_factor(user, SYSTEM)
        self.stdout.write(f"{user.name} sets up a new second step at the next sign-in. Every session has ended.")
        if not told:
            self.stdout.write("The mail that tells them could not be sent. Tell them yourself.")
