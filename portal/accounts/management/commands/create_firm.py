"""`manage.py create_firm "Kantoor Jansen"`."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.models import Firm
from portal.audit.actors import command
from portal.audit.kinds import Kind
from portal.audit.recording import record


class Command(BaseCommand):
    """Adds a firm: the first step on a new installation."""

    help = "Add a firm."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name of the office, as its people know it")

    def handle(self, *args: Any, **options: Any) -> None:
        firm = Firm(name=options["name"].strip())
        try:
            firm.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        with transaction.atomic():
            firm.save()
            record(Kind.FIRM_ADDED, firm, actor=command("create_firm"))
        self.stdout.write(f'Firm "{firm.name}" is there. Next: manage.py create_administrator, then manage.py connect.')
