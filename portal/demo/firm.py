"""Making the demo firm: its connection to the embedded Nmbrs and its people. Repeating it changes nothing."""

from portal.accounts.models import Firm
from portal.accounts.people import appoint_accountant, appoint_administrator
from portal.accounts.roles import Role
from portal.connections.models import Connection, EnvironmentKind
from portal.connections.setup import Credentials, keep, try_credentials
from portal.debtors.models import Debtor
from portal.demo.personas import FIRM, PERSONAS

USER, TOKEN, DOMAIN = "api@demo.example", "demo-token", "demo"


def connect_firm(host: str) -> Connection:
    """The demo firm, connected to the embedded Nmbrs at `host`. Raises a SourceError when that does not answer."""
    firm, _ = Firm.objects.get_or_create(name=FIRM)
    credentials = Credentials(host, USER, TOKEN, DOMAIN)
    tried = try_credentials(credentials)
    return keep(firm, credentials, tried.domain, EnvironmentKind.ACCOUNTANT)


def appoint_personas(firm: Firm) -> None:
    """Give the personas their roles. The accountant gets two of every three debtors: a visitor sees a scope at work."""
    debtors = Debtor.objects.filter(environment__firm=firm).order_by("remote_id")
    assigned = [debtor for place, debtor in enumerate(debtors) if place % 3 != 2]
    for persona in PERSONAS:
        if persona.role == Role.ADMINISTRATOR:
            appoint_administrator(firm, persona.email, persona.name, None)
        else:
            appoint_accountant(firm, persona.email, persona.name, assigned)
