"""The world is made once for tests that follow one another; what a test writes is rolled back."""

import logging
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import time_machine
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from tests.access.browser import undone
from tests.access.world import World, build
from tests.conftest import NOON


@contextmanager
def made(blocker: DjangoDbBlocker, folder: Path, *, crowd: bool) -> Iterator[World]:
    """The world while the block lasts, in a transaction that is rolled back."""
    with (
        blocker.unblock(),
        # The clock stands still: sign-ins stay fresh, and two answers that say the same are the same.
        time_machine.travel(NOON, tick=False),
        override_settings(VAR_DIR=folder, PORTAL_URL="https://portal.example", SIGN_ON_ISSUERS=["http://127.0.0.1"]),
        undone(),
    ):
        # Thousands of refusals are meant here; each with its traceback would be most of the time.
        refusals = logging.getLogger("django.request")
        before = refusals.level
        refusals.setLevel(logging.CRITICAL)
        try:
            yield build(crowd=crowd)
        finally:
            refusals.setLevel(before)


class Kept:
    """The world that is there now: it outlives a module, for making it takes as long as hundreds of pages."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._crowd: bool | None = None
        self._world = World()

    def get(self, blocker: DjangoDbBlocker, factory: pytest.TempPathFactory, *, crowd: bool) -> World:
        """The world, made if it is not there. One at a time: the other one goes first."""
        if self._crowd is not crowd:
            self.close()
            self._world = self._stack.enter_context(made(blocker, factory.mktemp("var"), crowd=crowd))
            self._crowd = crowd
        return self._world

    def close(self) -> None:
        """Undo it, if there is one."""
        self._crowd = None
        self._stack.close()


KEPT = Kept()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """No test of another folder meets the world."""
    yield
    if nextitem is not None and Path(__file__).parent not in nextitem.path.parents:
        KEPT.close()


@pytest.fixture(scope="session")
def kept(django_db_setup: None) -> Iterator[Kept]:
    """Undone before the database goes."""
    yield KEPT
    KEPT.close()


@pytest.fixture(scope="module")
def shared_world(kept: Kept, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Six clients and twelve people."""
    return kept.get(django_db_blocker, tmp_path_factory, crowd=False)


@pytest.fixture(scope="module")
def shared_crowd(kept: Kept, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Twelve clients and twelve people."""
    return kept.get(django_db_blocker, tmp_path_factory, crowd=True)


@pytest.fixture
def world(shared_world: World, db: None) -> World:
    """The world; what the test writes is rolled back."""
    return shared_world


@pytest.fixture
def crowd(shared_crowd: World, db: None) -> World:
    """The larger world; what the test writes is rolled back."""
    return shared_crowd
