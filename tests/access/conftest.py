"""The world is made once a module; what a test writes is rolled back."""

import logging
from collections.abc import Iterator

import pytest
import time_machine
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker

from tests.access.browser import undone
from tests.access.world import World, build
from tests.conftest import NOON


def _made(blocker: DjangoDbBlocker, folder: object, *, crowd: bool) -> Iterator[World]:
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
        yield build(crowd=crowd)
        refusals.setLevel(before)


@pytest.fixture(scope="module")
def shared_world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Six clients and twelve people."""
    yield from _made(django_db_blocker, tmp_path_factory.mktemp("var"), crowd=False)


@pytest.fixture(scope="module")
def shared_crowd(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Twelve clients and twelve people."""
    yield from _made(django_db_blocker, tmp_path_factory.mktemp("var"), crowd=True)


@pytest.fixture
def world(shared_world: World, db: None) -> World:
    """The world; what the test writes is rolled back."""
    return shared_world


@pytest.fixture
def crowd(shared_crowd: World, db: None) -> World:
    """The larger world; what the test writes is rolled back."""
    return shared_crowd
