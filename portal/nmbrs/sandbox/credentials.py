"""The one API user of the embedded Nmbrs. Not a secret: it opens generated data on a loopback address."""

from collections.abc import Mapping
from typing import Final

from portal.nmbrs.sandbox.envelope import Call, nmbrs_fault

USER: Final = "api@demo.example"
TOKEN: Final = "demo-token"  # noqa: S105 -- see above
DOMAIN: Final = "demo"
_EXPECTED: Final[Mapping[str, Mapping[str, str]]] = {
    "AuthHeader": {"Username": USER, "Token": TOKEN},
    "AuthHeaderWithDomain": {"Username": USER, "Token": TOKEN, "Domain": DOMAIN},
}


def check(call: Call) -> None:
    """Raise fault 1001 unless the call carries the right header with the right user, token and domain."""
    if call.header != call.operation.header or call.credentials != _EXPECTED[call.header]:
        raise nmbrs_fault(1001, "Invalid Authentication")
