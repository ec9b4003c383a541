"""Threat 22: how long a refusal takes does not tell whether an address has an account."""

from statistics import median
from time import perf_counter

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client

from portal.accounts.models import User
from tests.accounts.signin.world import EMAIL, PASSWORD, password_step

pytestmark = pytest.mark.pages
MOST = 0.015


ADDRESSES = {
    "known": EMAIL,
    "unknown": "nobody@test.example",
    "gone": "gone@test.example",
    "never": "never@test.example",
}


class Counting(Argon2PasswordHasher):
    """The portal's own hasher, which counts: nothing else in a refusal takes longer than a few milliseconds."""

    hashed = 0

    def encode(self, password, salt):
        Counting.hashed += 1
        return super().encode(password, salt)

    def verify(self, password, encoded):
        Counting.hashed += 1
        return super().verify(password, encoded)


@pytest.fixture
def people(db, settings):
    """A known address, one of somebody who left, one without a password; the test suite has a cheap hasher."""
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    User.objects.create_user(EMAIL, "Known", PASSWORD)
    User.objects.create_user(ADDRESSES["gone"], "Gone", PASSWORD, is_active=False)
    User.objects.create_user(ADDRESSES["never"], "Without a password")


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_refusal_hashes_a_password_once_whoever_was_named(people, client, name):
    before = Counting.hashed
    assert password_step(client, ADDRESSES[name], "a wrong password").status_code == 200
    assert Counting.hashed - before == 1


@pytest.mark.long
@pytest.mark.timeout(900)
def test_known_and_unknown_addresses_take_as_long_over_two_hundred_tries(people):
    medians = medians_of(lambda client, email: password_step(client, email, "a wrong password"), 200)
    assert min(medians.values()) > 0.02
    assert max(medians.values()) - min(medians.values()) < MOST, medians


@pytest.mark.long
@pytest.mark.timeout(900)
def test_asking_for_a_new_password_takes_as_long_for_known_and_unknown_addresses(people):
    mail.outbox.clear()
    medians = medians_of(lambda client, email: client.post("/password/", {"email": email}), 200, status=302)
    # Those whom the portal knows got a way back in, so this was not about nobody.
    assert any("/password/" in letter.body for letter in mail.outbox)
    assert max(medians.values()) - min(medians.values()) < MOST, medians


def medians_of(ask, times, status=200):
    """The median seconds of an answer to each of the addresses, asked in turn so that a busy machine hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in ADDRESSES}
    client = Client()
    for _ in range(times):
        for name, email in ADDRESSES.items():
            cache.clear()
            start = perf_counter()
            assert ask(client, email).status_code == status
            taken[name].append(perf_counter() - start)
    medians = {name: median(all_) for name, all_ in taken.items()}
    print({name: f"{seconds * 1000:.1f} ms" for name, seconds in medians.items()})
    return medians
