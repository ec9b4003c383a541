"""An embedded Nmbrs for the tests of itself."""

from collections.abc import Iterator
from datetime import date

import pytest

from portal.nmbrs.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Three debtors (with the company that has no people), 40 people a company."""
    with Sandbox(debtors=3, employees=40, seed=7, today=date(2026, 11, 22)) as running:
        yield running
