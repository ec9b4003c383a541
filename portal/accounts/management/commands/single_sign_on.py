"""`manage.py single_sign_on --issuer URL --client-id ID --domain jansen.example`: a firm's own way to sign in."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.firm_option import add_firm_option, chosen_firm
from portal.accounts.models import SingleSignOn
from portal.accounts.sign_on_setup import domains_in, keep, take_away
from portal.accounts.signin.adapter import at_portal_url
from portal.accounts.single_sign_on import callback_path
from portal.audit.actors import command


class Command(BaseCommand):
    """Stores a firm's identity provider; the client secret is asked for and never an option."""

    help = "Let the people of a firm sign in with Microsoft Entra ID, Google or another OpenID Connect provider."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_firm_option(parser)
        parser.add_argument("--issuer", default="", help="https://login.microsoftonline.com/TENANT/v2.0, say")
        parser.add_argument("--client-id", default="")
        parser.add_argument("--domain", action="append", default=[], help="e-mail domain; may be given several times")
        parser.add_argument("--secret-stdin", action="store_true", help="read the client secret from standard input")
        parser.add_argument("--remove", action="store_true", help="passwords only again")

    def handle(self, *args: Any, **options: Any) -> None:
        firm = chosen_firm(options["firm"])
        if options["remove"]:
            take_away(firm, actor=command("single_sign_on"))
            self.stdout.write(f'"{firm}" signs in with passwords only.')
            return
        single = SingleSignOn.objects.filter(firm=firm).first() or SingleSignOn(firm=firm)
        single.issuer = options["issuer"].rstrip("/")
        single.client_id = options["client_id"]
        single.domains = domains_in(" ".join(options["domain"]))
        secret = sys.stdin.readline() if options["secret_stdin"] else getpass("Client secret: ")
        single.client_secret = secret.strip()
        try:
            single.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        keep(single, actor=command("single_sign_on"))
        self.stdout.write(
            f'People of "{firm}" with an address at {", ".join(single.domains)} can sign in there; the second step '
            f"stays here.\nRegister this redirect address at the provider: {at_portal_url(callback_path(single))}"
        )
