"""The `--firm` option of management commands."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from portal.accounts.models import Firm


def add_firm_option(parser: ArgumentParser) -> None:
    """`--firm NAME`, which can be left out while there is one firm."""
    parser.add_argument("--firm", default="", help="name of the firm; may be left out when there is only one")


def chosen_firm(name: str) -> Firm:
    """The firm called `name`, or the only one. Raises CommandError saying which firms there are."""
    firms = list(Firm.objects.filter(name=name) if name else Firm.objects.all())
    if len(firms) == 1:
        return firms[0]
    names = ", ".join(f'"{firm}"' for firm in Firm.objects.all())
    if not names:
        raise CommandError('There is no firm yet. Add one: manage.py create_firm "NAME"')
    raise CommandError(
        f'There is no firm "{name}". There are: {names}.' if name else f"Name the firm: --firm. There are: {names}."
    )
