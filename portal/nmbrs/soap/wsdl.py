"""The WSDL of each service: fetched from the connection's own host, checked, and kept on disk for a week."""

import logging
import os
import re
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from portal.nmbrs.contract import Service
from portal.nmbrs.soap.answers import document_error
from portal.nmbrs.soap.body import Body
from portal.nmbrs.soap.envelopes import Envelopes, OperationError, WsdlError, envelopes_of
from portal.nmbrs.soap.transport import Transport
from portal.source import AnswerMalformed, SchemaChanged, SourceError

WEEK = 7 * 24 * 3600.0
#: A WSDL younger than this (seconds) is not fetched again for an operation that it lacks.
JUST_FETCHED = 60.0
_ROOT = "{http://schemas.xmlsoap.org/wsdl/}definitions"
_log = logging.getLogger(__name__)


class Wsdls:
    """The WSDLs of one address. One file per host and service, replaced as a whole."""

    def __init__(self, folder: Path, address: str, transport: Transport) -> None:
        self._folder = folder
        self._host = re.sub(r"[^A-Za-z0-9.-]+", "_", address.partition("://")[2])
        self._transport = transport
        self._fetching = threading.Lock()

    def request(
        self, service: Service, operation: str, parameters: Mapping[str, str], header: str, values: Mapping[str, str]
    ) -> tuple[bytes, str]:
        """Envelope and SOAPAction of a call, from the WSDL of its service.

        An operation that the kept WSDL lacks makes us fetch it again. Raises SchemaChanged when Nmbrs does not
        describe the call, and whatever fetching a first WSDL raises.
        """
        path = self._folder / f"{self._host}-{service.name}.wsdl"
        envelopes = self._load(service, path, younger=WEEK)
        for last in (False, True):
            try:
                return envelopes.request(service.namespace, operation, parameters, header, values)
            except OperationError:
                if last:
                    break
            envelopes = self._load(service, path, younger=JUST_FETCHED)
        raise SchemaChanged(operation, detail="the WSDL does not describe this call")

    def _load(self, service: Service, path: Path, *, younger: float) -> Envelopes:
        with self._fetching:
            age = _age(path)
            if age is None:
                self._fetch(service, path)
            elif age >= younger:
                try:
                    self._fetch(service, path)
                except SourceError as error:
                    # The call itself tells how Nmbrs is; the kept WSDL is good until a newer one is there.
                    _log.warning("WSDL of %s not refreshed: %s", service.name, error.kind)
        return envelopes_of(path)

    def _fetch(self, service: Service, path: Path) -> None:
        name = f"{service.name} WSDL"
        body = self._transport.get(
            name,
            f"{service.path}?WSDL",
            lambda status, headers, body: document_error(name, _ROOT, status, headers, body),
        )
        usable = self._keep(body, path)
        if not usable:
            raise AnswerMalformed(name, detail="not a usable WSDL")

    def _keep(self, body: Body, path: Path) -> bool:
        content = b"".join(body.pieces())
        try:
            Envelopes(content)
        except WsdlError:
            return False
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(dir=self._folder, prefix=path.stem)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(fresh).replace(path)
        return True


def _age(path: Path) -> float | None:
    """Seconds since the file was written; None when there is none."""
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except FileNotFoundError:
        return None
