"""One HTTP exchange with Nmbrs: address, slot, deadline, size and retries. The only place that retries a call."""

import http.client
import os
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import stamina
import urllib3

from portal.nmbrs.soap.answers import status_error
from portal.nmbrs.soap.body import LONGEST, PIECE, Body, BodySizeError
from portal.nmbrs.soap.faults import most_tries
from portal.nmbrs.soap.pool import CONNECT, begin_try, latency, open_pool, time_left
from portal.source import AnswerMalformed, AnswerTooLarge, SourceError, Unavailable


class Limiter(Protocol):
    """What the transport needs of a budget."""

    def acquire(self) -> float:
        """Wait for a slot; the wait in seconds."""

    def observe(self, latency: float, kind: str = "") -> None:
        """Take the latency (seconds) of an answered call."""


@dataclass(frozen=True)
class Retry:
    """How a passing error is tried again: `attempts` in all, waits and the `total` in seconds."""

    attempts: int = 4
    least: float = 0.5
    most: float = 20.0
    total: float = 90.0


#: Says whether an answer is complete: (status, headers, body) -> the error to raise, or None.
Judge = Callable[[int, Mapping[str, str], Body], SourceError | None]


class Transport:
    """Makes exchanges with one address. Each thread has a connection of its own, and none outlives a fork."""

    def __init__(self, address: str, budget: Limiter, *, deadline: float, byte_cap: int, retry: Retry) -> None:
        self._address = address
        self._budget = budget
        self._deadline = deadline
        self._byte_cap = byte_cap
        self._retry = retry
        self._local = threading.local()
        self._pools: list[urllib3.HTTPConnectionPool] = []

    def get(self, name: str, path: str, judge: Judge) -> Body:
        """Fetch a document. Raises a SourceError named `name`."""
        return self._exchange(name, "GET", path, None, {}, judge)

    def post(
        self, name: str, path: str, envelope: bytes, headers: Mapping[str, str], judge: Judge, longest: int = LONGEST
    ) -> Body:
        """Post an envelope and return the complete answer that the judge accepted. Raises a SourceError.

        `longest`: most bytes of one text in the answer.
        """
        return self._exchange(name, "POST", path, envelope, headers, judge, longest)

    def close(self) -> None:
        """Give back the sockets of all threads."""
        while self._pools:
            self._pools.pop().close()

    def _exchange(
        self,
        name: str,
        method: str,
        path: str,
        data: bytes | None,
        headers: Mapping[str, str],
        judge: Judge,
        longest: int = LONGEST,
    ) -> Body:
        began = time.monotonic()
        tried = 0

        def wait(error: Exception) -> float | bool:
            if not isinstance(error, SourceError) or tried >= most_tries(error, self._retry.attempts):
                return False
            widest = min(self._retry.most, self._retry.least * 2.0**tried)
            return random.uniform(self._retry.least, widest)  # noqa: S311 (spreads retries, guards nothing)

        for attempt in stamina.retry_context(
            on=wait, attempts=self._retry.attempts, timeout=self._retry.total, wait_max=self._retry.most
        ):
            with attempt:
                tried += 1
                self._budget.acquire()
                left = self._retry.total - (time.monotonic() - began)
                limit = min(self._deadline, max(1.0, left))
                return self._once(name, method, path, data, headers, judge, longest, limit)
        raise AssertionError("stamina ends by an answer or an error")

    def _once(
        self,
        name: str,
        method: str,
        path: str,
        data: bytes | None,
        headers: Mapping[str, str],
        judge: Judge,
        longest: int,
        limit: float,
    ) -> Body:
        body = Body(self._byte_cap, longest)
        error: SourceError | None
        try:
            begin_try(limit)
            pool = self._pool()
            response = pool.urlopen(
                method,
                path,
                body=data,
                headers={**(pool.headers or {}), **headers},
                redirect=False,
                timeout=urllib3.Timeout(connect=min(CONNECT, limit), read=limit),
                preload_content=False,
            )
            try:
                error = status_error(name, response.status)
                if error is None:
                    self._receive(response, body)
                    error = judge(response.status, response.headers, body)
            finally:
                response.close()
        except BodySizeError:
            error = AnswerTooLarge(name, detail=f"more than {self._byte_cap} bytes")
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as caught:
            error = _network_error(name, caught)
        # Raised outside the handlers: an error that kept the caught one as its context would carry the envelope.
        if error is not None:
            raise error
        body.settle()
        self._budget.observe(latency(), f"{name}/{body.size.bit_length()}")
        return body

    def _receive(self, response: urllib3.BaseHTTPResponse, body: Body) -> None:
        while piece := response.read(PIECE, decode_content=True):
            body.add(piece)
            time_left()
            if not body.well_formed:
                break  # nothing that follows can mend it; its beginning says what it is
        body.end()

    def _pool(self) -> urllib3.HTTPConnectionPool:
        kept: tuple[int, urllib3.HTTPConnectionPool] | None = getattr(self._local, "pool", None)
        if kept is not None and kept[0] == os.getpid():
            return kept[1]
        pool = open_pool(self._address)
        self._local.pool = (os.getpid(), pool)
        self._pools.append(pool)
        return pool


def _network_error(name: str, caught: BaseException) -> SourceError:
    """Our error for one of the network library, by its chain of causes; its text is not used."""
    chain: list[BaseException] = []
    pending: list[object] = [caught]
    while pending:
        link = pending.pop()
        if isinstance(link, BaseException) and link not in chain:
            chain.append(link)
            pending += [link.__cause__, link.__context__, *link.args, getattr(link, "reason", None)]
    kinds = tuple(type(link) for link in chain)

    def among(*wanted: type[BaseException]) -> bool:
        return any(issubclass(kind, wanted) for kind in kinds)

    if among(urllib3.exceptions.DecodeError):
        return AnswerMalformed(name, detail="not unpackable")
    # urllib3 counts a refused connection among its timeouts.
    if among(TimeoutError) or (
        among(urllib3.exceptions.TimeoutError) and not among(urllib3.exceptions.NewConnectionError)
    ):
        return Unavailable(name, detail="timeout")
    if among(urllib3.exceptions.IncompleteRead, http.client.IncompleteRead, urllib3.exceptions.InvalidChunkLength):
        return AnswerMalformed(name, detail="cut off")
    if among(urllib3.exceptions.SSLError):
        return Unavailable(name, detail="certificate or encryption")
    if among(ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
        return Unavailable(name, detail="connection reset")
    return Unavailable(name, detail="no connection")
