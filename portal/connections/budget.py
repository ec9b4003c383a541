"""The call budget in a row of PostgreSQL: for the processes of several machines.

It has a connection of its own, in autocommit. Django's would hold the row until the end of whatever transaction it is
in, and everybody's calls with it.
"""

import math
import os
import threading
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from django.db import connections

from portal.connections.models import BudgetState
from portal.nmbrs.throttle import State

T = TypeVar("T")
Connection = psycopg.Connection[tuple[Any, ...]]

_TABLE = BudgetState._meta.db_table

#: A lost second of the budget is no loss, so a commit need not wait for the disk; and a machine that freezes with the
#: row in its hands must not stop the others.
_MANNERS = """
    SET synchronous_commit = off;
    SET idle_in_transaction_session_timeout = '5s';
    SET lock_timeout = '15s';
    SET default_transaction_isolation = 'read committed'
"""
#: The clock is read after the row was locked, which a plain SELECT FOR UPDATE does not promise.
_TAKE = f"""
    WITH kept AS MATERIALIZED (SELECT slot, rate, slowed, grown FROM {_TABLE} WHERE name = %s FOR UPDATE)
    SELECT extract(epoch FROM clock_timestamp())::float8, kept.* FROM (SELECT 1) AS one LEFT JOIN kept ON true
"""  # noqa: S608 - the name of our own table  # nosec B608
_MAKE = f"INSERT INTO {_TABLE} (name, slot, rate, slowed, grown) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"  # noqa: S608 - the name of our own table  # nosec B608
_KEEP = f"UPDATE {_TABLE} SET slot = %s, rate = %s, slowed = %s, grown = %s WHERE name = %s"  # noqa: S608 - the name of our own table  # nosec B608

#: A row without a state.
_NOTHING = State(math.nan, math.nan, math.nan, math.nan)


class PostgresStore:
    """A row under a lock: for all processes of all machines on one database. See portal.nmbrs.throttle.Store.

    One connection a process, opened at the first exchange, used by one thread at a time, opened anew when it broke or
    the process was forked, and closed with the store or the process. The clock is that of the database, as seconds
    since 1970.
    """

    def __init__(self, name: str) -> None:
        self._key = name
        self._held = _Held()
        weakref.finalize(self, self._held.close)

    @property
    def name(self) -> str:
        """What the row is called; files are called by their whole path."""
        return f"postgresql:{self._key}"

    def exchange(self, change: Callable[[State | None, float], tuple[State, T]]) -> T:
        """See Store. Waits for the row as long as others hold it (milliseconds).

        Raises psycopg.OperationalError when the database cannot be reached with a fresh connection either.
        """
        with self._held.guard:
            try:
                return self._exchange(self._held.connection(), change)
            except psycopg.OperationalError:
                # A broken connection, or one whose transaction the server gave up. Where only its answer was lost,
                # one slot more is taken than was needed.
                self._held.close()
                return self._exchange(self._held.connection(), change)

    def close(self) -> None:
        """See Store."""
        with self._held.guard:
            self._held.close()

    def _exchange(self, connection: Connection, change: Callable[[State | None, float], tuple[State, T]]) -> T:
        while True:
            with connection.transaction():
                row = connection.execute(_TAKE, [self._key]).fetchone()
                if row is not None and row[1] is not None:
                    now, *kept = row
                    state = State(*kept)
                    changed, answer = change(None if math.isnan(state.slot) else state, now)
                    connection.execute(_KEEP, [*changed, self._key])
                    return answer
            # Everybody makes the row, one succeeds, and then all stand in line for it.
            connection.execute(_MAKE, [self._key, *_NOTHING])


class _Held:
    """The connection of one store in this process, and the lock that gives it to one thread at a time."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self._connection: Connection | None = None
        _all.add(self)

    def connection(self) -> Connection:
        """The open connection, with the address and the rights of Django's default one."""
        if self._connection is None or self._connection.closed:
            options = connections["default"].get_connection_params() | {
                "application_name": "portal call budget",
                "cursor_factory": psycopg.Cursor,
            }
            self._connection = psycopg.connect(**{"connect_timeout": 10, **options}, autocommit=True)
            self._connection.execute(_MANNERS)
        return self._connection

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def leave_to_parent(self) -> None:
        """In a process that was just forked: what was open belongs to the parent, and so does a lock that was held."""
        _inherited.append(self._connection)
        self._connection = None
        self.guard = threading.Lock()


_all: "weakref.WeakSet[_Held]" = weakref.WeakSet()
#: To collect a connection of the parent would say goodbye to the server in the parent's name.
_inherited: list[Connection | None] = []


def _after_fork() -> None:
    for held in _all:
        held.leave_to_parent()


os.register_at_fork(after_in_child=_after_fork)
