"""What the tests of these pages share: a fixed day, and a client that is signed in."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from portal import clock
from portal.accounts.models import User

#: 22 November 2026, twelve past eight in Amsterdam.
NOW = datetime(2026, 11, 22, 7, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand still at NOW."""
    for place in ("portal.clock", "portal.ui.freshness", "portal.ui.formats"):
        monkeypatch.setattr(f"{place}.now", lambda: NOW)
    assert clock.today().isoformat() == "2026-11-22"


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """`as_user(person)`: a browser in which they are signed in, in English."""

    def sign_in(user: User) -> Client:
        user.language = "en"
        user.save(update_fields=["language"])
        client = Client()
        client.force_login(user)
        return client

    return sign_in
