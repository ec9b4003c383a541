"""Django's `flush` for test databases: the triggers of the audit trail step aside for it and come back."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction

from portal.audit.triggers import TABLES, removals, statements


class Command(flush.Command):
    """Between two tests everything goes. In the portal itself `flush` is refused."""

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        if not set(TABLES) <= set(connection.introspection.table_names()):
            super().handle(**options)
            return
        self._run(connection, removals(connection.vendor))
        try:
            super().handle(**options)
        finally:
            self._run(connection, [*removals(connection.vendor), *statements(connection.vendor)])

    def _run(self, connection: Any, sql: list[str]) -> None:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            for statement in sql:
                cursor.execute(statement)
