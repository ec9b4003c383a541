"""What the outcome of a call says about the connection it was made with."""

from portal.clock import now
from portal.connections.models import Connection, Health
from portal.source import (
    AnswerTooLarge,
    ConnectionDisabled,
    CredentialsRefused,
    HostNotAllowed,
    NotPermitted,
    SchemaChanged,
    SourceError,
    Unavailable,
)

_MEANING: dict[type[SourceError], Health] = {
    CredentialsRefused: Health.REFUSED,
    ConnectionDisabled: Health.DISABLED,
    Unavailable: Health.UNAVAILABLE,
    HostNotAllowed: Health.UNAVAILABLE,
    # These are answers: Nmbrs was reached and knows the user.
    NotPermitted: Health.WORKING,
    SchemaChanged: Health.WORKING,
    AnswerTooLarge: Health.WORKING,
}


def meaning(error: SourceError | None) -> Health | None:
    """The health after a success (`error` None) or an error; None when the error says nothing about it."""
    return Health.WORKING if error is None else _MEANING.get(type(error))


def record(connection: Connection, error: SourceError | None = None) -> bool:
    """Keep what a success or an error means for the connection. Returns whether its health changed.

    Of several processes that see the same change at once, one is told so.
    """
    health = meaning(error)
    if health is None:
        return False
    others = Connection.objects.filter(pk=connection.pk).exclude(health=health)
    changed = bool(others.update(health=health, health_since=now()))
    if changed:
        connection.refresh_from_db(fields=["health", "health_since"])
    return changed
