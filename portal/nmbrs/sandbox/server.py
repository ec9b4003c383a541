"""The HTTP server of the embedded Nmbrs: SOAP services, their WSDLs, and the control address."""

import contextlib
import socket
import struct
import sys
import threading
from collections.abc import Iterable
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from portal.nmbrs.contract import Service, services
from portal.nmbrs.sandbox import control
from portal.nmbrs.sandbox.exchange import ConnectionCutError, Exchange, Reply
from portal.nmbrs.sandbox.state import State
from portal.nmbrs.sandbox.wsdl import wsdl

#: The only address that the embedded Nmbrs answers on.
LOOPBACK: Final = "127.0.0.1"
_MOST_BYTES: Final = 1024 * 1024
_SERVICES: Final[dict[str, Service]] = {service.path.lower(): service for service in services().values()}


class SandboxServer(ThreadingHTTPServer):
    """Serves one State on a loopback port; port 0 takes a free one. Raises OSError when the port is taken."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, state: State, port: int = 0) -> None:
        self.state = state
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that closing ends it."""
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news; anything else is a mistake of ours and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop answering, end the open connections and give the port back."""
        self.state.closing.set()
        self.shutdown()
        with self._open_lock:
            still_open = list(self._open)
        for connection in still_open:
            with contextlib.suppress(OSError):  # the other side was faster
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection. Header and body leave in one write: two would wait for each other's acknowledgement."""

    server: SandboxServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 0

    def do_GET(self) -> None:
        """WSDLs and control."""
        address = urlsplit(self.path)
        service = _SERVICES.get(address.path.lower())
        if service is not None and address.query.lower() == "wsdl":
            self.server.state.log.add_wsdl_read(service.name)
            self._send(Reply(200, "text/xml; charset=utf-8", wsdl(service, self.server.url)))
        else:
            self._control()

    def do_PUT(self) -> None:
        """Control."""
        self._control()

    def do_DELETE(self) -> None:
        """Control."""
        self._control()

    def do_POST(self) -> None:
        """SOAP calls and control."""
        service = _SERVICES.get(urlsplit(self.path).path.lower())
        if service is None:
            self._control()
            return
        body = self._body()
        if body is None:
            return
        content_type, action = self.headers.get("Content-Type", ""), self.headers.get("SOAPAction")
        try:
            with Exchange(self.server.state, service) as exchange:
                self._send(exchange.answer(body, content_type, action))
        except ConnectionCutError:
            self._reset()

    def _control(self) -> None:
        body = self._body()
        if body is not None:
            self._send(control.answer(self.server.state, self.command, urlsplit(self.path).path, body))

    def _body(self) -> bytes | None:
        """What was sent along; None (and an answer) when it is too long or of unknown length."""
        length = self.headers.get("Content-Length", "0")
        if "chunked" in self.headers.get("Transfer-Encoding", "") or not length.isdecimal():
            self._refuse(411)
        elif int(length) > _MOST_BYTES:
            self._refuse(413)
        else:
            return self.rfile.read(int(length))
        return None

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self._send(Reply(status, "text/plain", responses[status].encode()))

    def _send(self, reply: Reply) -> None:
        whole = isinstance(reply.body, bytes)
        chunked = not whole and self.request_version != "HTTP/1.0"
        head = [f"HTTP/1.1 {reply.status} {responses[reply.status]}", f"Content-Type: {reply.content_type}"]
        if isinstance(reply.body, bytes):
            head.append(f"Content-Length: {len(reply.body) + reply.missing}")
        elif chunked:
            head.append("Transfer-Encoding: chunked")
        if reply.location:
            head.append(f"Location: {reply.location}")
        if self.close_connection or reply.missing or not (whole or chunked):
            self.close_connection = True
            head.append("Connection: close")
        start = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")
        if isinstance(reply.body, bytes):
            if reply.pause:
                self._drip(start + reply.body, reply.pause)
            else:
                self.wfile.write(start + reply.body)
        else:
            self.wfile.write(start)
            self._stream(reply.body, chunked=chunked)

    def _stream(self, pieces: Iterable[bytes], *, chunked: bool) -> None:
        for piece in pieces:
            if chunked:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            else:
                self.wfile.write(piece)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _drip(self, whole: bytes, pause: float) -> None:
        for place in range(len(whole)):
            self.wfile.write(whole[place : place + 1])
            if self.server.state.closing.wait(pause):
                self.close_connection = True
                return

    def _reset(self) -> None:
        """End the connection with RST in place of FIN."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the console: `requests` has it all."""
