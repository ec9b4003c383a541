"""An office with clients, people signed in, and the trail as it grows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from portal.audit.models import Entry
from tests.sync_pages.conftest import Office, office, signed_in

__all__ = ["Office", "office", "signed_in"]

Entered = Callable[[], "Iterator[list[Entry]]"]


@pytest.fixture
def entered(db: None) -> Callable[[], object]:
    """`with entered() as new:` holds afterwards every entry that was written meanwhile."""

    @contextmanager
    def watch() -> Iterator[list[Entry]]:
        before = Entry.objects.values_list("number", flat=True).first() or 0
        new: list[Entry] = []
        yield new
        new.extend(Entry.objects.filter(number__gt=before).order_by("number"))

    return watch
