"""SOAP faults: from the code in the text to our error, and how often a call is tried for it."""

import re

from portal.source import (
    AnswerMalformed,
    ConnectionDisabled,
    CredentialsRefused,
    FaultUnknown,
    NotPermitted,
    SourceError,
    Unavailable,
)

#: soap_wire "Error codes": the code stands behind the .NET arrow.
_CODE = re.compile(r"--->\s*(\d{4}):")
_ERRORS: dict[int, type[SourceError]] = {
    1000: CredentialsRefused,
    1001: CredentialsRefused,
    1002: NotPermitted,
    1003: NotPermitted,
    1004: ConnectionDisabled,
    1006: CredentialsRefused,
    2003: NotPermitted,
    2004: NotPermitted,
    2009: NotPermitted,
}
#: Codes of the public list that say something about the call itself: the same call fails again.
_FINAL = frozenset({*range(2001, 2007), 2009, *range(2011, 2023), *range(2028, 2031), *range(2032, 2048)})
#: Tries for a security failure or an unknown error, which Nmbrs itself calls passing.
FEW = 3
#: HTTP statuses below 500 after which the same call may succeed.
_PASSING_STATUSES = frozenset({408, 425, 429})


def fault_error(operation: str, text: str, *, callers_fault: bool) -> SourceError:
    """The error for the text of a fault. `callers_fault`: the fault blames the request (Client, Sender).

    The text itself goes no further: it holds stack lines and may hold values.
    """
    match = _CODE.search(text)
    if match is None:
        return FaultUnknown(operation, detail="request refused" if callers_fault else "no code")
    code = int(match[1])
    return _ERRORS.get(code, FaultUnknown)(operation, code=code)


def most_tries(error: SourceError, attempts: int) -> int:
    """How often a call that failed with `error` is tried in all, `attempts` at most."""
    if isinstance(error, Unavailable):
        final = error.code is not None and error.code < 500 and error.code not in _PASSING_STATUSES
        return 1 if final else attempts
    if isinstance(error, AnswerMalformed):
        return attempts
    if error.code == 1006 or (
        isinstance(error, FaultUnknown) and error.code not in _FINAL and error.detail != "request refused"
    ):
        return min(FEW, attempts)
    return 1
