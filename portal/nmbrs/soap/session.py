"""An HTTP session that reaches one address only and cuts every try at a total deadline.

The timeouts of requests count per read, so an answer that drips a byte at a time never ends. Here each read from
the socket, of headers and body alike, gets only the time that is left until the deadline of the try.
(Not covered: looking up the host name, which the system's resolver limits.)
"""

import io
import threading
import time
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any, BinaryIO, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

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


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


def open_session(address: str) -> requests.Session:
    """A session for one thread: no other address, no proxy or .netrc from the environment, no cookies, no retries."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "nmbrs-portal"
    session.adapters.clear()
    session.mount(address + "/", _Adapter(pool_connections=1, pool_maxsize=1, max_retries=0))
    return session
