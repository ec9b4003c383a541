"""Answers made to exhaust the reader are refused with little memory and soon."""

import gzip
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.nmbrs.soap import SoapSource
from portal.source import AnswerMalformed, AnswerTooLarge, Level, Scope, Soap, SourceError
from tests.nmbrs_soap.conftest import Request, Wire, answer, http

DEBTORS = Soap("List_GetAll", "DebtorService", "Debtor", {"remote_id": "Id", "name": "Name"})
BEFORE, AFTER = answer("DebtorService", "List_GetAll", "|").split(b"|")
ROW = b"<Debtor><Id>1</Id><Name>Naam</Name></Debtor>"
MEGABYTE = 1024 * 1024


def peak_megabytes() -> float:
    text = Path("/proc/self/status").read_text()
    return int(text.partition("VmHWM:")[2].split()[0]) / 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def packed(*parts: tuple[bytes, int]) -> bytes:
    """Each piece so many times over, gzipped without ever holding it unpacked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    made = []
    for piece, times in parts:
        made += [packer.compress(piece * min(times, 1000)) for _ in range(max(1, times // 1000))]
    return b"".join([*made, packer.flush()])


#: What is packed, and what the reader says. Packed by the test itself: all of them take seconds.
BOMBS: dict[str, tuple[list[tuple[bytes, int]], type[SourceError]]] = {
    "spaces": ([(b" " * 1000, 200_000)], AnswerMalformed),
    "rows": ([(BEFORE, 1), (ROW, 4_000_000)], AnswerTooLarge),
    "nested elements": ([(b"<a>", 20_000_000)], AnswerMalformed),
    "nested elements that look closed": ([(b"<a>/>", 12_000_000)], AnswerMalformed),
    "one long text": ([(b"<a>", 1), (b"x" * 100, 1_000_000)], AnswerMalformed),
    "attributes": ([(b"<a", 1), (b' a="1"', 10_000_000)], AnswerMalformed),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_little_memory(wire: Wire, source: Callable[..., SoapSource], name: str) -> None:
    parts, error = BOMBS[name]
    wire.says(http(packed(*parts), more="Content-Encoding: gzip\r\n"))
    one = source(wire.url, deadline=30.0, byte_cap=64 * MEGABYTE)
    forget_peak()
    before, began = peak_megabytes(), time.monotonic()
    with pytest.raises(SourceError) as caught:
        list(one.fetch(DEBTORS, Scope(Level.ENVIRONMENT), {}).records())
    assert type(caught.value) is error
    assert peak_megabytes() - before < 100
    assert time.monotonic() - began < 10


def test_an_answer_without_end_is_cut_at_the_cap(wire: Wire, source: Callable[..., SoapSource]) -> None:
    def endless(connection: socket.socket, request: Request) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + BEFORE)
        while True:
            connection.sendall(ROW * 1000)

    wire.answer = endless
    with pytest.raises(AnswerTooLarge):
        source(wire.url, deadline=30.0, byte_cap=20 * MEGABYTE).fetch(DEBTORS, Scope(Level.ENVIRONMENT), {})


def test_nesting_beyond_libxml2s_depth_is_refused_when_read(wire: Wire, source: Callable[..., SoapSource]) -> None:
    deep = b"<a>" * 300 + b"</a>" * 300
    wire.says(http(BEFORE + b"<Debtor><Id>1</Id>" + deep + b"</Debtor>" + AFTER))
    with pytest.raises(AnswerMalformed):
        list(source(wire.url).fetch(DEBTORS, Scope(Level.ENVIRONMENT), {}).records())


def test_a_large_company_is_read_in_little_memory(wire: Wire, source: Callable[..., SoapSource]) -> None:
    def rows() -> Iterator[bytes]:
        for number in range(100_000):
            yield b"<Debtor><Id>%d</Id><Number>%d</Number><Name>Naam van %d</Name></Debtor>" % ((number,) * 3)

    body = BEFORE + b"".join(rows()) + AFTER
    wire.says(http(gzip.compress(body, 1), more="Content-Encoding: gzip\r\n"))
    size = len(body)
    del body
    one = source(wire.url, deadline=30.0, byte_cap=64 * MEGABYTE)
    forget_peak()
    before = peak_megabytes()
    fetched = one.fetch(DEBTORS, Scope(Level.ENVIRONMENT), {})
    assert (sum(1 for _ in fetched.records()), fetched.size) == (100_000, size)
    assert peak_megabytes() - before < 10
