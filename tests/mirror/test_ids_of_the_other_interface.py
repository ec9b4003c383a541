"""SOAP knows records by integers, REST by GUIDs: each kind says how its rows are recognised when SOAP ends."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.core.management import call_command
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from portal.accounts.models import Firm
from portal.companies.models import Company
from portal.connections.models import Connection, Environment
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.mirror.dating import Observed
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn, registry
from portal.nmbrs.sandbox import Sandbox
from portal.sync.models import ROTATION, Status
from portal.sync.service import sync_now
from tests.conftest import NOON, Connected

pytestmark = [pytest.mark.pages, pytest.mark.django_db, pytest.mark.timeout(300)]

CONVERTED = {Debtor, Company, Employee}


@pytest.fixture(scope="module")
def everything(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connected]:
    """Every kind of a small firm, both lanes and what is sensitive, shared by the tests of this module."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOON, tick=True),
        Sandbox(debtors=2, companies=1, employees=14, seed=7, today=date(2026, 11, 22)) as sandbox,
        override_settings(NMBRS_HOSTS=[sandbox.url], VAR_DIR=tmp_path_factory.mktemp("var")),
    ):
        firm = Firm.objects.create(name="Kantoor Alles")
        environment = Environment.objects.create(firm=firm, domain="demo")
        account = {"user": "api@demo.example", "token": "demo-token"}
        connection = Connection.objects.create(environment=environment, host=sandbox.url, ceiling=145, **account)
        for kind in OptIn:
            choose(environment.pk, kind, on=True)
        for resource in ("", ROTATION):
            plan = sync_now(environment, resource=resource)
            assert set(plan.runs.values_list("status", flat=True)) == {Status.SUCCEEDED}
        yield Connected(sandbox, firm, environment, connection)
        call_command("flush", interactive=False, verbosity=0)


def test_every_kind_is_recognised_by_a_guid_or_by_what_it_says_itself() -> None:
    by_number = {kind.name for kind in registry if "remote_id" in kind.natural_key}
    assert by_number == set()
    assert {kind.model for kind in registry if kind.natural_key == ("guid",)} == CONVERTED


@pytest.mark.parametrize("kind", [kind.name for kind in registry])
def test_what_a_kind_is_recognised_by_tells_all_of_its_rows_apart(everything: Connected, kind: str) -> None:
    resource = registry[kind]
    rows = resource.model.objects.all()
    if isinstance(resource.dating, Observed):
        # A value seen later takes the place of the one before it.
        rows = rows.filter(valid_until__isnull=True)
    found = Counter(rows.values_list(*resource.natural_key))
    assert found
    assert [known for known, count in found.items() if count > 1] == []
    if resource.model in CONVERTED:
        assert (None,) not in found
