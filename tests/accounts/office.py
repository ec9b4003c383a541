"""Two offices with clients, companies and a person in each, for the tests of rights."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.test import RequestFactory

from portal.accounts.models import Firm, Membership, Team, TeamMember, User
from portal.accounts.prepared import Prepared
from portal.accounts.roles import Capability, Role
from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor, DebtorTag
from portal.employees.models import Employee
from tests.factories import make_company, make_debtor, make_environment, make_person, mirrored


@dataclass
class Client:
    """A client with one company and one person."""

    debtor: Debtor
    company: Company
    person: Employee


@dataclass
class Office:
    """A firm with its environment, its clients by name, and an administrator."""

    firm: Firm
    environment: Environment
    clients: dict[str, Client]
    administrator: User


def make_office(name: str, clients: str) -> Office:
    """A firm called `name` with a client for each letter of `clients`."""
    firm = Firm.objects.create(name=name)
    environment = make_environment(firm, name)
    administrator = somebody_new(f"administrator-{name}")
    Membership.objects.create(user=administrator, firm=firm, role=Role.ADMINISTRATOR)
    made = {}
    for letter in clients:
        debtor = make_debtor(environment, letter)
        company = make_company(debtor, f"company {letter}")
        made[letter] = Client(debtor, company, make_person(company, f"person {letter}"))
    return Office(firm, environment, made, administrator)


def somebody_new(name: str, **fields: Any) -> User:
    """A person without any place, with an address made of the name."""
    return User.objects.create_user(f"{name}@people.example", name, **fields)


def tagged(client: Client, text: str) -> DebtorTag:
    """Put a tag on a client, as a sync would have found it."""
    return mirrored(
        DebtorTag, client.debtor.environment, debtor=client.debtor, number=1, text=text, valid_from=date(2026, 1, 1)
    )


def seen_clients(user: User, capability: Capability = Capability.VIEW) -> set[str]:
    """The names of the clients that the person sees; asked anew."""
    return clients_seen_by(User.objects.get(pk=user.pk), capability)


def clients_seen_by(fresh: User, capability: Capability) -> set[str]:
    """The same for somebody who was just read."""
    return _seen(Debtor, fresh, capability)


def seen_companies(user: User, capability: Capability = Capability.VIEW) -> set[str]:
    """The names of the companies that the person sees; asked anew."""
    return _seen(Company, User.objects.get(pk=user.pk), capability)


def _seen(model: type[Any], fresh: User, capability: Capability) -> set[str]:
    seen = set(_names(fresh, model, capability).values_list("name", flat=True))
    # What is put together once for all shows everybody the same.
    assert {name for (name,) in names(fresh, model=model, capability=capability)} == seen
    return seen


def _names(user: Any, model: type[Any], capability: Capability) -> Any:
    return model.everything.visible_to(user, capability).values_list("name")


@Prepared
def names(user: Any, *, model: type[Any], capability: Capability) -> Any:
    """The names of rows, as a question that is put together once."""
    return _names(user, model, capability)


def give(user: User, office: Office, role: Role, client: str = "", company: str = "", **term) -> Membership:
    return Membership.objects.create(
        user=user,
        firm=office.firm,
        role=role,
        debtor=office.clients[client].debtor if client else None,
        company=office.clients[company].company if company else None,
        **term,
    )


def team_of(office: Office, *people: User, role: Role = Role.ACCOUNTANT) -> Team:
    team = Team.objects.create(firm=office.firm, name=f"team {Team.objects.count()}")
    for user in people:
        TeamMember.objects.create(team=team, user=user, role=role)
    return team


def asked_by(user: User) -> HttpRequest:
    """A request of somebody, for parts of pages that are asked directly."""
    request = RequestFactory().get("/")
    request.user = user
    return request
