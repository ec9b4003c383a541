"""Requests as bytes: zeep makes the envelope and the header from a WSDL, and does nothing else here.

What zeep makes for one operation differs from call to call only in the texts of its values, so it makes each envelope
once, with marks for them, and every call fills its values in: a tenth of the time.
"""

import io
import os
import re
import threading
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from lxml import etree
from zeep import Client, Settings
from zeep.exceptions import Error as ZeepError
from zeep.transports import Transport
from zeep.wsdl.bindings import Soap11Binding

SETTINGS = {
    "strict": True,
    "xsd_ignore_sequence_order": True,
    "forbid_dtd": True,
    "forbid_entities": True,
    "forbid_external": True,
    "xml_huge_tree": False,
}


#: What no XML document can hold (XML 1.0, production Char); lxml refuses such a text too.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Blank(NamedTuple):
    """An envelope with gaps: its pieces, which text follows each piece but the last, and the SOAPAction."""

    pieces: tuple[str, ...]
    places: tuple[int, ...]
    action: str


class WsdlError(Exception):
    """The document is no WSDL that zeep can load, or it has no SOAP 1.1 port."""


class OperationError(Exception):
    """The WSDL does not have the operation, its header, or a parameter of it."""


class Envelopes:
    """Makes the requests of one service. Threads take turns: zeep promises no thread safety."""

    def __init__(self, wsdl: bytes) -> None:
        self._turn = threading.Lock()
        self._blanks: dict[tuple[str, str, tuple[str, ...], str, tuple[str, ...]], _Blank] = {}
        try:
            make: Any = Client
            self._client: Any = make(io.BytesIO(wsdl), transport=_no_transport(), settings=Settings(**SETTINGS))
            name, port = next(
                (service.name, port.name)
                for service in self._client.wsdl.services.values()
                for port in service.ports.values()
                if isinstance(port.binding, Soap11Binding)
            )
            self._service = self._client.bind(name, port)
            usable = True
        except (ZeepError, etree.LxmlError, ValueError, LookupError, TypeError, AttributeError, StopIteration):
            usable = False
        if not usable:
            raise WsdlError

    def request(
        self, namespace: str, operation: str, parameters: Mapping[str, str], header: str, values: Mapping[str, str]
    ) -> tuple[bytes, str]:
        """The envelope and its SOAPAction. Raises OperationError.

        A parameter inside another one has its path for a name: `Scale/ScaleValue`.
        """
        texts = [*values.values(), *parameters.values()]
        if any(_NOT_XML.search(text) for text in texts):
            raise OperationError
        key = (namespace, operation, tuple(parameters), header, tuple(values))
        with self._turn:
            blank = self._blanks.get(key)
            if blank is None:
                blank = self._blanks[key] = self._blank(*key)
        envelope = [blank.pieces[0]]
        for place, piece in zip(blank.places, blank.pieces[1:], strict=True):
            envelope += _text(texts[place]), piece
        return "".join(envelope).encode(), blank.action

    def _blank(
        self, namespace: str, operation: str, parameters: tuple[str, ...], header: str, values: tuple[str, ...]
    ) -> _Blank:
        marks = [uuid.uuid4().hex for _ in (*values, *parameters)]
        made: tuple[str, str] | None = None
        try:
            element = self._client.get_element(f"{{{namespace}}}{header}")(**dict(zip(values, marks, strict=False)))
            action = self._service._binding.get(operation).soapaction
            given = _nested(zip(parameters, marks[len(values) :], strict=True))
            envelope = self._client.create_message(self._service, operation, **given, _soapheaders=[element])
            made = etree.tostring(envelope, xml_declaration=True, encoding="utf-8").decode(), f'"{action}"'
        except (ZeepError, ValueError, LookupError, TypeError):
            made = None
        if made is None:
            raise OperationError
        parts = re.split(f"({'|'.join(marks)})", made[0])
        return _Blank(tuple(parts[0::2]), tuple(map(marks.index, parts[1::2])), made[1])


def _nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Texts by path as zeep wants them: an object as a dictionary of its elements."""
    made: dict[str, Any] = {}
    for path, text in pairs:
        *outer, name = path.split("/")
        place = made
        for element in outer:
            place = place.setdefault(element, {})
        place[name] = text
    return made


def _text(value: str) -> str:
    """As lxml writes a text: a carriage return would else be read as a line feed."""
    return escape(value, {"\r": "&#13;"})


class _NoNetwork(Transport):
    """What zeep gets instead of a network: the portal's own transport fetches and posts."""

    def load(self, url: object) -> bytes:
        if isinstance(url, io.BytesIO):
            return url.read()
        raise ValueError("zeep may load nothing by itself")


def _no_transport() -> Transport:
    make: Any = _NoNetwork
    transport: Transport = make()
    transport.session.close()
    transport.session.adapters.clear()
    return transport


@lru_cache(maxsize=16)
def _envelopes(path: Path, changed: int) -> Envelopes:
    return Envelopes(path.read_bytes())


def envelopes_of(path: Path) -> Envelopes:
    """The Envelopes of a WSDL file, kept per process until the file changes. Raises WsdlError, OSError."""
    return _envelopes(path, path.stat().st_mtime_ns)


# A fork in the middle of somebody's turn would leave the child waiting for ever.
os.register_at_fork(after_in_child=_envelopes.cache_clear)
