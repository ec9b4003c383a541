"""What somebody with the database's password could do, and the trail they would do it to."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from portal.audit.actors import Actor
from portal.audit.kinds import Kind
from portal.audit.models import Entry
from portal.audit.recording import record
from portal.audit.triggers import removals, statements

WHO = Actor(7, "accountant", address="192.0.2.7", firms=(1,))


def written(count: int = 6) -> list[Entry]:
    """`count` entries of one person."""
    return [record(Kind.LIST_READ, actor=WHO, detail={"rows": number})[0] for number in range(count)]


def run(sql: str, *values: object) -> None:
    """Raw SQL, as somebody beside the portal would send it."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def without_triggers() -> Iterator[None]:
    """The triggers are removed within the block, and back after it, as a clever intruder would leave them."""
    for sql in removals(connection.vendor):
        run(sql)
    yield
    for sql in [*removals(connection.vendor), *statements(connection.vendor)]:
        run(sql)


def copied(number: int, to: int) -> None:
    """Put a copy of an entry in another place."""
    names = [field.column for field in Entry._meta.concrete_fields if field.column != "number"]
    columns = ", ".join(f'"{name}"' for name in names)
    sql = f"INSERT INTO audit_entry (number, {columns}) SELECT %s, {columns} FROM audit_entry WHERE number = %s"  # noqa: S608
    run(sql, to, number)
