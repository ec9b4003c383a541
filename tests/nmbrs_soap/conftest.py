"""A hand-made wire for answers that no decent server gives, and sources that read from it."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from portal.nmbrs.contract import service
from portal.nmbrs.sandbox.wsdl import wsdl
from portal.nmbrs.soap import Retry, SoapSource
from portal.nmbrs.throttle import Budget, FileStore

USER, TOKEN, DOMAIN = "kanarie-user@example.test", "kanarie-token-4711", "kanarie-domain"

Answer = Callable[[socket.socket, "Request"], None]


@dataclass
class Request:
    """What a client sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    at: float = field(default_factory=time.monotonic)

    @property
    def operation(self) -> str:
        return self.headers.get("soapaction", "").strip('"').rpartition("/")[2]


def http(body: bytes, *, status: str = "200 OK", kind: str = "text/xml; charset=utf-8", more: str = "") -> bytes:
    """A complete HTTP answer."""
    lines = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return lines.encode("latin-1") + body


def envelope(inner: str, *, version: str = "http://schemas.xmlsoap.org/soap/envelope/", head: str = "") -> bytes:
    """A SOAP envelope around `inner`."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<s:Envelope xmlns:s="{version}" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Body>{inner}</s:Body></s:Envelope>'
    ).encode()


def answer(service_name: str, operation: str, result: str) -> bytes:
    """The envelope of an answer; `result` stands in the result element."""
    namespace = service(service_name).namespace
    inner = f"<{operation}Result>{result}</{operation}Result>"
    return envelope(f'<{operation}Response xmlns="{namespace}">{inner}</{operation}Response>')


class Wire:
    """A server on a raw socket: it serves the real WSDL and answers every call as the test says."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[Request] = []
        self.wsdl_requests = 0
        self.answer: Answer = lambda connection, request: connection.sendall(http(b"", status="404 Not Found"))
        self.wsdl: Callable[[str], bytes] = lambda name: http(wsdl(service(name), "http://elsewhere.example"))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def says(self, *answers: bytes) -> None:
        """Answer the calls with these bytes one after another, the last one again and again."""
        left = list(answers)
        self.answer = lambda connection, request: connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    def close(self) -> None:
        with suppress(OSError):
            # Ends the thread that waits in accept(): it would take a connection from whoever gets the number next.
            self._listener.shutdown(socket.SHUT_RDWR)
        for one in [self._listener, *self._open]:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        try:
            while line := reader.readline():
                method, path, _ = line.decode().split()
                headers = {}
                while (header := reader.readline().decode().strip()) != "":
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                body = reader.read(int(headers.get("content-length", 0))).decode()
                request = Request(method, path, headers, body)
                if method == "GET":
                    self.wsdl_requests += 1
                    connection.sendall(self.wsdl(path.rpartition("/")[2].partition(".")[0]))
                else:
                    self.requests.append(request)
                    self.answer(connection, request)
        except OSError:
            pass  # the client hung up, as some of these tests want it to
        finally:
            reader.close()
            connection.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server whose answers the test writes byte by byte."""
    server = Wire()
    yield server
    server.close()


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Callable[..., SoapSource]]:
    """`source(url, ...)`: a source for this address that tries once, unless told otherwise."""
    made: list[SoapSource] = []

    def make(url: str, **options: object) -> SoapSource:
        given = {
            "host": url,
            "user": USER,
            "token": TOKEN,
            "domain": DOMAIN,
            "budget": Budget(FileStore(tmp_path / "budget"), ceiling=145, fixed=True),
            "allowed_hosts": [url],
            "wsdl_folder": tmp_path / "wsdl",
            "deadline": 1.2,
            "retry": Retry(attempts=1),
        }
        made.append(SoapSource(**(given | options)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def leak_log(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything that was logged, of every logger at DEBUG, with its extra fields."""
    caplog.set_level(logging.DEBUG)
    names = ("zeep", "urllib3", "stamina", "requests", "portal")
    for name in [*names, "zeep.transports", "zeep.xsd", "zeep.wsdl", "urllib3.connectionpool"]:
        caplog.set_level(logging.DEBUG, logger=name)
    return lambda: "\n".join(f"{record.getMessage()} {record.__dict__!r}" for record in caplog.records)
