"""A firm with every kind of record read, once for the tests that only read; a small one for those that change it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from tests import golden
from tests.conftest import NOON, Connected
from tests.sync.conftest import no_waiting

if TYPE_CHECKING:
    from portal.nmbrs.sandbox import Sandbox

__all__ = ["no_waiting"]


def connect(sandbox: "Sandbox", name: str) -> Connected:
    """A firm whose environment reads from `sandbox`, with every sensitive kind switched on."""
    from portal.accounts.models import Firm
    from portal.connections.models import Connection, Environment
    from portal.mirror.opt_ins import choose
    from portal.mirror.resource import OptIn

    firm = Firm.objects.create(name=name)
    environment = Environment.objects.create(firm=firm, domain="demo")
    way_in = Connection.objects.create(
        environment=environment, host=sandbox.url, user="api@demo.example", token="demo-token", ceiling=145
    )
    for kind in OptIn:
        choose(environment.pk, kind, on=True, reason="test")
    return Connected(sandbox, firm, environment, way_in)


def read_everything(connected: Connected) -> None:
    """The fast lane, then the slow lane of everybody."""
    from portal.sync.models import ROTATION
    from portal.sync.service import sync_now

    for plan in (sync_now(connected.environment), sync_now(connected.environment, resource=ROTATION)):
        assert set(plan.runs.values_list("status", flat=True)) == {"succeeded"}


def whole_database() -> str:
    """Every value of every table as text, and what is encrypted in clear beside it."""
    from portal.employees.models import AccountOfEmployee
    from portal.mirror.models import Quarantine

    found: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- names of tables
            found += [str(value) for row in cursor.fetchall() for value in row]
    for model in (AccountOfEmployee, Quarantine):
        found += [str(values) for values in model._base_manager.values_list()]
    return "\n".join(found)


def planted(sandbox: "Sandbox") -> set[str]:
    """Every BSN that the embedded Nmbrs has."""
    return {info.bsn for person in sandbox.firm.people() for info in person.personal_infos if info.bsn}


@pytest.fixture(scope="module")
def whole(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connected]:
    """A firm with everything read; each test's own writes are rolled back."""
    from portal.nmbrs.sandbox import Sandbox

    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOON, tick=True),
        Sandbox(debtors=2, companies=1, employees=16, seed=7, today=NOON.date()) as sandbox,
        override_settings(NMBRS_HOSTS=[sandbox.url], VAR_DIR=tmp_path_factory.mktemp("var")),
    ):
        connected = connect(sandbox, "Kantoor Compleet")
        golden.once("whole", connected.environment, lambda: read_everything(connected))
        yield connected
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def small(settings: Settings, db: None) -> Iterator[Connected]:
    """One company of five people, nothing read yet."""
    from portal.nmbrs.sandbox import Sandbox

    with (
        time_machine.travel(NOON, tick=True),
        Sandbox(debtors=1, companies=1, employees=5, seed=7, today=NOON.date()) as running,
    ):
        settings.NMBRS_HOSTS = [running.url]
        yield connect(running, "Kantoor Klein")
