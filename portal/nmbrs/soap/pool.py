"""A connection pool that reaches one address only and cuts every try at a total deadline.

urllib3 itself, without requests on top: it follows no redirect unless asked, reads no proxy, .netrc or cookie, and
costs half the processor time a call. Its timeouts count per read, so an answer that drips a byte at a time would never
end. Here each read from the socket, of headers and body alike, gets only the time that is left until the deadline of
the try. (Not covered: looking up the host name, which the system's resolver limits.)
"""

import io
import threading
import time
from http.client import HTTPResponse
from typing import Any, BinaryIO, cast

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import parse_url

#: Most seconds to wait for a connection.
CONNECT = 10.0

_try = threading.local()


def begin_try(limit: float) -> float:
    """Set the deadline of the try that this thread starts now, `limit` seconds ahead, and return it."""
    _try.deadline = time.monotonic() + limit
    _try.sent = _try.first = 0.0
    return cast("float", _try.deadline)


def latency() -> float:
    """Seconds from the end of the request of this thread's try to the first byte of its answer.

    So measured it is the time that Nmbrs took: connecting, the length of the answer and work of other threads of
    this process (which would look like Nmbrs' delays) are left out.
    """
    return max(0.0, float(_try.first) - float(_try.sent))


def time_left() -> float:
    """Seconds until the deadline of this thread's try. Raises TimeoutError when there are none."""
    left = float(_try.deadline) - time.monotonic()
    if left <= 0:
        raise TimeoutError("deadline")
    return left


class _TimedReads(io.RawIOBase):
    """Reads a socket with the time that is left."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        # A SocketIO keeps the socket open until the answer is read, also when the connection is given up before.
        self._reads = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(time_left())
        count = cast("int | None", self._reads.readinto(buffer))
        _try.first = _try.first or time.monotonic()
        return count

    def close(self) -> None:
        self._reads.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        # An answer is made as soon as its request was sent, before a byte of it is read.
        _try.sent = time.monotonic()
        self.fp.close()
        self.fp = cast("BinaryIO", io.BufferedReader(_TimedReads(sock)))  # type: ignore[assignment]


class _Connection(HTTPConnection):
    response_class = _TimedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def open_pool(address: str, *, certificates: str | None = None) -> HTTPConnectionPool:
    """The connection of one thread to `address` and no other, without retries.

    `certificates`: file of the authorities that are trusted (default: Mozilla's list, from the package certifi).
    """
    headers = {"Accept-Encoding": "gzip, deflate", "User-Agent": "nmbrs-portal"}
    parts = parse_url(address)
    if parts.scheme == "https":
        return _SecurePool(
            parts.host or "",
            parts.port,
            maxsize=1,
            headers=headers,
            retries=False,
            cert_reqs="CERT_REQUIRED",
            ca_certs=certificates or certifi.where(),
        )
    return _Pool(parts.host or "", parts.port, maxsize=1, headers=headers, retries=False)
