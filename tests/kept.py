"""What several tests of a module start from, made once: each of them rolls back what it writes itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from pytest_django import DjangoDbBlocker

from tests.access.browser import undone


@contextmanager
def for_a_module(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows that are written in the block stay until its end, behind whatever its tests roll back.

    For fixtures of modules whose tests all ask for `db`: a transactional test would meet the rows, and empty them.
    """
    with blocker.unblock(), undone():
        yield
