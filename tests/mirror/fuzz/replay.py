"""A server on a real socket that gives prepared answers in place of Nmbrs, so that every byte of them is the test's."""

import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from portal.nmbrs.contract import service, services
from portal.nmbrs.sandbox.wsdl import wsdl

_SERVICES = {one.path.lower(): name for name, one in services().items()}
_DECLARATION = '<?xml version="1.0" encoding="utf-16"?>'


class Replay:
    """Answers the next calls with `bodies` in turn. Content of background reports goes through all their steps."""

    def __init__(self) -> None:
        replay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                name = _SERVICES[self.path.partition("?")[0].lower()]
                self._send(wsdl(service(name), replay.url))

            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                operation = self.headers["SOAPAction"].strip('"').rpartition("/")[2]
                self._send(replay.answer(_SERVICES[self.path.lower()], operation, asked))

            def _send(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on the console."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._bodies: list[bytes] = []
        self._report = False
        self._started = 0
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="replay", daemon=True
        ).start()

    def serve(self, bodies: Sequence[bytes], *, report: bool = False) -> None:
        """What comes next. Of a report the bodies are documents, which are handed over as text in an answer."""
        self._bodies, self._report, self._started = list(bodies), report, 0

    def answer(self, service_name: str, operation: str, asked: bytes) -> bytes:
        """The body of one call."""
        if not self._report:
            return self._bodies.pop(0)
        if operation == "Reports_BackgroundTask_Result":
            number = int(asked.rpartition(b"task-")[2].partition(b"<")[0])
            content = escape(_DECLARATION + self._bodies[number].decode("utf-8", "surrogateescape"))
            result = {"Status": "Success", "Content": content}
        else:
            result = {"": f"task-{self._started}"}
            self._started += 1
        return _envelope(service_name, operation, result)

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


def _envelope(service_name: str, operation: str, result: Mapping[str, str]) -> bytes:
    inner = "".join(f"<{name}>{text}</{name}>" if name else text for name, text in result.items())
    return (
        '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<{operation}Response xmlns="{service(service_name).namespace}"><{operation}Result>{inner}'
        f"</{operation}Result></{operation}Response></s:Body></s:Envelope>"
    ).encode("utf-8", "surrogateescape")
