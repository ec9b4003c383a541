"""A bare SOAP client over a socket: sends text, gives back bytes, knows nothing of the contract."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
CREDENTIALS = {"Username": "api@demo.example", "Token": "demo-token", "Domain": "demo"}
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


@dataclass(frozen=True)
class Answer:
    """Status, content type and bytes of an HTTP answer."""

    status: int
    content_type: str
    body: bytes

    @property
    def xml(self) -> etree._Element:
        """The body, which must be well-formed."""
        return etree.fromstring(self.body)

    def all(self, name: str) -> list[etree._Element]:
        """Every element of that local name."""
        return list(self.xml.iter(f"{{*}}{name}"))

    def texts(self, name: str) -> list[str | None]:
        """The text of every element of that local name."""
        return [element.text for element in self.all(name)]


def envelope(
    service: str,
    operation: str,
    parameters: Mapping[str, object],
    credentials: Mapping[str, str] = CREDENTIALS,
    *,
    header: str = "AuthHeaderWithDomain",
    soap: str = SOAP_11,
) -> str:
    """A request as a client that was written by hand would send it."""
    namespace = f"https://api.nmbrs.nl/soap/v3/{service}"
    sign_in = "".join(f"<{name}>{value}</{name}>" for name, value in credentials.items())
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in parameters.items())
    return (
        f'<s:Envelope xmlns:s="{soap}"><s:Header><{header} xmlns="{namespace}">{sign_in}</{header}></s:Header>'
        f'<s:Body><{operation} xmlns="{namespace}">{inner}</{operation}></s:Body></s:Envelope>'
    )


def post(
    url: str, service: str, body: str, *, content_type: str = "text/xml; charset=utf-8", action: str | None = None
) -> Answer:
    """Send a text to a service on a connection of its own."""
    headers = {"Content-Type": content_type} | ({} if action is None else {"SOAPAction": f'"{action}"'})
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request("POST", f"/soap/v3/{service}.asmx", body.encode(), headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers["Content-Type"], response.read())
    finally:
        connection.close()


def call(
    url: str,
    service: str,
    operation: str,
    parameters: Mapping[str, object] | None = None,
    credentials: Mapping[str, str] = CREDENTIALS,
    header: str = "AuthHeaderWithDomain",
) -> Answer:
    """A correct SOAP 1.1 call."""
    return post(
        url,
        service,
        envelope(service, operation, parameters or {}, credentials, header=header),
        action=f"https://api.nmbrs.nl/soap/v3/{service}/{operation}",
    )
