"""A new password in an open session: it proves nothing about who sits there, and guessing the old one is stopped."""

from collections.abc import Callable

import pytest
from django.test import Client

from portal.accounts.models import User
from portal.audit.models import Entry
from tests.accounts.signin.world import ENGLISH, PASSWORD, code, is_in, password_step, refusals, signed_in, with_app

pytestmark = pytest.mark.pages
PAGE = "/account/password/"
NEW = "blauwe fiets bij de sluis"
SENSITIVE = "/administration/invitations/new/"


@pytest.fixture
def person(administrator: Callable[..., User]) -> tuple[User, str]:
    user = administrator(language="en")
    return user, with_app(user)


def change(client: Client, old: str = PASSWORD, new: str = NEW):
    return client.post(PAGE, {"oldpassword": old, "password1": new, "password2": new}, headers=ENGLISH)


def test_the_second_step_is_asked_for_it_once_the_sign_in_is_old(person, clock):
    user, secret = person
    client = signed_in(secret)
    clock.move_to(6 * 60)
    assert client.get(PAGE)["Location"].startswith("/account/confirm/code/")
    assert change(client)["Location"].startswith("/account/confirm/code/")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    client.post("/account/confirm/code/", {"code": code(secret)})
    assert change(client).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_it_makes_no_sign_in_younger(person, clock):
    _user, secret = person
    client = signed_in(secret)
    clock.move_to(4 * 60)
    assert change(client).status_code == 302
    assert client.get(SENSITIVE).status_code == 200
    clock.move_to(6 * 60)
    assert client.get(SENSITIVE)["Location"].startswith("/account/confirm/code/")


def test_it_lets_no_session_last_longer(person, clock):
    _user, secret = person
    client = signed_in(secret)
    for minutes in range(50, 12 * 60, 50):
        clock.move_to(minutes * 60)
        assert is_in(client)
    client.post("/account/confirm/code/", {"code": code(secret)})
    assert change(client).status_code == 302
    clock.move_to(12 * 3600 + 60)
    assert not is_in(client)


def test_threat_18_five_wrong_ones_lock_it_and_are_in_the_trail(person, clock):
    user, secret = person
    client = signed_in(secret)
    for number in range(5):
        assert refusals(change(client, f"wrong {number}")) == ["This is not your password. Try again."]
        # allauth's own limit is so many a minute.
        clock.move_to(13 * (number + 1))
    locked = change(client)
    assert refusals(locked) == ["Too many wrong tries. Wait five minutes, or set a new password with the link below."]
    assert b'href="/password/"' in locked.content
    kinds = list(Entry.objects.filter(object_id=user.pk).values_list("kind", flat=True))
    assert (kinds.count("sign_in_failed"), kinds.count("locked_out")) == (5, 1)
    # It is the lock of the account: signing in is refused too, and the session that is open works on.
    assert "Too many wrong tries" in refusals(password_step(Client()))[0]
    assert is_in(client)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
