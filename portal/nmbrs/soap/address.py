"""Which address may be called at all."""

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from portal.source import HostNotAllowed

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"http": 80, "https": 443}


def checked_address(host: str, allowed: Iterable[str]) -> str:
    """`scheme://host[:port]` of an address that the settings allow. Raises HostNotAllowed.

    Scheme, host name and port must equal those of an allowed address letter by letter; plain http only on a
    loopback address. An allowed loopback address without a port allows every port of it (demo and tests).
    The error names no address: a person may have pasted a secret into it.
    """
    wanted = _parts(host)
    if wanted is None:
        raise HostNotAllowed(detail="not a plain address")
    scheme, name, port = wanted
    if scheme == "http" and name not in LOOPBACK:
        raise HostNotAllowed(detail="not https")
    for entry in allowed:
        known = _parts(entry)
        if known is None or known[:2] != (scheme, name):
            continue
        any_port = known[2] is None and name in LOOPBACK
        if any_port or (known[2] or _PORTS[scheme]) == (port or _PORTS[scheme]):
            shown = f"[{name}]" if ":" in name else name
            return f"{scheme}://{shown}" + (f":{port}" if port else "")
    raise HostNotAllowed(detail="not on the list of allowed addresses")


def _parts(address: str) -> tuple[str, str, int | None] | None:
    """Scheme, host name and port of an address that has nothing else; None for any other text."""
    try:
        split: SplitResult = urlsplit(address)
        name, port = split.hostname, split.port
    except ValueError:
        return None
    bare = not (split.query or split.fragment or split.path.strip("/")) and "@" not in split.netloc
    if not bare or split.scheme not in _PORTS or not name or not address.isascii() or not address.isprintable():
        return None
    return split.scheme, name, port
