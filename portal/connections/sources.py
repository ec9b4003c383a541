"""From a stored connection to an open source: the only place that chooses a protocol."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections

from portal.nmbrs.soap import Retry, SoapSource
from portal.nmbrs.throttle import Budget, FileStore, Store

if TYPE_CHECKING:
    from portal.connections.models import Connection

#: Seconds for one try of a call.
DEADLINE = 60.0


def open_source(connection: "Connection", *, tries: int | None = None) -> SoapSource:
    """The source behind `connection`. Opens no socket by itself; close it after use.

    `tries`: how often a call that fails in passing is made in all (default: as the transport does).

    The call budget is one per environment: a row of PostgreSQL, shared by every machine that works on the database,
    or a file, shared by every process of the only machine that SQLite can have.
    """
    name = f"environment-{connection.environment_id}"
    if connections["default"].vendor != "postgresql":
        return _stored(connection, file_store(name), tries)
    # The models are not there yet when the room's package is imported.
    from portal.connections.budget import PostgresStore

    return _stored(connection, PostgresStore(name), tries)


def _stored(connection: "Connection", store: Store, tries: int | None) -> SoapSource:
    return open_soap(
        host=connection.host,
        user=connection.user,
        token=connection.token,
        domain=connection.environment.domain,
        store=store,
        ceiling=connection.ceiling,
        retry=None if tries is None else Retry(attempts=tries),
    )


def file_store(name: str) -> FileStore:
    """The budget of that name in a file of this machine."""
    return FileStore(settings.VAR_DIR / "budget" / name)


class _SoapSource(SoapSource):
    """A source that lets go of its budget when it is closed."""

    store: Store

    def close(self) -> None:
        """See Source."""
        super().close()
        self.store.close()


def open_soap(
    *,
    host: str,
    user: str,
    token: str,
    domain: str,
    store: Store,
    ceiling: int,
    retry: Retry | None = None,
    deadline: float = DEADLINE,
) -> SoapSource:
    """A SOAP source for credentials that need not be stored yet. `ceiling` is calls a second, kept in `store`.

    `deadline`: seconds for one try.
    """
    source = _SoapSource(
        host=host,
        user=user,
        token=token,
        domain=domain,
        budget=Budget(store, ceiling=ceiling, fixed=settings.NMBRS_FIXED_RATE),
        allowed_hosts=settings.NMBRS_HOSTS,
        wsdl_folder=settings.VAR_DIR / "wsdl",
        retry=retry,
        deadline=deadline,
    )
    source.store = store
    return source
