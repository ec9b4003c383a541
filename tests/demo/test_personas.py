"""The personas of the demo: each sees its clients, the people of a client their own alone."""

import pytest

from portal.accounts.models import User
from portal.accounts.roles import Capability, Role
from portal.demo.firm import appoint_personas
from portal.demo.personas import PERSONAS
from tests.accounts.office import make_office, seen_clients

pytestmark = pytest.mark.pages


@pytest.fixture
def seen(db) -> dict[Role, set[str]]:
    office = make_office("demo", "abcdef")
    appoint_personas(office.firm)
    appoint_personas(office.firm)
    return {one.role: seen_clients(User.objects.get(email=one.email)) for one in PERSONAS}


def test_there_is_one_persona_for_each_role():
    assert [one.role for one in PERSONAS] == list(Role)


def test_each_persona_sees_the_clients_of_its_role(seen):
    assert seen[Role.ADMINISTRATOR] == seen[Role.AUDITOR] == set("abcdef")
    assert seen[Role.ACCOUNTANT] == set("abde")
    assert seen[Role.ASSISTANT] == set("ad")


def test_the_people_of_a_client_see_their_own_client_alone_and_its_user_no_wages(seen):
    assert seen[Role.CLIENT_ADMINISTRATOR] == seen[Role.CLIENT_USER] == {"a"}
    user = User.objects.get(email="tom@demo.example")
    assert seen_clients(user, Capability.VIEW_SALARIES) == set()
