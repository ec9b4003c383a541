"""What both sides of the wire agree on: sources, records, bindings and errors. Pure: no Django, no network."""

from portal.source.bindings import Rest, Soap
from portal.source.errors import (
    AnswerMalformed,
    AnswerTooLarge,
    ConnectionDisabled,
    CredentialsRefused,
    FaultUnknown,
    HostNotAllowed,
    NotPermitted,
    SchemaChanged,
    SourceError,
    Unavailable,
    Unsupported,
)
from portal.source.records import Fetched, Level, Record, Scope, Source

__all__ = [
    "AnswerMalformed",
    "AnswerTooLarge",
    "ConnectionDisabled",
    "CredentialsRefused",
    "FaultUnknown",
    "Fetched",
    "HostNotAllowed",
    "Level",
    "NotPermitted",
    "Record",
    "Rest",
    "SchemaChanged",
    "Scope",
    "Soap",
    "Source",
    "SourceError",
    "Unavailable",
    "Unsupported",
]
