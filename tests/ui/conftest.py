"""Fixtures of the look: languages, and a specimen page that shows every component."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture
def dutch() -> Iterator[None]:
    """Everything in Dutch."""
    with translation.override("nl"):
        yield


@pytest.fixture
def english() -> Iterator[None]:
    """Everything in English."""
    with translation.override("en"):
        yield
