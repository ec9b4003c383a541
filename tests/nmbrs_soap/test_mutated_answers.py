"""Real answers with bytes changed at random (security.md S9): refused, or read as another parser reads them.

The seed is in the name of the test; an answer that was read differently is shown with its number.
"""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.parsers import expat

import pytest

from portal.mirror.resource import registry
from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.soap import SoapSource
from portal.source import UNREADABLE, Scope, Soap, SourceError
from tests.mirror.fuzz.captured import Given
from tests.mirror.fuzz.conftest import make_source
from tests.mirror.fuzz.reading import levels_of, records
from tests.nmbrs_soap.conftest import Wire, http
from tests.nmbrs_soap.test_bombs import forget_peak, peak_megabytes

#: What is put between two bytes of an answer.
TOKENS = (
    b"<!DOCTYPE s [<!ENTITY e 'x'>]>", b"<!DOCTYPE s>", b"&e;", b"&amp;", b"&#0;", b"&#65;", b"<![CDATA[", b"]]>",
    b"<!--", b"-->", b"<?x?>", b"<?", b"?>", b"<", b">", b"</", b"/>", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xc3",
    b"\xe2\x80\xae", b" ", b"\r\n", b"<x/>", b"<x>9</x>", b' xsi:nil="true"', b' a="1"', b"1", b"-", b",",
    b"0001-01-01T00:00:00", b"\xd9\xa1", b"<Body>", b"</s:Body>", b"<soap:Fault/>",
)  # fmt: skip


def mutated(body: bytes, chance: random.Random) -> bytes:
    """The body after one to four changes of its bytes."""
    changed = bytearray(body)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        start = chance.randrange(len(changed))
        stop = min(len(changed), start + chance.choice((1, 1, 2, 8, 40, 400)))
        match chance.randrange(7):
            case 0:
                changed[start] = chance.randrange(256)
            case 1:
                changed[start:start] = chance.choice(TOKENS)
            case 2:
                del changed[start:stop]
            case 3:
                changed[start:start] = changed[start:stop]
            case 4:
                # A whole element once more, or gone: the document stays well-formed more often.
                begin, end = changed.find(b"<", start), changed.find(b"/", start)
                close = changed.find(b">", end)
                if -1 < begin < end < close:
                    part = changed[begin : close + 1]
                    changed[begin : close + 1] = part * chance.choice((0, 2, 3))
            case 5:
                place = changed.find(b">", start) + 1
                changed[place:place] = chance.choice(TOKENS)
            case 6:
                del changed[start:]
        if not changed:
            return b" "
    return bytes(changed)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Soap, Scope, Given, bytes]]]:
    """An answer of every kind that one call gives, from the embedded Nmbrs."""
    with Sandbox(debtors=1, companies=1, employees=5, seed=7, today=date(2026, 11, 22)) as sandbox:
        source = make_source(sandbox.url, tmp_path_factory.mktemp("wsdl"))
        debtor = sandbox.firm.debtors[0]
        company = next(iter(sandbox.firm.companies()))
        found = []
        for resource in registry:
            soap = resource.soap
            if soap is None or resource.loops or soap.report:
                continue
            scope = Scope(resource.level, debtor=str(debtor.id), company=str(company.id))
            for given, body in source.fetch(soap, scope, {})._bodies:
                found.append((soap, scope, given, b"".join(body.pieces())))
        source.close()
        yield found


def bash(wire: Wire, one: SoapSource, answers: list[tuple[Soap, Scope, Given, bytes]], seed: int, times: int) -> None:
    """Serve so many mutated answers and judge each. Prints what came of them."""
    chance = random.Random(seed)
    levels = {id(soap): levels_of([body], soap) for soap, _, _, body in answers}
    refused = read = 0
    forget_peak()
    before = peak_megabytes()
    for number in range(times):
        soap, scope, given, body = chance.choice(answers)
        wrong = mutated(body, chance)
        wire.says(http(wrong))
        try:
            got = [dict(record) for record in one.fetch(soap, scope, {}).records()]
        except SourceError:
            refused += 1
            continue
        read += 1
        assert not _declares(wrong), f"seed {seed}, answer {number}: a DTD was accepted"
        wanted = [
            {column: UNREADABLE if found.torn else found.text for column, found in record.items()}
            for record in records(wrong, soap, given, levels[id(soap)])
        ]
        lacking = [{column: record.get(column) for column in soap.fields} for record in got]
        assert lacking == wanted, f"seed {seed}, answer {number} of {soap.operation} was read otherwise: {wrong!r}"
    print(f"{times} mutated answers of {len(answers)} kinds, seed {seed}: {refused} refused, {read} read alike")
    assert refused > times / 4
    assert read > times / 20
    assert peak_megabytes() - before < 200


def _declares(body: bytes) -> bool:
    """Whether another parser meets a document type in it."""
    met: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda name, *rest: met.append(name)
    parser.Parse(body, True)
    return bool(met)


@pytest.fixture
def one(wire: Wire, tmp_path: Path) -> Iterator[SoapSource]:
    """A source that reads what the wire says, without a budget."""
    made = make_source(wire.url, tmp_path / "wsdl")
    yield made
    made.close()


@pytest.mark.parametrize("seed", [20261125])
def test_a_mutated_answer_is_refused_or_read_as_another_parser_does(
    wire: Wire, one: SoapSource, answers: list[tuple[Soap, Scope, Given, bytes]], seed: int
) -> None:
    bash(wire, one, answers, seed, 500)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_five_thousand_mutated_answers_are_refused_or_read_as_another_parser_does(
    wire: Wire, one: SoapSource, answers: list[tuple[Soap, Scope, Given, bytes]]
) -> None:
    bash(wire, one, answers, random.randrange(2**32), 5_000)
