"""SOAP envelopes: reads what a client sent, writes answers and faults (soap_wire: binding, sample messages)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from portal.nmbrs.contract import Operation, Service, header_fields

SOAP_11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
_SCHEMA: Final = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
CONTENT_TYPES: Final = {SOAP_11: "text/xml; charset=utf-8", SOAP_12: "application/soap+xml; charset=utf-8"}


class SoapFault(Exception):
    """Answered as a fault with HTTP 500. `text` is what .NET would say; `client` tells whose mistake it is."""

    def __init__(self, text: str, *, client: bool = False, envelope: str = SOAP_11) -> None:
        super().__init__(text)
        self.text = text
        self.client = client
        self.envelope = envelope


def nmbrs_fault(code: int, message: str) -> SoapFault:
    """A fault of Nmbrs itself: its code stands behind an arrow in a .NET sentence."""
    return SoapFault(
        f"System.Web.Services.Protocols.SoapException: Server was unable to process request. ---> {code}: {message}\n"
        "   at Nmbrs.Api.V3.Security.Check()"
    )


@dataclass(frozen=True, slots=True)
class Call:
    """What a client asks: the operation, its parameters as text, and who it says it is.

    What stands inside a parameter has a path for a name: `Scale/ScaleValue`.
    """

    operation: Operation
    parameters: Mapping[str, str]
    #: Name of the authentication header that was sent, or empty.
    header: str
    credentials: Mapping[str, str]
    #: Namespace of the envelope, which tells the SOAP version.
    envelope: str

    @property
    def soap_version(self) -> str:
        """`1.1` or `1.2`."""
        return "1.2" if self.envelope == SOAP_12 else "1.1"

    @property
    def company_parameter(self) -> str | None:
        """Name of the parameter that says which company the call is about; its case differs per operation."""
        return self.parameter_of("companyid")

    def parameter_of(self, meaning: str) -> str | None:
        """Name of the parameter that is `meaning` in small letters: `companyid`, `debtorid`, `employeeid`."""
        return next((name for name in self.parameters if name.lower() == meaning), None)

    def number(self, name: str) -> int:
        """A parameter as a number; 0 when it was left out or written in another case, as .NET reads it.

        Raises SoapFault when it is no number.
        """
        text = self.parameters.get(name, "").strip() or "0"
        try:
            return int(text)
        except ValueError:
            raise SoapFault(
                "Server was unable to read request. ---> There is an error in XML document. ---> "
                "Input string was not in a correct format.",
                client=True,
                envelope=self.envelope,
            ) from None


def read_call(service: Service, body: bytes, content_type: str, soap_action: str | None) -> Call:
    """Understand a request to `service`. Raises SoapFault."""
    root = _parse(body)
    envelope = etree.QName(root).namespace or ""
    if etree.QName(root).localname != "Envelope" or envelope not in CONTENT_TYPES:
        raise SoapFault("Possible SOAP version mismatch: Envelope namespace was unexpected.", client=True)
    asked = root.find(f"{{{envelope}}}Body/*")
    if asked is None:
        raise SoapFault("Server was unable to read request. ---> Body is empty.", client=True, envelope=envelope)
    name = etree.QName(asked)
    operation = service.operations.get(name.localname)
    if operation is None or name.namespace != service.namespace:
        raise SoapFault(
            "Server did not recognize the value of HTTP Header SOAPAction or the request element.",
            client=True,
            envelope=envelope,
        )
    _check_action(service, operation, envelope, content_type, soap_action)
    header, credentials = _credentials(root, envelope, service.namespace)
    parameters = dict(_texts(asked))
    return Call(operation, parameters, header, credentials, envelope)


def _texts(element: etree._Element, path: str = "") -> Iterator[tuple[str, str]]:
    """The texts below an element by the path to them: `CompanyId`, `Scale/ScaleValue`."""
    for child in element.iterchildren("*"):
        name = f"{path}{etree.QName(child).localname}"
        if len(child):
            yield from _texts(child, f"{name}/")
        else:
            yield name, child.text or ""


def _parse(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise SoapFault(
            "Server was unable to read request. ---> Data at the root level is invalid.", client=True
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise SoapFault("Server was unable to read request. ---> DTD is prohibited.", client=True)
    return root


def _check_action(
    service: Service, operation: Operation, envelope: str, content_type: str, soap_action: str | None
) -> None:
    """SOAP 1.1 needs the SOAPAction header; 1.2 does not, not even when it comes as text/xml."""
    action = soap_action.strip().strip('"') if soap_action is not None else ""
    if envelope == SOAP_11 and not action:
        raise SoapFault(
            "System.Web.Services.Protocols.SoapException: Unable to handle request without a valid action parameter. "
            "Please supply a valid soap action.",
            client=True,
        )
    if action and action != f"{service.namespace}/{operation.name}":
        raise SoapFault(
            f"Server did not recognize the value of HTTP Header SOAPAction: {action}.", client=True, envelope=envelope
        )
    if envelope == SOAP_11 and content_type.startswith("application/soap+xml"):
        raise SoapFault("Possible SOAP version mismatch: content type is that of SOAP 1.2.", client=True)


def _credentials(root: etree._Element, envelope: str, namespace: str) -> tuple[str, dict[str, str]]:
    for child in root.iterfind(f"{{{envelope}}}Header/*"):
        name = etree.QName(child)
        if name.namespace == namespace and name.localname in {"AuthHeader", "AuthHeaderWithDomain"}:
            known = [field.name for field in header_fields(name.localname)]
            return name.localname, {part: child.findtext(f"{{{namespace}}}{part}") or "" for part in known}
    return "", {}


def opening(envelope: str) -> bytes:
    """The answer up to the child of the body."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{envelope}" {_SCHEMA}><soap:Body>'
    ).encode()


CLOSING: Final = b"</soap:Body></soap:Envelope>"


def fault_envelope(fault: SoapFault) -> bytes:
    """The whole answer of a fault, in the SOAP version of the request."""
    text = escape(fault.text)
    if fault.envelope == SOAP_12:
        kind = "soap:Sender" if fault.client else "soap:Receiver"
        inner = (
            f"<soap:Code><soap:Value>{kind}</soap:Value></soap:Code>"
            f'<soap:Reason><soap:Text xml:lang="en">{text}</soap:Text></soap:Reason><soap:Detail />'
        )
    else:
        kind = "soap:Client" if fault.client else "soap:Server"
        inner = f"<faultcode>{kind}</faultcode><faultstring>{text}</faultstring><detail />"
    return opening(fault.envelope) + f"<soap:Fault>{inner}</soap:Fault>".encode() + CLOSING
