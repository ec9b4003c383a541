"""What an answer is: rows of the operation that was called, or an error. Fault first, then status, then type."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from portal.nmbrs.soap.body import Body
from portal.nmbrs.soap.faults import fault_error
from portal.nmbrs.soap.parsing import Event, elements
from portal.source import AnswerMalformed, HostNotAllowed, SourceError, Unavailable

ENVELOPES = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
#: Bytes in which the beginning of an answer is looked at.
STEP = 512
_XML_TYPES = frozenset({"text/xml", "application/xml", "application/soap+xml"})
_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';]+)""", re.IGNORECASE)
_HTML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+)?html", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class _Kind:
    """What stands in the Body of an envelope: a fault with its text, or an element by local name."""

    element: str = ""
    fault: str | None = None
    callers_fault: bool = False


def status_error(operation: str, status: int) -> SourceError | None:
    """The error that a status means before a byte of the body is read: redirects are never followed."""
    if 300 <= status < 400:
        return HostNotAllowed(operation, code=status, detail="redirect")
    return None


def answer_error(operation: str, status: int, headers: Mapping[str, str], body: Body) -> SourceError | None:
    """None for a complete answer of `operation`, else the error to raise."""
    content_type = headers.get("Content-Type", "")
    kind = _kind(body) if body.well_formed else None
    if kind is not None and kind.fault is not None:
        return fault_error(operation, kind.fault, callers_fault=kind.callers_fault)
    if status != 200:
        return Unavailable(operation, code=status)
    media = content_type.partition(";")[0].strip().lower()
    if media == "text/html" or _HTML.match(body.head):
        return Unavailable(operation, detail="HTML page")
    if error := _text_error(operation, media, content_type, body):
        return error
    if kind is None or kind.element != f"{operation}Response":
        return AnswerMalformed(operation, detail="not an answer to this call")
    return None


def document_error(name: str, root: str, status: int, headers: Mapping[str, str], body: Body) -> SourceError | None:
    """None for a complete XML document with this root element (a WSDL), else the error to raise."""
    if status != 200:
        return Unavailable(name, code=status)
    content_type = headers.get("Content-Type", "")
    media = content_type.partition(";")[0].strip().lower()
    if media == "text/html" or _HTML.match(body.head):
        return Unavailable(name, detail="HTML page")
    if error := _text_error(name, media, content_type, body):
        return error
    first = next(_beginning(body), None)
    if first is None or first[1].tag != root:
        return AnswerMalformed(name, detail="another document")
    return None


def _text_error(operation: str, media: str, content_type: str, body: Body) -> SourceError | None:
    if media not in _XML_TYPES:
        return AnswerMalformed(operation, detail="not XML")
    charset, declared = _CHARSET.search(content_type), _DECLARED.match(body.head)
    names = [charset[1] if charset else "", declared[1].decode("ascii", "replace") if declared else ""]
    if any(name and name.lower() not in {"utf-8", "utf8"} for name in names):
        return AnswerMalformed(operation, detail="not UTF-8")
    if not body.well_formed:
        return AnswerMalformed(operation, detail="not well-formed")
    return None


def _kind(body: Body) -> _Kind | None:
    """What the envelope holds; None when it is no SOAP envelope with a body."""
    depth = 0
    envelope = ""
    for event, element in _beginning(body):
        depth += 1 if event == "start" else -1
        namespace, _, name = str(element.tag).removeprefix("{").rpartition("}")
        if event == "start" and depth == 1:
            envelope = namespace
            if name != "Envelope" or envelope not in ENVELOPES:
                return None
        parent = element.getparent()
        if parent is None or parent.tag != f"{{{envelope}}}Body" or parent.getparent() is not _root(element):
            continue
        if name != "Fault" or namespace != envelope:
            return _Kind(element=name)
        if event == "end":
            return _fault(element)
    return None


def _root(element: etree._Element) -> etree._Element:
    return element.getroottree().getroot()


def _beginning(body: Body) -> Iterator[tuple[Event, etree._Element]]:
    """The elements at the beginning of a well-formed body; what matters is usually in the first kilobytes."""
    head = body.head
    steps = (head[start : start + STEP] for start in range(0, len(head), STEP))
    try:
        yield from elements(steps, ("start", "end"))
    except etree.ParseError:
        # The head of a longer body ends in the middle, or the document breaks a limit of the stricter parser.
        return


def _fault(element: etree._Element) -> _Kind:
    text = " ".join(part.text or "" for part in element.iter("{*}faultstring", "{*}Text"))
    blame = " ".join(part.text or "" for part in element.iter("{*}faultcode", "{*}Value"))
    return _Kind(fault=text, callers_fault="Client" in blame or "Sender" in blame)
