"""Checksums of tables: whether anything changed, and where."""

from hashlib import blake2b
from typing import Any

from django.apps import apps
from django.db import connection

#: What a look may write: sessions with their times, the trail, the counts of the rate limits, and what the reader
#: opened lately.
BY_LOOKING = frozenset(
    {"django_session", "usersessions_usersession", "audit_entry", "audit_head", "portal_cache", "search_opened"}
)
#: The table of the codes, which are made when their owner first looks at them.
OWN_CODES = frozenset({"mfa_authenticator"})
#: Tables of which somebody may change the rows that are their own, with what tells the rows of others: an auditor may
#: change those of the own account and nothing else.
OF_OTHERS = {
    "accounts_user": "WHERE id <> %s",
    "mfa_authenticator": "WHERE user_id <> %s",
    "usersessions_usersession": "WHERE user_id <> %s",
    "search_opened": "WHERE user_id <> %s",
    "django_session": "WHERE session_key IN (SELECT session_key FROM usersessions_usersession WHERE user_id <> %s)",
}


def checksums(*, but: frozenset[str] = BY_LOOKING) -> dict[str, tuple[int, str]]:
    """Of every table: the number of rows and a sum over them, in no order."""
    return {table: checksum(table) for table in tables() - but}


def checksums_but_own(user: int, of: frozenset[str] | None = None) -> dict[str, tuple[int, str]]:
    """The same, with what looking may write, and without the rows that are `user`'s own (a primary key).

    `of`: the tables whose own rows are left out; None: all that have such.
    """
    others = {table: checksum(table, where, [user]) for table, where in OF_OTHERS.items() if of is None or table in of}
    return checksums(but=BY_LOOKING | frozenset(others)) | others


def tables() -> set[str]:
    """Every table of the portal and of what it is made of."""
    known: set[str] = set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            known.add(model._meta.db_table)
    return known & set(connection.introspection.table_names())


def checksum(table: str, where: str = "", values: Any = ()) -> tuple[int, str]:
    """The rows of one table, or those for which `where` holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} {where}", values)  # noqa: S608
        rows = cursor.fetchall()
    total = 0
    for row in rows:
        total ^= int.from_bytes(blake2b(repr([_plain(one) for one in row]).encode(), digest_size=16).digest(), "big")
    return len(rows), f"{total:032x}"


def changed(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> list[str]:
    """The tables that are not as they were."""
    return sorted(table for table in before | after if before.get(table) != after.get(table))


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
