"""Documents made to break a reader (S9): refused or read exactly, in little memory, and never with a DTD."""

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from portal.nmbrs.soap import SoapSource
from portal.source import AnswerMalformed, AnswerTooLarge, Level, Record, Scope, Soap, SourceError
from tests.nmbrs_soap.conftest import Wire, answer, http
from tests.nmbrs_soap.test_bombs import forget_peak, packed, peak_megabytes

DEBTORS = Soap("List_GetAll", "DebtorService", "Debtor", {"remote_id": "Id", "name": "Name"})
GOOD = [{"remote_id": "1", "name": "Naam"}]
ROW = "<Debtor><Id>1</Id><Name>Naam</Name></Debtor>"
MEGABYTE = 1024 * 1024
CAP = 32 * MEGABYTE
SECRET = "file:///etc/passwd"


@dataclass(frozen=True)
class Hostile:
    """A document and what must come of it: an error, or exactly these records. What takes long is made when asked."""

    body: bytes | Callable[[], bytes]
    error: type[SourceError] | None = AnswerMalformed
    records: tuple[Record, ...] = ()
    headers: str = ""


def doc(rows: str = ROW, *, head: str = "", encoding: str = "utf-8", version: str = "1.0") -> bytes:
    """An answer with these rows, something between the declaration and the root, and a declared encoding."""
    body = answer("DebtorService", "List_GetAll", rows).decode()
    declaration = f'<?xml version="{version}" encoding="{encoding}"?>{head}'
    return re.sub(r"^<\?xml[^>]*\?>", lambda match: declaration, body).encode()


def named(text: str) -> str:
    return f"<Debtor><Id>1</Id><Name>{text}</Name></Debtor>"


def dtd(inside: str, text: str = "&e;", *, external: str = "") -> Hostile:
    return Hostile(doc(named(text), head=f"<!DOCTYPE s {external}[{inside}]>"))


def bomb(body: Callable[[], bytes], encoding: str, error: type[SourceError] = AnswerMalformed) -> Hostile:
    return Hostile(body, error, headers=f"Content-Encoding: {encoding}\r\n")


def deflated(piece: bytes, times: int) -> bytes:
    """A piece so many times over, packed without ever holding it whole."""
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(piece) for _ in range(times)), packer.flush()])


def harmless(body: bytes, name: str = "Naam") -> Hostile:
    return Hostile(body, None, ({"remote_id": "1", "name": name},))


XINCLUDE = "http://www.w3.org/2001/XInclude"
BEFORE = doc("|").partition(b"|")[0]
LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
ATTRIBUTES = "".join(f' a{number}="1"' for number in range(100_000))
NAMES = "".join(f' xmlns:n{number}="urn:{number}"' for number in range(20_000))

