"""`manage.py connect --firm "Kantoor Jansen"`: the first connection to Nmbrs, or a new token for one."""

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.accounts.firm_option import add_firm_option, chosen_firm
from portal.audit.actors import acting, command
from portal.connections.models import EnvironmentKind, host_allowed
from portal.connections.setup import Credentials, Tried, keep, try_credentials
from portal.source import SourceError

TOKEN_VARIABLE = "NMBRS_TOKEN"  # noqa: S105 - the name of a variable

#: What went wrong and what to do, per SourceError.kind.
WORDS = {
    "credentials": "Nmbrs does not accept this user, token and domain together. Check all three; the token is under "
    "My account > API in Nmbrs.",
    "disabled": "Nmbrs has disabled this environment or its subscription has ended.",
    "unavailable": "Nmbrs could not be reached. Check the network of this machine and try again later.",
    "host": "This address is not one of NMBRS_HOSTS in the settings, or it sends callers elsewhere.",
    "not_permitted": "Nmbrs knows this user, but does not allow it to use the API. Ask the owner of the user.",
}


class Command(BaseCommand):
    """Asks for the credentials of an API user, tries them, says what they open, and stores the token encrypted."""

    help = (
        "Connect a firm to Nmbrs. What is not given as an option is asked for. The token is never an option: it is "
        f"asked for, or read from standard input (--token-stdin) or from the variable {TOKEN_VARIABLE}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_firm_option(parser)
        parser.add_argument("--host", default="", help="one of NMBRS_HOSTS")
        parser.add_argument("--user", default="", help="e-mail address of the API user in Nmbrs")
        parser.add_argument("--domain", default="", help="the first part of the address of Nmbrs: DOMAIN.nmbrs.nl")
        parser.add_argument("--kind", choices=EnvironmentKind.values, default=EnvironmentKind.ACCOUNTANT.value)
        parser.add_argument("--token-stdin", action="store_true", help="read the token from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        firm = chosen_firm(options["firm"])
        credentials = self._credentials(options)
        try:
            tried = try_credentials(credentials)
        except SourceError as error:
            code = f" (code {error.code})" if error.code else ""
            said = WORDS.get(error.kind, f"The test call failed: {error}.")
            raise CommandError(f"{said}{code} Nothing was stored.") from None
        with acting(command("connect")):
            connection = keep(firm, credentials, tried.domain, EnvironmentKind(options["kind"]))
        self._say(tried, credentials.user)
        self.stdout.write(
            f'"{firm}" is connected to {connection.environment.domain} at {connection.host}; the token is stored '
            "encrypted.\nNext: manage.py sync"
        )

    def _credentials(self, options: dict[str, Any]) -> Credentials:
        """The credentials from options, standard input, environment or questions. The host is checked at once."""
        hosts: list[str] = settings.NMBRS_HOSTS
        host = options["host"] or (
            hosts[0] if len(hosts) == 1 else self._ask(f"Address ({', '.join(hosts)})", hosts[0])
        )
        if not host_allowed(host, hosts):
            raise CommandError(f"This address is not one of NMBRS_HOSTS: {', '.join(hosts)}. Nothing was sent.")
        user = options["user"] or self._ask("API user (e-mail address)")
        token = self._token(options["token_stdin"])
        domain = options["domain"] or self._ask("Domain, empty for the one that Nmbrs names", "", optional=True)
        return Credentials(host.rstrip("/"), user, token, domain)

    def _token(self, from_stdin: bool) -> str:
        if from_stdin:
            token = sys.stdin.readline()
        elif os.environ.get(TOKEN_VARIABLE):
            token = os.environ[TOKEN_VARIABLE]
        elif sys.stdin.isatty():
            token = getpass("API token (not shown): ")
        else:
            raise CommandError(f"Give the token on standard input with --token-stdin, or in {TOKEN_VARIABLE}.")
        if not token.strip():
            raise CommandError("The token is empty.")
        return token.strip()

    def _ask(self, question: str, default: str = "", *, optional: bool = False) -> str:
        if not sys.stdin.isatty():
            if optional or default:
                return default
            raise CommandError(f"{question} is missing, and there is nobody to ask: give it as an option.")
        answer = input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
        if not answer and not optional:
            raise CommandError(f"{question} is needed.")
        return answer

    def _say(self, tried: Tried, user: str) -> None:
        self.stdout.write(f"Nmbrs knows {user} in the environment {tried.named}.")
        for number, what in ((tried.reach.debtors, "debtors"), (tried.reach.companies, "companies")):
            if number is None:
                self.stdout.write(f"It may not list {what}: ask the owner of the API user to allow it in Nmbrs.")
            else:
                self.stdout.write(f"It may see {number} {what}.")
