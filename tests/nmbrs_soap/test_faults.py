"""Every way in which an answer can be wrong ends in the right error, without a word of what was sent or received."""

import gzip
import socket
import time
import traceback
from collections.abc import Callable

import pytest

from portal.nmbrs.soap import Retry, SoapSource
from portal.source import (
    AnswerMalformed,
    AnswerTooLarge,
    ConnectionDisabled,
    CredentialsRefused,
    FaultUnknown,
    HostNotAllowed,
    Level,
    NotPermitted,
    Scope,
    Soap,
    SourceError,
    Unavailable,
)
from tests.nmbrs_soap.conftest import DOMAIN, TOKEN, USER, Request, Wire, answer, envelope, http

DEBTORS = Soap("List_GetAll", "DebtorService", "Debtor", {"remote_id": "Id", "name": "Name"})
EVERYTHING = Scope(Level.ENVIRONMENT)
CANARY = "Kanarie de Wit 999912342"
ROWS = "".join(f"<Debtor><Id>{n}</Id><Name>{CANARY}</Name></Debtor>" for n in range(200))
GOOD = answer("DebtorService", "List_GetAll", ROWS)
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
Make = Callable[..., SoapSource]


def fault(code: int | None, *, version: str = "1.1", blame: str = "Server") -> bytes:
    """A fault as .NET writes it, with a person's name in its text."""
    arrow = f"---&gt; {code}: " if code else ""
    text = f"System.Exception: Server was unable to process request. {arrow}{CANARY}\n at Nmbrs.Api.Check()"
    if version == "1.2":
        kind = {"Server": "Receiver", "Client": "Sender"}[blame]
        inner = (
            f"<s:Fault><s:Code><s:Value>s:{kind}</s:Value></s:Code>"
            f'<s:Reason><s:Text xml:lang="en">{text}</s:Text></s:Reason></s:Fault>'
        )
        return envelope(inner, version=SOAP_12)
    return envelope(f"<s:Fault><faultcode>s:{blame}</faultcode><faultstring>{text}</faultstring><detail/></s:Fault>")


def hang(connection: socket.socket, request: Request) -> None:
    time.sleep(5)


def drip_body(connection: socket.socket, request: Request) -> None:
    connection.sendall(http(GOOD)[:-1000])
    for byte in http(GOOD)[-1000:]:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def drip_headers(connection: socket.socket, request: Request) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.1)


def reset(connection: socket.socket, request: Request) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    raise ConnectionAbortedError  # the server lets go of its side, unread bytes and all


def reset_in_body(connection: socket.socket, request: Request) -> None:
    connection.sendall(http(GOOD)[:3000])
    time.sleep(0.1)
    reset(connection, request)


def short_body(connection: socket.socket, request: Request) -> None:
    connection.sendall(http(GOOD)[:-700])
    connection.shutdown(socket.SHUT_RDWR)


def cut_chunk(connection: socket.socket, request: Request) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.sendall(head + b"4000\r\n" + GOOD[:2000])
    connection.shutdown(socket.SHUT_RDWR)


def sends(data: bytes) -> Callable[[socket.socket, Request], None]:
    return lambda connection, request: connection.sendall(data)


