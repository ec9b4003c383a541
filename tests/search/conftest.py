"""Two offices with clients whose names are hard to spell, and the index over them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from portal.search.finding import find
from portal.search.index import keeping
from portal.search.index.folding import asked
from tests.factories import make_company, make_debtor, make_environment, make_person

PEOPLE = (
    "Berg, A. van den", "Özdemir, H.", "Vries, J. de", "Jansen, P.", "Janssen, Q.", "Steenbergen, K.", "Łuczak, M.",
    "Müller-Straßburg, N.", "Hof, E. van 't", "D'Ancona, G.", "El Amrani, Y.", "Nguyễn, T.", "Bakker, B.",
)  # fmt: skip


@dataclass
class Office:
    """One firm with its clients by name."""

    firm: Firm
    clients: dict[str, Any] = field(default_factory=dict)
    companies: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)

    def client(self, name: str, number: str, *people: str) -> Any:
        """A client with one company of the same name and these people, numbered from 101 on."""
        environment = getattr(self, "_environment", None) or make_environment(self.firm, f"office-{self.firm.pk}")
        self._environment = environment
        debtor = self.clients[name] = make_debtor(environment, name, number=number)
        company = self.companies[name] = make_company(debtor, f"{name} B.V.", number=7)
        for place, person in enumerate(people):
            self.people[person] = make_person(company, person, number=101 + place)
        return debtor

    def member(self, role: Role, **place: Any) -> User:
        """Somebody with this role over the firm, a client or a company."""
        user = User.objects.create_user(f"{role}-{User.objects.count()}@search.example", "Somebody", language="en")
        Membership.objects.create(user=user, firm=self.firm, role=role, **place)
        return user


@pytest.fixture
def office(db: None) -> Office:
    """Our office: a bakery with everybody, and a garage with one person who has a name of their own."""
    made = Office(Firm.objects.create(name="Ours"))
    made.client("Bakkerij De Gouden Aar", "K-1001", *PEOPLE)
    made.client("Garage Hendriks", "2001", "Postma, W.")
    keeping.rebuild()
    return made


@pytest.fixture
def other_office(db: None) -> Office:
    """Another office, with a client and people of the same names."""
    made = Office(Firm.objects.create(name="Theirs"))
    made.client("Bakkerij De Gouden Aar", "K-1001", "Berg, A. van den", "Zonneveld, X.")
    keeping.rebuild()
    return made


@pytest.fixture
def boss(office: Office) -> User:
    """The administrator of our office."""
    return office.member(Role.ADMINISTRATOR)


def found_by(user: User, typed: str, most: int = 20) -> list[tuple[str, int]]:
    """Kind and primary key of what the person finds, in order."""
    return [(one.kind, one.target) for one in find(user, asked(typed), most)]


@pytest.fixture
def people_found(office: Office) -> Callable[[User, str], list[str]]:
    """`people_found(user, typed)`: the names of the people that are found, in order."""
    names = {("employee", person.pk): name for name, person in office.people.items()}

    def find_people(user: User, typed: str) -> list[str]:
        return [names.get(one, "of another office") for one in found_by(user, typed) if one[0] == "employee"]

    return find_people


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """`signed_in(user)`: a browser of theirs."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make