DOCUMENTS = {
    # --- document types and entities
    "empty DTD": Hostile(doc(head="<!DOCTYPE s>")),
    "DTD behind comments and spaces": Hostile(doc(head=" <!-- a --> \n<?a b?> <!DOCTYPE s>")),
    "DTD behind a byte order mark": Hostile(b"\xef\xbb\xbf" + doc(head="<!DOCTYPE s>")),
    "DTD behind a megabyte of comment": Hostile(doc(head=f"<!--{'x' * MEGABYTE}--><!DOCTYPE s>")),
    "DTD inside the root": Hostile(doc(ROW + "<!DOCTYPE s>")),
    "DTD after the root": Hostile(doc() + b"<!DOCTYPE s>"),
    "DTD in small letters": Hostile(doc(head="<!doctype s>")),
    "entity of its own": dtd('<!ENTITY e "Naam">'),
    "entity from a file": dtd(f'<!ENTITY e SYSTEM "{SECRET}">'),
    "entity from the network": dtd('<!ENTITY e SYSTEM "http://127.0.0.1:9/x">'),
    "parameter entity": dtd(f'<!ENTITY % p SYSTEM "{SECRET}"> %p;', "Naam"),
    "external DTD": dtd("", "Naam", external=f'SYSTEM "{SECRET}" '),
    "public DTD": dtd("", "Naam", external='PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://127.0.0.1:9/x.dtd" '),
    "billion laughs": dtd(LAUGHS, "&i;"),
    "quadratic blow-up": dtd(f'<!ENTITY e "{"x" * 50_000}">', "&e;" * 20_000),
    "entity that holds itself": dtd('<!ENTITY e "&f;"><!ENTITY f "&e;">'),
    "entity with markup": dtd(f'<!ENTITY e "</Name></Debtor>{ROW}<Debtor><Name>">'),
    "attribute by default": dtd('<!ATTLIST Name xsi:nil CDATA "true">', "Naam"),
    "entity that nobody declared": Hostile(doc(named("&nbsp;"))),
    "entity in an attribute": Hostile(doc(ROW.replace("<Name>", '<Name a="&e;">'))),
    # --- size and depth
    "300 levels in a record": Hostile(doc(named("<a>" * 300 + "</a>" * 300))),
    "200,000 levels": Hostile(doc("<a>" * 200_000 + "</a>" * 200_000)),
    "12 MB text": Hostile(doc(named("x" * (12 * MEGABYTE)))),
    "12 MB attribute": Hostile(doc(ROW.replace("<Name>", f'<Name a="{"x" * (12 * MEGABYTE)}">'))),
    "12 MB name": Hostile(doc(f"{ROW}<{'x' * (12 * MEGABYTE)}/>")),
    "12 MB comment": Hostile(doc(f"<!--{'x' * (12 * MEGABYTE)}-->")),
    "12 MB processing instruction": Hostile(doc(f"<?a {'x' * (12 * MEGABYTE)}?>")),
    "100,000 attributes": harmless(doc(ROW.replace("<Name>", f"<Name{ATTRIBUTES}>"))),
    "20,000 namespaces": harmless(doc(ROW.replace("<Debtor>", f"<Debtor{NAMES}>"))),
    "an attribute twice": Hostile(doc(ROW.replace("<Name>", '<Name a="1" a="2">'))),
    "a prefix that nobody declared": Hostile(doc(named("<x:b>9</x:b>"))),
    "gzip bomb": bomb(lambda: packed((b" " * 1000, 400_000)), "gzip"),
    "gzip bomb of rows": bomb(lambda: packed((BEFORE, 1), (ROW.encode(), 2_000_000)), "gzip", AnswerTooLarge),
    "gzip in gzip": bomb(lambda: gzip.compress(packed((b" " * 1000, 400_000))), "gzip, gzip"),
    "deflate bomb": bomb(lambda: deflated(b" " * MEGABYTE, 400), "deflate"),
    "an unpacked body under an unknown encoding": Hostile(
        doc(), None, ({"remote_id": "1", "name": "Naam"},), "Content-Encoding: rot13\r\n"
    ),
    # --- character sets
    "UTF-16": Hostile(doc(encoding="utf-16").decode().encode("utf-16")),
    "UTF-16 without a mark": Hostile(doc(encoding="utf-16").decode().encode("utf-16-le")),
    "UTF-16 that says UTF-8": Hostile(doc().decode().encode("utf-16")),
    "UTF-32": Hostile(doc(encoding="utf-32").decode().encode("utf-32")),
    "UTF-7": Hostile(doc(named("+ADw-script+AD4-"), encoding="utf-7")),
    "EBCDIC": Hostile(doc(encoding="cp037").decode().encode("cp037")),
    "Latin-1": Hostile(doc(named("Zoë")).decode().encode("latin-1")),
    "overlong UTF-8": Hostile(doc(named("|")).replace(b"|", b"\xc0\xbcb\xc0\xbe")),
    "half a surrogate": Hostile(doc(named("|")).replace(b"|", b"\xed\xa0\x80")),
    "cut inside a letter": Hostile(doc(named("|")).partition(b"|")[0] + b"\xc3"),
    "two byte order marks": Hostile(b"\xef\xbb\xbf\xef\xbb\xbf" + doc()),
    # --- characters that XML has not
    "NUL": Hostile(doc(named("a|b")).replace(b"|", b"\x00")),
    "NUL by number": Hostile(doc(named("a&#0;b"))),
    "escape by number": Hostile(doc(named("a&#x1b;b"))),
    "number beyond Unicode": Hostile(doc(named("a&#x110000;b"))),
    # --- structure
    "cut off": Hostile(doc()[:-30]),
    "two roots": Hostile(doc() + b"<a/>"),
    "letters after the end": Hostile(doc() + b"x"),
    "CDATA without end": Hostile(doc(named("<![CDATA[x"))),
    "crossed tags": Hostile(doc("<Debtor><Id>1</Debtor></Id>")),
    "an answer inside a header": Hostile(
        doc("<Id>9</Id>").replace(b"<s:Body>", b"<s:Header>").replace(b"</s:Body>", b"</s:Header><s:Body/>")
    ),
    "XInclude": harmless(
        doc(ROW.replace("</Debtor>", f'<i:include xmlns:i="{XINCLUDE}" href="{SECRET}"/></Debtor>'))
    ),
    "processing instructions": harmless(doc(named("Na<?php echo 1 ?>am"), head=f'<?xml-stylesheet href="{SECRET}"?>')),
    "a DTD in a comment": harmless(doc(head="<!-- <!DOCTYPE s> -->")),
    "a DTD as text": harmless(doc(named("<![CDATA[<!DOCTYPE s>&e;]]>")), "<!DOCTYPE s>&e;"),
    "a schema elsewhere": harmless(doc(ROW.replace("<Debtor>", f'<Debtor xsi:schemaLocation="urn:x {SECRET}">'))),
    "markup that looks like an entity": harmless(doc(named("&amp;e; &#60;b&#62;")), "&e; <b>"),
    "letters that turn the line around": harmless(doc(named("\u202eNaam\u2066")), "\u202eNaam\u2066"),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_threat_30_a_hostile_document_is_refused_or_read_exactly(
    wire: Wire, source: Callable[..., SoapSource], name: str
) -> None:
    hostile = DOCUMENTS[name]
    wire.says(http(hostile.body() if callable(hostile.body) else hostile.body, more=hostile.headers))
    one = source(wire.url, deadline=30.0, byte_cap=CAP)
    forget_peak()
    before = peak_megabytes()
    try:
        got: object = [dict(record) for record in one.fetch(DEBTORS, Scope(Level.ENVIRONMENT), {}).records()]
    except SourceError as refused:
        got = type(refused)
    assert got == (hostile.error or [dict(record) for record in hostile.records])
    assert peak_megabytes() - before < 200
    assert len(wire.requests) == 1


def test_there_are_thirty_hostile_documents_and_more() -> None:
    assert len(DOCUMENTS) >= 30
    refused = [one.body for one in DOCUMENTS.values() if one.error and isinstance(one.body, bytes)]
    assert sum(b"<!DOCTYPE" in body for body in refused) >= 10