HTML = f"<!DOCTYPE html><html><body><p>{CANARY}<br></body></html>".encode()
DOCTYPE = '<!DOCTYPE s [<!ENTITY e "x">]>'
LAUGHS = (
    '<!DOCTYPE s [<!ENTITY a "xxxxxxxxxx">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def with_rows(rows: str, head: str = "") -> bytes:
    return answer("DebtorService", "List_GetAll", rows).replace(b"?><s:", f"?>{head}<s:".encode(), 1)


ELSEWHERE = "Location: http://127.0.0.1:9/\r\n"
LATIN = with_rows("<Debtor><Id>1</Id><Name>Zo\u00eb</Name></Debtor>").replace("\u00eb".encode(), b"\xeb")
WITH_DTD, WITH_LAUGHS, WITH_NBSP = (
    with_rows(f"<Debtor><Id>1</Id><Name>{text}</Name></Debtor>", head)
    for text, head in (("&e;", DOCTYPE), ("&i;", LAUGHS), ("&nbsp;", ""))
)
OTHER = answer("DebtorService", "Debtor_Get", "<Id>1</Id>")


KINDS = [
    ("hangs", hang, Unavailable, None),
    ("drips its body", drip_body, Unavailable, None),
    ("drips its headers", drip_headers, Unavailable, None),
    ("reset", reset, Unavailable, None),
    ("reset in the body", reset_in_body, Unavailable, None),
    ("short body", short_body, AnswerMalformed, None),
    ("cut chunk", cut_chunk, AnswerMalformed, None),
    ("500 without a fault", sends(http(b"oops", status="500 Internal Server Error")), Unavailable, 500),
    ("500 with an answer", sends(http(GOOD, status="500 Internal Server Error")), Unavailable, 500),
    ("502 with HTML", sends(http(HTML, status="502 Bad Gateway", kind="text/html")), Unavailable, 502),
    ("503 with nothing", sends(http(b"", status="503 Service Unavailable")), Unavailable, 503),
    ("403 from a proxy", sends(http(HTML, status="403 Forbidden", kind="text/html")), Unavailable, 403),
    ("HTML with 200", sends(http(HTML, kind="text/html")), Unavailable, None),
    ("HTML that says it is XML", sends(http(HTML)), Unavailable, None),
    ("plain text", sends(http(GOOD, kind="text/plain")), AnswerMalformed, None),
    ("nothing at all", sends(http(b"")), AnswerMalformed, None),
    ("not HTTP", sends(b"\x00\x01\x02\r\n\r\n"), Unavailable, None),
    ("truncated", sends(http(GOOD[: len(GOOD) // 2])), AnswerMalformed, None),
    ("cut before its last tag", sends(http(GOOD[:-5])), AnswerMalformed, None),
    ("more behind its end", sends(http(GOOD + b"<a/>")), AnswerMalformed, None),
    ("Latin-1 as UTF-8", sends(http(LATIN)), AnswerMalformed, None),
    ("UTF-8 as Latin-1", sends(http(GOOD.replace(b"utf-8", b"iso-8859-1"))), AnswerMalformed, None),
    ("another charset in the header", sends(http(GOOD, kind="text/xml; charset=windows-1252")), AnswerMalformed, None),
    ("UTF-16", sends(http(GOOD.decode().encode("utf-16"))), AnswerMalformed, None),
    ("DTD", sends(http(WITH_DTD)), AnswerMalformed, None),
    ("entity bomb", sends(http(WITH_LAUGHS)), AnswerMalformed, None),
    ("unknown entity", sends(http(WITH_NBSP)), AnswerMalformed, None),
    ("bad gzip", sends(http(b"not gzip at all", more="Content-Encoding: gzip\r\n")), AnswerMalformed, None),
    ("cut gzip", sends(http(gzip.compress(GOOD)[:-200], more="Content-Encoding: gzip\r\n")), AnswerMalformed, None),
    ("answer of another call", sends(http(OTHER)), AnswerMalformed, None),
    ("redirect", sends(http(b"", status="302 Found", more=ELSEWHERE)), HostNotAllowed, 302),
    ("redirect of the post", sends(http(b"", status="307 Redirect", more=ELSEWHERE)), HostNotAllowed, 307),
    *[
        (f"fault {code} in SOAP {version}", sends(http(fault(code, version=version), status="500 Error")), error, code)
        for version in ("1.1", "1.2")
        for code, error in {
            1000: CredentialsRefused,
            1001: CredentialsRefused,
            1002: NotPermitted,
            1003: NotPermitted,
            1004: ConnectionDisabled,
            1006: CredentialsRefused,
            2003: NotPermitted,
            2004: NotPermitted,
            2009: NotPermitted,
            2006: FaultUnknown,
            9999: FaultUnknown,
        }.items()
    ],
    ("fault without a code", sends(http(fault(None), status="500 Error")), FaultUnknown, None),
    ("fault with 200", sends(http(fault(1001))), CredentialsRefused, 1001),
    ("fault called HTML", sends(http(fault(1002), status="500 Error", kind="text/html")), NotPermitted, 1002),
]  # fmt: skip


@pytest.mark.parametrize(("behaviour", "error", "code"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_each_kind_of_fault_becomes_its_error_and_nothing_leaks(
    wire: Wire, source: Make, leak_log: Callable[[], str], behaviour: object, error: type[SourceError], code: int | None
) -> None:
    wire.answer = behaviour  # type: ignore[assignment]
    began = time.monotonic()
    with pytest.raises(SourceError) as caught:
        list(source(wire.url).fetch(DEBTORS, EVERYTHING, {}).records())
    assert time.monotonic() - began < 4
    assert (type(caught.value), caught.value.code) == (error, code)
    assert caught.value.__context__ is None
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + leak_log()
    for secret in (USER, TOKEN, DOMAIN, CANARY, "Kanarie", "999912342", "<s:", "Server was unable"):
        assert secret not in said.replace(__file__, "").replace("kanarie_", ""), secret
    assert len(str(caught.value)) < 120


def test_a_good_answer_logs_nothing_secret_either(wire: Wire, source: Make, leak_log: Callable[[], str]) -> None:
    wire.says(http(GOOD))
    one = source(wire.url)
    assert len(list(one.fetch(DEBTORS, EVERYTHING, {}).records())) == 200
    for secret in (USER, TOKEN, DOMAIN, "Kanarie"):
        assert secret not in leak_log() + repr(one)
    assert TOKEN in wire.requests[0].body


def test_an_address_without_a_server_is_unavailable(source: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unavailable, match="no connection"):
        source(url).fetch(DEBTORS, EVERYTHING, {})


def test_a_reset_is_told_from_a_timeout(wire: Wire, source: Make) -> None:
    for behaviour, detail in ((reset, "connection reset"), (hang, "timeout"), (short_body, "cut off")):
        wire.answer = behaviour
        with pytest.raises(SourceError) as caught:
            source(wire.url).fetch(DEBTORS, EVERYTHING, {})
        assert caught.value.detail == detail


def test_a_redirect_is_not_followed_with_the_token(wire: Wire, source: Make) -> None:
    other = Wire()
    wire.says(http(b"", status="307 Temporary Redirect", more=f"Location: {other.url}/steal\r\n"))
    with pytest.raises(HostNotAllowed):
        source(wire.url, retry=Retry(least=0.01, most=0.02)).fetch(DEBTORS, EVERYTHING, {})
    assert (len(wire.requests), other.requests) == (1, [])
    other.close()


def test_the_byte_cap_counts_unpacked_bytes(wire: Wire, source: Make) -> None:
    big = answer("DebtorService", "List_GetAll", ROWS * 20)  # bigger than the WSDL, which the cap holds for as well
    wire.says(http(gzip.compress(big), more="Content-Encoding: gzip\r\n"))
    with pytest.raises(AnswerTooLarge, match="List_GetAll"):
        source(wire.url, byte_cap=len(big) - 1).fetch(DEBTORS, EVERYTHING, {})
    assert source(wire.url, byte_cap=len(big)).fetch(DEBTORS, EVERYTHING, {}).size == len(big)


def test_a_gzipped_answer_reads_as_any_other(wire: Wire, source: Make) -> None:
    wire.says(http(GOOD), http(gzip.compress(GOOD), more="Content-Encoding: gzip\r\n"))
    plain, packed = (source(wire.url).fetch(DEBTORS, EVERYTHING, {}) for _ in range(2))
    assert (plain.digest, plain.size, list(plain.records())) == (packed.digest, packed.size, list(packed.records()))


@pytest.mark.parametrize(
    ("attempts", "behaviour", "calls"),
    [
        (4, http(b"", status="503 Service Unavailable"), 4),
        (4, http(GOOD[:-9]), 4),
        (4, http(fault(1006), status="500 Error"), 3),
        (4, http(fault(9999), status="500 Error"), 3),
        (4, http(fault(None), status="500 Error"), 3),
        (4, http(fault(None, blame="Client"), status="500 Error"), 1),
        (4, http(fault(1001), status="500 Error"), 1),
        (4, http(fault(1002), status="500 Error"), 1),
        (4, http(fault(2006), status="500 Error"), 1),
        (4, http(b"", status="404 Not Found"), 1),
        (4, http(b"", status="302 Found"), 1),
        (2, http(b"", status="503 Service Unavailable"), 2),
    ],
)
def test_only_passing_errors_are_tried_again(
    wire: Wire, source: Make, attempts: int, behaviour: bytes, calls: int
) -> None:
    wire.says(behaviour)
    with pytest.raises(SourceError):
        source(wire.url, retry=Retry(attempts, least=0.01, most=0.02)).fetch(DEBTORS, EVERYTHING, {})
    assert len(wire.requests) == calls


def test_a_call_that_succeeds_at_last_gives_the_digest_of_its_good_answer(wire: Wire, source: Make) -> None:
    wire.says(http(GOOD))
    clean = source(wire.url).fetch(DEBTORS, EVERYTHING, {})
    wire.says(http(GOOD[:-9]), http(b"", status="503 Service Unavailable"), http(GOOD))
    later = source(wire.url, retry=Retry(least=0.01, most=0.02)).fetch(DEBTORS, EVERYTHING, {})
    assert (later.digest, len(list(later.records()))) == (clean.digest, 200)


def test_the_tries_together_end_in_time(wire: Wire, source: Make) -> None:
    """No try begins after the time for all of them, and each has its own end: a busy machine adds to neither count."""
    wire.answer = hang
    with pytest.raises(Unavailable):
        source(wire.url, deadline=1.5, retry=Retry(least=0.05, most=0.1, total=2.0)).fetch(DEBTORS, EVERYTHING, {})
    assert len(wire.requests) <= 2 < Retry().attempts
