"""An office with two clients and a stranger's client, with syncs of each; people who may see some of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from portal.accounts.models import Firm, User
from portal.companies.models import Company
from portal.connections.models import Connection, Environment, Health
from portal.debtors.models import Debtor
from portal.nmbrs.sandbox import Sandbox
from portal.sync import plans
from portal.sync.models import SyncPlan, Trigger
from portal.sync.service import sync_now
from tests import golden
from tests.conftest import Connected
from tests.factories import make_company, make_debtor, make_environment


@dataclass
class Office:
    """Client `a` is the accountant's, client `b` is not; `other` belongs to another firm."""

    firm: Firm
    environment: Environment
    a: Debtor
    b: Debtor
    company: Company
    other_firm: Firm
    other: Debtor


def words(response: HttpResponse) -> str:
    """What a page says: its text without markup and with its white space folded."""
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def connect(environment: Environment, **fields: object) -> Connection:
    """A connection that nobody calls."""
    values = {"host": "http://127.0.0.1:9", "user": "api-user@test.example", "token": "secret-token", **fields}
    return Connection.objects.create(environment=environment, **values)


@pytest.fixture
def office(firm: Firm) -> Office:
    environment = make_environment(firm)
    connect(environment, health=Health.WORKING)
    a = make_debtor(environment, "Aardbeien BV", number="10")
    b = make_debtor(environment, "Bramen BV", number="20")
    make_company(b, "Bramen Winkel BV")
    other_firm = Firm.objects.create(name="Ander Kantoor")
    foreign = make_environment(other_firm, "elders")
    connect(foreign)
    other = make_debtor(foreign, "Citroenen BV")
    make_company(other, "Citroenen Winkel BV")
    return Office(firm, environment, a, b, make_company(a, "Aardbeien Winkel BV"), other_firm, other)


@pytest.fixture
def signed_in() -> Callable[[User | None], Client]:
    """`signed_in(user)`: a browser in which the person is signed in, in English; None: nobody is."""

    def sign_in(user: User | None) -> Client:
        client = Client()
        if user is not None:
            user.language = "en"
            user.save()
            client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def planned() -> Callable[..., SyncPlan]:
    """`planned(target)`: a sync that was asked for and that no worker has begun."""

    def plan(target: Environment | Debtor | Company, resource: str = "", by: User | None = None) -> SyncPlan:
        return plans.start(target, trigger=Trigger.PERSON, requested_by=by, resource=resource)

    return plan


@pytest.fixture
def queued(db: None) -> Callable[[], list[tuple[str, tuple[int, ...]]]]:
    """`queued()`: what the workers were woken for, as name and arguments."""
    from django_q.models import OrmQ

    def read() -> list[tuple[str, tuple[int, ...]]]:
        tasks = [entry.task for entry in OrmQ.objects.order_by("pk")]
        return [(task["func"], tuple(task["args"])) for task in tasks]

    return read


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[Sandbox]:
    """An embedded Nmbrs with two clients of one company each: what is shown needs no more."""
    with Sandbox(debtors=2, companies=1, employees=8, seed=7, today=date(2026, 11, 22)) as running:
        settings.NMBRS_HOSTS = [running.url]
        yield running


@pytest.fixture
def synced(connected: Connected) -> Connected:
    """The firm of that Nmbrs after its first sync."""
    golden.once("shown", connected.environment, lambda: sync_now(connected.environment))
    return connected
