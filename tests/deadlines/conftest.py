"""What these tests share: a fixed day, a client with a company, and people who are signed in."""

from datetime import UTC, datetime

import pytest
from django.urls import get_resolver

from portal import clock
from portal.companies.models import Company
from portal.deadlines import states
from portal.debtors.models import Debtor
from tests.factories import fetched_everything, make_company, make_debtor, make_environment

#: Wednesday 25 November 2026, twelve past eight in Amsterdam.
NOW = datetime(2026, 11, 25, 7, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand still at NOW."""
    # A module that is first imported while the clock stands still would keep it for the tests after this one.
    assert get_resolver().url_patterns
    for place in ("portal.clock", "portal.ui.freshness", "portal.ui.formats", "portal.deadlines.feeds"):
        monkeypatch.setattr(f"{place}.now", lambda: NOW)
    assert clock.today().isoformat() == "2026-11-25"


@pytest.fixture
def debtor(firm) -> Debtor:
    """A client of the office."""
    return make_debtor(make_environment(firm), "Bakkersgroep", number="1001")


@pytest.fixture
def company(debtor) -> Company:
    """Its company, in November 2026, of which everything came in."""
    made = make_company(debtor, "Brood B.V.")
    fetched_everything(debtor)
    states.rewrite([made.pk])
    return made
