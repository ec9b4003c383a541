"""Trying credentials of Nmbrs and, when they work, keeping them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from portal.accounts.models import Firm
from portal.audit import recording
from portal.audit.kinds import Kind
from portal.connections.health import record
from portal.connections.models import Connection, Environment, EnvironmentKind, Protocol
from portal.connections.probing import Answer, Probe, probe, untested
from portal.connections.reach import Reach, reach
from portal.connections.sources import DEADLINE, file_store, open_soap
from portal.nmbrs.soap import Retry, SoapSource

#: Calls a second while nobody has chosen a ceiling.
TRYING = 20
#: How long somebody waits at a page: one more try after a slip, seconds for a call. A command has the usual patience.
AT_A_PAGE = Retry(attempts=2, least=0.2, most=1.0, total=12.0)
SECONDS_AT_A_PAGE = 10.0
#: Trying what may be read: no second try, seconds for a call, and seconds after which no other call is begun.
ONCE = Retry(attempts=1)
SECONDS_OF_A_PROBE = 5.0
SECONDS_OF_PROBES = 15.0


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


def try_credentials(credentials: Credentials, *, at_a_page: bool = False) -> Tried:
    """Ask Nmbrs whether it knows the user, and count what they may see. Stores nothing.

    Without a domain, the one that Nmbrs names is used. `at_a_page`: somebody waits for the answer, so
    that Nmbrs is given up sooner. Raises a SourceError.
    """
    retry, deadline = (AT_A_PAGE, SECONDS_AT_A_PAGE) if at_a_page else (None, DEADLINE)
    source = _source(replace(credentials, domain=""), retry, deadline)
    try:
        named = source.check_credentials()
    finally:
        source.close()
    domain = credentials.domain or named
    source = _source(replace(credentials, domain=domain), retry, deadline)
    try:
        return Tried(named, domain, reach(source))
    finally:
        source.close()


def try_kinds(credentials: Credentials, tried: Tried, probes: Sequence[Probe]) -> Mapping[str, Answer]:
    """Which kinds credentials that work may read, by the name of the probe. Stores nothing.

    They are tried on the first company that the credentials open, in 20 seconds at most. Raises a SourceError only
    where no further call can succeed.
    """
    if tried.reach.company is None:
        return untested(probes)
    source = _source(replace(credentials, domain=tried.domain), ONCE, SECONDS_OF_A_PROBE)
    try:
        return probe(source, tried.reach.company.remote_id, probes, SECONDS_OF_PROBES)
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


def _source(credentials: Credentials, retry: Retry | None, deadline: float) -> SoapSource:
    return open_soap(
        host=credentials.host,
        user=credentials.user,
        token=credentials.token,
        domain=credentials.domain,
        store=file_store("trying"),
        ceiling=TRYING,
        retry=retry,
        deadline=deadline,
    )
