"""Trying credentials of Nmbrs and, when they work, keeping them."""

from dataclasses import dataclass

from django.db import transaction

from portal.accounts.models import Firm
from portal.audit import recording
from portal.audit.kinds import Kind
from portal.connections.health import record
from portal.connections.models import Connection, Environment, EnvironmentKind, Protocol
from portal.connections.reach import Reach, reach
from portal.connections.sources import file_store, open_soap
from portal.nmbrs.soap import SoapSource

#: Calls a second while nobody has chosen a ceiling.
TRYING = 20


@dataclass(frozen=True)
class Credentials:
    """What somebody typed in. The token is left out of its repr."""

    host: str
    user: str
    token: str
    domain: str = ""

    def __repr__(self) -> str:
        return f"Credentials({self.host!r}, {self.user!r}, {self.domain!r})"


@dataclass(frozen=True)
class Tried:
    """What Nmbrs answered: the domain it names for the user, and what the user may see in the domain asked for."""

    named: str
    domain: str
    reach: Reach


def try_credentials(credentials: Credentials) -> Tried:
    """Ask Nmbrs whether it knows the user, and count what they may see. Stores nothing.

    Without a domain, the one that Nmbrs names is used. Raises a SourceError.
    """
    source = _source(credentials, "")
    try:
        named = source.check_credentials()
    finally:
        source.close()
    domain = credentials.domain or named
    source = _source(credentials, domain)
    try:
        return Tried(named, domain, reach(source))
    finally:
        source.close()


@transaction.atomic
def keep(firm: Firm, credentials: Credentials, domain: str, kind: EnvironmentKind) -> Connection:
    """Store working credentials, the token encrypted; those of an environment that was connected are replaced."""
    environment, _ = Environment.objects.get_or_create(firm=firm, domain=domain, defaults={"kind": kind})
    connection, added = Connection.objects.update_or_create(
        environment=environment,
        protocol=Protocol.SOAP,
        defaults={"host": credentials.host, "user": credentials.user, "token": credentials.token},
    )
    record(connection)
    recording.record(Kind.CONNECTION_ADDED if added else Kind.CONNECTION_CHANGED, connection)
    return connection


def _source(credentials: Credentials, domain: str) -> SoapSource:
    return open_soap(
        host=credentials.host,
        user=credentials.user,
        token=credentials.token,
        domain=domain,
        store=file_store("trying"),
        ceiling=TRYING,
    )
