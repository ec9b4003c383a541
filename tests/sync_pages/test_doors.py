"""What the pages of syncs are made of: of clients that one sees, for who may see how their data is kept."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.clock import now
from portal.connections.models import Connection, Health
from portal.debtors.models import Debtor
from portal.mirror.models import Freshness, State
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
from portal.sync import environments, figures, problems
from portal.sync.administration import OptInView
from portal.sync.models import Status, SyncPlan, SyncRun, Trigger
from portal.sync.views import _attention, _plans
from tests.accounts.office import Office, asked_by, give, make_office, somebody_new
from tests.factories import fetched, make_salary
from tests.sync_pages.conftest import words

pytestmark = pytest.mark.pages

SignIn = Callable[[User], Client]


def swept(office: Office, debtor: Debtor, calls: int) -> SyncPlan:
    """A sync of a client that is under way and left a record out."""
    own = {"environment": office.environment, "debtor": debtor, "scope_key": f"debtor:{debtor.pk}"}
    plan = SyncPlan.objects.create(**own, trigger=Trigger.PERSON)
    run = SyncRun.objects.create(
        **own,
        resource="managers",
        trigger=Trigger.PERSON,
        status=Status.SUCCEEDED,
        finished=now(),
        calls=calls,
        quarantined=1,
        error_detail="last_name: 1",
    )
    run.plans.add(plan)
    return plan


@pytest.fixture
def office(db: None) -> Office:
    """An office with syncs of two clients, of which the first has an answer that waits for a decision."""
    made = make_office("one", "ab")
    Connection.objects.create(
        environment=made.environment, host="http://127.0.0.1:9", user="api", token="kept", health=Health.WORKING
    )
    choose(made.environment.pk, OptIn.CHILDREN, on=True, reason="asked")
    for client, calls in zip(made.clients.values(), (3, 4), strict=True):
        swept(made, client.debtor, calls)
    a = made.clients["a"]
    salary = make_salary(a.person, "3000", date(2026, 1, 1))
    fetched(a.company, "salaries", at=now(), state=State.HELD, held_digest=b"held", held_rows=[salary.pk])
    fetched(a.debtor, "managers", at=now(), quarantined=1)
    return made


@pytest.fixture
def auditor(office: Office) -> User:
    """Who sees the whole office and decides nothing."""
    user = somebody_new("auditor")
    give(user, office, Role.AUDITOR)
    return user


@pytest.fixture
def both(office: Office) -> User:
    """Who works for client b, and at client a is one of its people."""
    user = somebody_new("both")
    give(user, office, Role.ACCOUNTANT, "b")
    give(user, office, Role.CLIENT_USER, "a")
    return user


def told(office: Office, user: User) -> dict[str, object]:
    """What each part finds for somebody, about client a and the environment."""
    debtor = office.clients["a"].debtor
    plan = SyncPlan.objects.get(debtor=debtor)
    left_out = problems.Groups(problems.with_problem(Freshness.objects.filter(debtor=debtor, quarantined__gt=0)))[:]
    problems.add_facts(user, left_out)
    held = Freshness.objects.get(state=State.HELD)
    view = OptInView()
    view.setup(asked_by(user))
    view.object = office.environment
    return {
        "environments": [card.domain for card in environments.cards(user) if card.domain == "one"],
        "connections": [card.connection for card in environments.cards(user) if card.connection],
        "calls": environments._calls(user).get(office.environment.pk, 0),
        "figures": figures.of_plans(user, [plan.pk]),
        "figures by kind": figures.of_resources(user, plan),
        "what waits": problems.holds(user),
        "what would go": problems._names(user, [held]).get(held.pk),
        "why records were left out": [group.facts for group in left_out if group.facts],
        "syncs": [one for one in _plans(user) if one.debtor_id == debtor.pk],
        "what needs attention": list(_attention(user, plan)),
        "sensitive kinds": view._kept(),
    }


def test_an_administrator_sees_everything_that_there_is(office: Office) -> None:
    found = told(office, office.administrator)
    assert [name for name, one in found.items() if not one] == []
    assert found["calls"] == 7
    assert found["what would go"] == ("person a",)


def test_an_administrator_of_another_office_sees_nothing_of_it(office: Office, stranger: User) -> None:
    assert [name for name, one in told(office, stranger).items() if one] == []


def test_an_auditor_sees_everything_and_neither_decides_nor_sets_anything(office: Office, auditor: User) -> None:
    found = told(office, auditor)
    assert [name for name, one in found.items() if not one] == ["connections", "what waits", "sensitive kinds"]


@pytest.mark.parametrize("page", ["sync:settings", "sync:opt_ins"])
def test_settings_of_an_environment_are_shown_to_who_sets_them(
    office: Office, auditor: User, signed_in: SignIn, page: str
) -> None:
    address = reverse(page, args=[office.environment.pk])
    codes = [signed_in(user).get(address).status_code for user in (office.administrator, auditor)]
    assert codes == [200, 403]


def test_who_sees_a_client_without_working_for_it_learns_nothing_of_how_it_is_kept(office: Office, both: User) -> None:
    """Also when they work for another one."""
    found = told(office, both)
    assert found["calls"] == 4
    for name in ("syncs", "why records were left out", "what waits", "what would go"):
        assert not found[name], name


def test_an_environment_is_told_of_to_who_works_in_it(office: Office) -> None:
    user = somebody_new("of the client")
    give(user, office, Role.CLIENT_ADMINISTRATOR, "a")
    assert environments.cards(user) == []


def test_before_the_first_sync_nothing_is_up_to_date_whatever_others_have(
    office: Office, stranger: User, signed_in: SignIn
) -> None:
    page = words(signed_in(stranger).get(reverse("sync:overview")))
    assert "Not fetched from Nmbrs yet" in page
    assert "Everything is up to date" not in page
