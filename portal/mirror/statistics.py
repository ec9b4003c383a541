"""What the database knows of how full its tables are, by which it plans every statement.

PostgreSQL finds that out by itself, but no sooner than a minute after a table has filled, later where many databases
share the server, never where that is switched off, and never of a table with fewer than fifty rows; SQLite only when it
is told to. Until then statements are planned for tables of a size that was made up: with a firm of 30,000 people a page
that takes a tenth of a second takes seconds. One table that is not known spoils it: that an office has one environment
decides how everything behind it is joined. So whoever fills the tables tells it.
"""

import time

from django.db import connection

#: Seconds between two looks at how far the tables have grown.
EVERY = 10.0
#: A table is looked through when it holds anything and never was, or twice what is known of it and so many rows more.
AT_LEAST = 50
#: SQLite looks at about so many rows of an index; PostgreSQL takes a sample by itself.
SAMPLE = 1000

GROWN_POSTGRESQL = """
    SELECT c.relname FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
    WHERE s.schemaname = current_schema() AND (
        s.n_live_tup > 2 * greatest(c.reltuples, 0) + %s
        OR (s.n_live_tup > 0 AND c.reltuples <= 0))
    ORDER BY 1
"""
# The highest key that was ever given: rows that were deleted since count, which costs one look too many.
GROWN_SQLITE = "SELECT name, seq FROM sqlite_sequence ORDER BY name"
KNOWN_SQLITE = "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl"


class Statistics:
    """Renews what the database knows while one process fills it; asked often, it looks now and then."""

    def __init__(self) -> None:
        self._looked = time.monotonic()
        self._known: dict[str, int] | None = None

    def keep_up(self) -> None:
        """Renew what is known of tables that have doubled, when it is time to look."""
        if time.monotonic() - self._looked >= EVERY:
            self.renew()
            self._looked = time.monotonic()

    def renew(self) -> list[str]:
        """Look now; the names of the tables that were looked through."""
        return self._postgresql() if connection.vendor == "postgresql" else self._sqlite()

    def _postgresql(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(GROWN_POSTGRESQL, [AT_LEAST])
            grown = [name for (name,) in cursor.fetchall()]
            for name in grown:
                # Another worker that is at it already does for both.
                cursor.execute(f"ANALYZE (SKIP_LOCKED) {connection.ops.quote_name(name)}")
        return grown

    def _sqlite(self) -> list[str]:
        with connection.cursor() as cursor:
            if self._known is None:
                self._known = _known_by_sqlite()
            cursor.execute(GROWN_SQLITE)
            counts = dict(cursor.fetchall())
            grown = [
                name
                for name, count in counts.items()
                if count > 2 * self._known.get(name, 0) + AT_LEAST or (count and name not in self._known)
            ]
            if grown:
                cursor.execute(f"PRAGMA analysis_limit={SAMPLE}")
            for name in grown:
                # One after another: each takes the write lock, for as long as it lasts.
                cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
                self._known[name] = counts[name]
        return grown


def _known_by_sqlite() -> dict[str, int]:
    """Rows of each table when it was last looked through; empty where none ever was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if cursor.fetchone() is None:
            return {}
        cursor.execute(KNOWN_SQLITE)
        return dict(cursor.fetchall())
