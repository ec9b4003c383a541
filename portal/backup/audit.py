"""Whether the audit trail in a restored database is whole."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections

from portal.audit import anchor
from portal.audit.anchor import BadLine, Line
from portal.audit.verifying import Broken, verify
from portal.backup.errors import BackupError

ALIAS = "backup_drill"


def file_of_heads() -> list[Line]:
    """What the file outside the database knows of the trail. Raises BackupError for a line that was changed."""
    try:
        return anchor.lines()
    except BadLine as error:
        raise _broken(error) from None


def prove(name: str, known: list[Line]) -> int:
    """Prove the trail in the database called `name`; returns how many entries it has. Raises BackupError."""
    with _known_to_django(name):
        try:
            return verify(ALIAS, known).entries
        except Broken as error:
            raise _broken(error) from None


def _broken(error: Exception) -> BackupError:
    return BackupError(
        f"The database came back as it was, but the audit trail in it is broken. {error} "
        "`manage.py audit_verify` says whether that of the portal is too."
    )


@contextmanager
def _known_to_django(name: str) -> Iterator[None]:
    """Another database on the same server, or another file, under an alias of its own for as long as the block."""
    connections.databases[ALIAS] = {**connection.settings_dict, "NAME": name}
    try:
        connections[ALIAS].connect()
        yield
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.databases[ALIAS]
