"""`manage.py create_administrator --firm "Kantoor Jansen" --email a@b.nl --name "Anke de Boer"`."""

import secrets
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from portal.accounts.firm_option import add_firm_option, chosen_firm
from portal.accounts.people import appoint_administrator, somebody
from portal.audit.actors import acting, command


class Command(BaseCommand):
    """Gives a firm an administrator. The password never appears among the arguments of a process."""

    help = "Make somebody an administrator of a firm; makes their account when there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_firm_option(parser)
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--generate", action="store_true", help="make a password and show it once")

    def handle(self, *args: Any, **options: Any) -> None:
        firm = chosen_firm(options["firm"])
        email = options["email"].strip()
        password = ""
        try:
            validate_email(email)
            known = somebody(email)
            if known is not None and not known.is_active:
                raise CommandError(
                    "This account is closed. Whoever closed it opens it under People and access, or invites the person."
                )
            if known is None:
                password = secrets.token_urlsafe(18) if options["generate"] else self._ask()
            with acting(command("create_administrator")):
                appointed = appoint_administrator(firm, email, options["name"], password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user = appointed.user
        if not appointed.created:
            self.stdout.write(f'{user.name} had an account and is now an administrator of "{firm}"; same password.')
            return
        self.stdout.write(f'{user.name} can sign in as {user.email} and is an administrator of "{firm}".')
        if options["generate"]:
            self.stdout.write(f"Password, shown this once: {password}")

    def _ask(self) -> str:
        password = getpass("Password (at least 12 characters): ")
        if getpass("The same again: ") != password:
            raise CommandError("The two passwords differ. Nothing was changed.")
        return password
