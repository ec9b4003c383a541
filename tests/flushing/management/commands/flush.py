"""Django's `flush` for test databases: what is filled is emptied, also the audit trail, which refuses it otherwise.

Django's own empties every table. On PostgreSQL that is one TRUNCATE of two hundred of them, a second each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.contenttypes.management import create_contenttypes
from django.core.management.commands import flush
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections, transaction
from django.db.models.signals import post_migrate

from portal.audit.triggers import TABLES, removals, statements

#: What a migration leaves and no test changes.
KEPT = frozenset({"django_content_type", "auth_permission"})


class Command(flush.Command):
    """Between two tests everything goes. In the portal itself `flush` is refused."""

    def handle(self, **options: Any) -> None:
        """Empty the tables that hold rows."""
        connection = connections[options["database"]]
        filled = self._filled(connection)
        if not filled:
            return
        with (
            transaction.atomic(connection.alias),
            connection.cursor() as cursor,
            unhindered(connection, cursor, filled),
        ):
            for table in filled:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- our own
        if not options.get("inhibit_post_migrate"):
            # They would look at every model, for tables that are kept.
            post_migrate.disconnect(create_contenttypes)
            post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
            emit_post_migrate_signal(0, False, connection.alias)

    def _filled(self, connection: Any) -> list[str]:
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        names = sorted(set(tables) - KEPT)
        quoted = connection.ops.quote_name
        asked = " UNION ALL ".join(
            f"SELECT {place} WHERE EXISTS (SELECT 1 FROM {quoted(name)})"  # noqa: S608 -- names of our own tables
            for place, name in enumerate(names)
        )
        with connection.cursor() as cursor:
            cursor.execute(asked)
            return [names[place] for (place,) in cursor.fetchall()]


@contextmanager
def unhindered(connection: Any, cursor: Any, filled: list[str]) -> Iterator[None]:
    """The triggers of the audit trail step aside while the block lasts; on PostgreSQL also the check of each row."""
    trail = not set(TABLES).isdisjoint(filled)
    if connection.vendor == "postgresql":
        cursor.execute("SELECT current_setting('is_superuser')")
        if cursor.fetchone() == ("on",):
            # Until the end of the transaction: everything goes, so nothing is left that points at nothing.
            cursor.execute("SET LOCAL session_replication_role = replica")
    for statement in removals(connection.vendor) if trail else []:
        cursor.execute(statement)
    yield
    # A test may have removed some of them.
    for statement in statements(connection.vendor) if trail else []:
        cursor.execute(statement)
