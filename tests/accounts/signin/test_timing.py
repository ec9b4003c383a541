"""Threat 22: how long a refusal takes does not tell whether an address has an account."""

from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time

import pytest
from django.core.cache import cache
from django.test import Client

from portal.accounts.models import User
from tests.accounts.signin.world import EMAIL, PASSWORD, password_step

pytestmark = pytest.mark.pages
MOST = 0.015


@pytest.fixture
def argon2(settings):
    """The portal's own hasher; the test suite has a cheap one."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def measured(times: int, clock: Callable[[], float], *names: str) -> dict[str, float]:
    """The median seconds of a refusal for each kind of address, asked in turn so that a busy machine hits all alike."""
    User.objects.create_user(EMAIL, "Known", PASSWORD)
    User.objects.create_user("gone@test.example", "Gone", PASSWORD, is_active=False)
    User.objects.create_user("never@test.example", "Without a password")
    addresses = {
        "known": EMAIL,
        "unknown": "nobody@test.example",
        "gone": "gone@test.example",
        "never": "never@test.example",
    }
    addresses = {name: addresses[name] for name in names or addresses}
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    client = Client()
    for _ in range(times):
        for name, email in addresses.items():
            cache.clear()
            start = clock()
            assert password_step(client, email, "a wrong password").status_code == 200
            taken[name].append(clock() - start)
    return {name: median(all_) for name, all_ in taken.items()}


def compare(times: int, clock: Callable[[], float], *names: str) -> None:
    medians = measured(times, clock, *names)
    print({name: f"{seconds * 1000:.1f} ms" for name, seconds in medians.items()})
    assert min(medians.values()) > 0.02
    assert max(medians.values()) - min(medians.values()) < MOST, medians


@pytest.mark.timeout(400)
def test_known_and_unknown_addresses_cost_as_much(db, argon2):
    """Processor time, which other tests on this machine do not stretch as they stretch the wall clock's."""
    compare(25, process_time, "known", "unknown")


@pytest.mark.long
@pytest.mark.timeout(900)
def test_known_and_unknown_addresses_take_as_long_over_two_hundred_tries(db, argon2):
    compare(200, perf_counter)
