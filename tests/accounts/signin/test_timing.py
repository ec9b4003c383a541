"""Threat 22: how long a refusal takes does not tell whether an address has an account."""

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.test import Client

from portal.accounts.models import User
from tests.accounts.signin.timing import MOST, medians_of
from tests.accounts.signin.world import EMAIL, PASSWORD, password_step

pytestmark = pytest.mark.pages

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
    client = Client()
    medians = medians_of(lambda email: password_step(client, email, "a wrong password"), ADDRESSES, 200)
    assert min(medians.values()) > 0.02
    assert max(medians.values()) - min(medians.values()) < MOST, medians


@pytest.mark.long
@pytest.mark.timeout(900)
def test_asking_for_a_new_password_takes_as_long_for_known_and_unknown_addresses(people):
    mail.outbox.clear()
    client = Client()
    medians = medians_of(lambda email: client.post("/password/", {"email": email}), ADDRESSES, 200, status=302)
    # Those whom the portal knows got a way back in, so this was not about nobody.
    assert any("/password/" in letter.body for letter in mail.outbox)
    assert max(medians.values()) - min(medians.values()) < MOST, medians
