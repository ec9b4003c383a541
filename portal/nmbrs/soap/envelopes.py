"""Requests as bytes: zeep makes the envelope and the header from a WSDL, and does nothing else here."""

import io
import os
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

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


class WsdlError(Exception):
    """The document is no WSDL that zeep can load, or it has no SOAP 1.1 port."""


class OperationError(Exception):
    """The WSDL does not have the operation, its header, or a parameter of it."""


class Envelopes:
    """Makes the requests of one service. Threads take turns: zeep promises no thread safety."""

    def __init__(self, wsdl: bytes) -> None:
        self._turn = threading.Lock()
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
        """The envelope and its SOAPAction. Raises OperationError."""
        made: tuple[bytes, str] | None = None
        with self._turn:
            try:
                element = self._client.get_element(f"{{{namespace}}}{header}")(**values)
                action = self._service._binding.get(operation).soapaction
                envelope = self._client.create_message(self._service, operation, **parameters, _soapheaders=[element])
                made = etree.tostring(envelope, xml_declaration=True, encoding="utf-8"), f'"{action}"'
            except (ZeepError, ValueError, LookupError, TypeError):
                # zeep's texts may hold the values; the reason is always a request that this WSDL does not describe.
                made = None
        if made is None:
            raise OperationError
        return made


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
