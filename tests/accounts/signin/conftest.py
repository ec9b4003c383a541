"""A clock that the tests of sessions and limits turn."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from tests.conftest import NOON


class Clock:
    """Seconds after noon."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def move_to(self, seconds: float) -> None:
        self._traveller.move_to(NOON + timedelta(seconds=seconds), tick=False)


@pytest.fixture
def time_machine_at() -> Callable[[float], AbstractContextManager[Clock]]:
    """`with time_machine_at(0) as clock:` begins that many seconds after noon; `clock.move_to(90)` goes on."""

    @contextmanager
    def begin(seconds: float) -> Iterator[Clock]:
        with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False) as traveller:
            yield Clock(traveller)

    return begin


@pytest.fixture
def clock(time_machine_at: Callable[[float], AbstractContextManager[Clock]]) -> Iterator[Clock]:
    """A clock that stands still at noon until it is moved."""
    with time_machine_at(0) as clock:
        yield clock


@pytest.fixture(autouse=True)
def no_counts_of_other_tests(db: None) -> None:
    """A test whose transactions are real leaves its failed tries in the shared cache."""
    cache.clear()
