"""A disk without room, as far as SQLite's own file can tell: it may not grow by more than a few pages."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

#: What SQLite allows by itself.
MOST = 1073741823


@contextmanager
def full_disk(room: int = 0) -> Iterator[None]:
    """The database may grow by `room` pages: what SQLite says then is what it says on a full disk."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        # Pages that earlier tests left empty would be room.
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages + room}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {MOST}")
