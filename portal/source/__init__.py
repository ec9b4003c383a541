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
    ReportFailed,
    SchemaChanged,
    SourceError,
    Unavailable,
    Unsupported,
)
from portal.source.records import UNREADABLE, Answer, Fetched, Level, Loops, LoopValue, Record, Scope, Source

__all__ = [
    "UNREADABLE",
    "Answer",
    "AnswerMalformed",
    "AnswerTooLarge",
    "ConnectionDisabled",
    "CredentialsRefused",
    "FaultUnknown",
    "Fetched",
    "HostNotAllowed",
    "Level",
    "LoopValue",
    "Loops",
    "NotPermitted",
    "Record",
    "ReportFailed",
    "Rest",
    "SchemaChanged",
    "Scope",
    "Soap",
    "Source",
    "SourceError",
    "Unavailable",
    "Unsupported",
]
