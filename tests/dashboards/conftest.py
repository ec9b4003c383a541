"""What the tests of these pages share: a fixed day, and a client that is signed in."""

from datetime import UTC, datetime

import pytest
from django.urls import get_resolver

from portal import clock

#: 22 November 2026, twelve past eight in Amsterdam.
NOW = datetime(2026, 11, 22, 7, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand still at NOW."""
    # A module that is first imported while the clock stands still would keep it for the tests after this one.
    assert get_resolver().url_patterns
    for place in ("portal.clock", "portal.ui.freshness", "portal.ui.formats"):
        monkeypatch.setattr(f"{place}.now", lambda: NOW)
    assert clock.today().isoformat() == "2026-11-22"
