"""The errors a source may raise. Short and scrubbed: no token, envelope, address or personal data in any text.

`kind` is the word stored with a sync run and translated for people by the Sync page. `code` is Nmbrs' own
number (soap_wire "Error codes") or an HTTP status, where there is one.
"""

from typing import ClassVar


class SourceError(Exception):
    """A call did not give a complete, checked list."""

    kind: ClassVar[str] = "unknown_fault"
    #: The transport may try the same call again.
    transient: ClassVar[bool] = False
    #: No further call of this connection can succeed before a person acts.
    stops_connection: ClassVar[bool] = False

    def __init__(self, operation: str = "", *, code: int | None = None, detail: str = "") -> None:
        self.operation = operation
        self.code = code
        #: A short fact about the shape of what went wrong ("3 of 40 rows"), never a value from an answer.
        self.detail = detail
        super().__init__(" ".join(filter(None, (self.kind, operation, str(code or ""), detail))))


class Unavailable(SourceError):
    """Nmbrs could not be reached or did not answer in time: no host, refused, reset, timeout, 5xx, an HTML page."""

    kind = "unavailable"
    transient = True


class AnswerMalformed(SourceError):
    """The answer was cut off, not XML, in another charset than it says, or held a DTD."""

    kind = "malformed"
    transient = True


class AnswerTooLarge(SourceError):
    """The answer passed the byte cap."""

    kind = "too_large"


class CredentialsRefused(SourceError):
    """User, token or domain were refused (SOAP 1000, 1001, 1006 after its retries)."""

    kind = "credentials"
    stops_connection = True


class ConnectionDisabled(SourceError):
    """The environment is disabled or has no valid subscription (SOAP 1004)."""

    kind = "disabled"
    stops_connection = True


class NotPermitted(SourceError):
    """The API user may not make this call (SOAP 1002) or see this object (1003, 2003, 2004, 2009)."""

    kind = "not_permitted"


class SchemaChanged(SourceError):
    """A required element occurs in no record of an answer that is not empty."""

    kind = "schema"


class Unsupported(SourceError):
    """This source has no way to read the resource."""

    kind = "unsupported"


class HostNotAllowed(SourceError):
    """The address is not on the allow-list of the settings, or it answered with a redirect."""

    kind = "host"
    stops_connection = True


class ReportFailed(SourceError):
    """A background report ended without a result, twice."""

    kind = "report"


class FaultUnknown(SourceError):
    """A fault that no rule of ours knows (SOAP 9999 and unlisted codes)."""

    kind = "unknown_fault"
