"""A firm filled from an embedded Nmbrs once a module, its answers kept as bytes, and a server that gives them back."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import stamina
import time_machine
from django.core.management import call_command
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn
from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER, Sandbox
from portal.nmbrs.soap import Retry, SoapSource
from tests.conftest import NOON
from tests.mirror.fuzz.captured import Captured, capture
from tests.mirror.fuzz.replay import Replay


class NoLimit:
    """A budget without a limit: these calls reach nobody."""

    def acquire(self) -> float:
        """Go on."""
        return 0.0

    def observe(self, latency: float, kind: str = "") -> None:
        """Nothing to learn."""


@dataclass(frozen=True)
class Firm:
    """Answers by the name of their kind, the server that gives them back, and a source that reads from it."""

    answers: dict[str, Captured]
    replay: Replay
    source: SoapSource


def make_source(url: str, folder: Path) -> SoapSource:
    """A source that tries once."""
    return SoapSource(
        host=url,
        user=USER,
        token=TOKEN,
        domain=DOMAIN,
        budget=NoLimit(),
        allowed_hosts=[url],
        wsdl_folder=folder,
        retry=Retry(attempts=1),
    )


@pytest.fixture(scope="module")
def firm_of_answers(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firm]:
    """One firm for all tests of a module; what a test writes is rolled back."""
    from portal.accounts.models import Firm as Office
    from portal.connections.models import Environment

    folder = tmp_path_factory.mktemp("wsdl")
    replay = Replay()
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOON, tick=True),
        stamina.set_testing(True, attempts=1),
        Sandbox(debtors=1, companies=1, employees=12, seed=7, today=NOON.date()) as sandbox,
        override_settings(VAR_DIR=tmp_path_factory.mktemp("var")),
    ):
        sandbox.tasks.enqueued_polls = 0
        environment = Environment.objects.create(firm=Office.objects.create(name="Kantoor"), domain=DOMAIN)
        for kind in OptIn:
            choose(environment.pk, kind, on=True, reason="test")
        real, replayed = make_source(sandbox.url, folder / "real"), make_source(replay.url, folder / "replayed")
        yield Firm(capture(environment, real), replay, replayed)
        real.close()
        replayed.close()
        call_command("flush", interactive=False, verbosity=0)
    replay.close()
