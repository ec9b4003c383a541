"""A mirror that was filled over the wire: once a module for tests that only read, fresh for those that change it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stamina
import time_machine
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from tests import golden
from tests.conftest import NOON, Connected

if TYPE_CHECKING:
    from portal.nmbrs.sandbox import Sandbox


@pytest.fixture(scope="module", autouse=True)
def no_waiting() -> Iterator[None]:
    """Retries stay, their pauses do not."""
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture(scope="module")
def filled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connected]:
    """A firm after its first sync, shared by the tests of a module; each test's own writes are rolled back."""
    from portal.nmbrs.sandbox import Sandbox

    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOON, tick=True),
        Sandbox(debtors=3, employees=14, seed=7, today=NOON.date()) as sandbox,
        override_settings(NMBRS_HOSTS=[sandbox.url], VAR_DIR=tmp_path_factory.mktemp("var")),
    ):
        yield first_sync(sandbox.url, sandbox)
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def sandbox(settings: Settings) -> Iterator["Sandbox"]:
    """Two clients with a company each: enough for tests that change things, and quickly read."""
    from portal.nmbrs.sandbox import Sandbox

    with (
        time_machine.travel(NOON, tick=True),
        Sandbox(debtors=2, companies=1, employees=10, seed=7, today=NOON.date()) as running,
    ):
        settings.NMBRS_HOSTS = [running.url]
        yield running


@pytest.fixture
def mirrored(connected: Connected) -> Connected:
    """A small firm after its first sync, for one test that changes things."""
    golden.once("two clients", connected.environment, lambda: everything_succeeds(connected.environment))
    return connected


def everything_succeeds(environment: object) -> None:
    """Sync the fast lane; every run must end well."""
    from portal.sync.service import sync_now

    plan = sync_now(environment)  # type: ignore[arg-type]
    assert set(plan.runs.values_list("status", flat=True)) == {"succeeded"}


def first_sync(url: str, sandbox: object) -> Connected:
    """Make a firm with a connection to `url` and sync it."""
    from portal.accounts.models import Firm
    from portal.connections.models import Connection, Environment

    firm = Firm.objects.create(name="Kantoor Gevuld")
    environment = Environment.objects.create(firm=firm, domain="demo")
    connection = Connection.objects.create(
        environment=environment, host=url, user="api@demo.example", token="demo-token", ceiling=145
    )
    assert Path(django_settings.VAR_DIR).is_dir()
    golden.once("three clients", environment, lambda: everything_succeeds(environment))
    return Connected(sandbox, firm, environment, connection)  # type: ignore[arg-type]
