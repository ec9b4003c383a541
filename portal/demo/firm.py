"""Making the demo firm: its connection to the embedded Nmbrs and its people. Repeating it changes nothing."""

from portal.accounts.models import Firm, User
from portal.accounts.people import appoint
from portal.accounts.roles import Role
from portal.companies.models import Company
from portal.connections.models import Connection, EnvironmentKind
from portal.connections.setup import Credentials, keep, try_credentials
from portal.deadlines import arranging
from portal.deadlines.models import Arrangement
from portal.deadlines.rules import PayRule
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
    """Give the personas their roles, over the clients that show a scope at work.

    The accountant gets two of every three clients and the assistant every third; the people of a client get the first
    client, and its user only what is switched on.
    """
    debtors = list(Debtor.objects.filter(environment__firm=firm).order_by("remote_id"))
    assigned = {
        Role.ACCOUNTANT: [debtor for place, debtor in enumerate(debtors) if place % 3 != 2],
        Role.ASSISTANT: debtors[::3],
        Role.CLIENT_ADMINISTRATOR: debtors[:1],
        Role.CLIENT_USER: debtors[:1],
    }
    people = {
        persona.role: appoint(firm, persona.role, persona.email, persona.name, debtors=assigned.get(persona.role)).user
        for persona in PERSONAS
    }
    _share_out(firm, debtors, people)


def _share_out(firm: Firm, debtors: list[Debtor], people: dict[Role, User]) -> None:
    """Most companies have somebody who sees to them, and half of the clients agreed on a pay day; once."""
    if not debtors or Arrangement.objects.filter(company__environment__firm=firm).exists():
        return

    def companies(of: list[Debtor]) -> list[int]:
        return list(Company.objects.filter(debtor__in=of).values_list("pk", flat=True))

    by = people[Role.ADMINISTRATOR]
    arranging.assign(by, companies(debtors), people[Role.ACCOUNTANT])
    arranging.assign(by, companies(debtors[::6]), people[Role.ASSISTANT])
    arranging.set_terms(by, companies(debtors[::2]), arranging.Terms(pay=(PayRule.DAY_OF_MONTH, 25)))
