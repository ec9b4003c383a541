"""Mutations of real answers: what a broken release, a proxy or a bored attacker may make of them."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from portal.source import Soap
from tests.mirror.fuzz.reading import NIL, chains

HUGE = "x" * 20_000
#: Texts for any element. Every one of them has been somebody's bug.
NUMBERS = (
    "0", "-0", "-1", "1", "1.5", "2.00", "12,50", "1.234,56", "1e3", "1E2", "1E-400", "1E400", "1e-999999999",
    "NaN", "INF", "-Infinity", "Infinity", "+5", "007",
    "1_000", "0x1F", "١٢٣", "１２", "½", "1 000", "12\u00a0",
    "9" * 10, "9" * 19, "9" * 5_000, "-" + "9" * 19, "0." + "0" * 30 + "1", "1.23456789", "32768", "2147483648",
    "9223372036854775808", "99999999.99", ".5", "5.", "--5", "twelve",
)  # fmt: skip
DATES = (
    "0001-01-01T00:00:00", "9999-12-31T00:00:00", "9999-12-31T23:59:59", "9999-12-31 or so", "0001-01-01x",
    "0000-00-00", "0026-01-01T00:00:00", "1899-12-31T00:00:00", "2101-01-01T00:00:00", "2024-02-30T00:00:00",
    "2024-13-01T00:00:00", "2023-02-29", "2024-02-29", "2024-01-15", "2024-01-15T10:30:00",
    "2024-01-15T00:00:00.1234567",
    "2024-01-15T00:00:00Z", "2024-01-15T23:30:00-05:00", "2024-03-31T02:30:00", "2024-01-15T24:00:00", "20240115",
    "2024-W03-1", "15-01-2024", "01/15/2024", "2024-1-5", "12024-01-15T00:00:00", "-2024-01-15T00:00:00",
    "2024-01-15x00:00:00", "2024-01-15T10", "٢٠٢٤-01-15", "tomorrow", "0001-1-M", "2024-13-M", "2024-5-M", "٢٠٢٤-5-M",
    "9998-12-M",
)  # fmt: skip
TEXTS = (
    "", " ", "\t\n ", "\u00a0", "\u200b", "\u2028", "\u202eetad", "a\u202e\u2066b", "e\u0301", "\ufeff", "😀" * 40,
    "/", "a/b", "-", "@", "a@2024-01-01", "\u0085", "' OR 1=1 --", "<b>&", "{{ 7*7 }}", "%s%n",
    "null", "None", "true", "TRUE", "yes", "maybe", "00000000-0000-0000-0000-000000000000",
    "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}", "3F2504E0-4F89-11D3-9A0C-0305E82C330", "x" * 61, "x" * 121, "x" * 256,
    HUGE,
)  # fmt: skip
#: Bytes that no XML may hold: the answer as a whole is refused.
BROKEN = (
    b"\x00", b"\x08", b"\x1f", b"&#0;", b"&#8;", b"&#xD800;", b"&#xFFFE;", b"\xff", b"\xc3(", b"\xed\xa0\x80",
    b"&nbsp;", b"&;", b"<", b"</x>", b"]]>",
)  # fmt: skip
#: Stands where broken bytes go.
HERE = "HIER-KOMT-HET"

texts = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(DATES),
    st.sampled_from(TEXTS),
    st.integers(-(2**70), 2**70).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-10_000_000, max_value=10_000_000).map(str),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds")),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=40
    ),
)


@dataclass(frozen=True)
class Mutated:
    """The bodies of an answer after its mutations, and what was done, for the report of a failure."""

    bodies: list[bytes] = field(repr=False)
    done: tuple[str, ...]


@st.composite
def mutated(draw: st.DrawFn, bodies: Sequence[bytes], soap: Soap) -> Mutated:
    """An answer with one to three mutations of its records, and seldom a broken byte."""
    trees = [etree.fromstring(body) for body in bodies]
    done: list[str] = []
    broken = draw(st.sampled_from((*[b""] * 15, *BROKEN)))
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        # Of the answers without a record there is nothing to mutate.
        places = [
            (place, number) for place, tree in enumerate(trees) for number in range(len(list(chains(tree, soap))))
        ]
        if not places:
            break
        place, number = draw(st.sampled_from(places))
        chain = list(chains(trees[place], soap))[number]
        name, change = draw(
            st.sampled_from(sorted(_CHANGES.items()) if len(soap.rows) > 1 else sorted(_OF_ONE.items()))
        )
        done.append(f"answer {place}, record {number}: {name} {change(draw, chain, soap, trees[place])}")
    if broken:
        text = draw(st.sampled_from(_leaves([trees[0]], soap) or [trees[0]]))
        text.text = HERE
        done.append(f"broken {broken!r}")
    changed = [etree.tostring(tree, encoding="utf-8") for tree in trees]
    return Mutated([body.replace(HERE.encode(), broken) for body in changed], tuple(done))


def _leaves(elements: Sequence[Any], soap: Soap) -> list[Any]:
    return [leaf for element in elements for leaf in element.iter("*") if len(leaf) == 0]


def _leaf(draw: st.DrawFn, chain: list[Any], soap: Soap) -> Any:
    """An element with a text: most often one that fills a column, of the record or of what is around it."""
    wanted = {path.rpartition("/")[2] for path in soap.fields.values()}
    own = _leaves([chain[-1]], soap)
    around = [leaf for element in chain[:-1] for leaf in element if len(leaf) == 0]
    candidates = [leaf for leaf in (*own, *around) if etree.QName(leaf).localname in wanted] or own or [chain[-1]]
    return draw(st.sampled_from(candidates))


def _name(element: Any) -> str:
    return etree.QName(element).localname


def _set(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    leaf, text = _leaf(draw, chain, soap), draw(texts)
    leaf.text = text
    leaf.attrib.pop(NIL, None)
    return f"{_name(leaf)} = {ascii(text)[:60]}"


def _borrow(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    """The text of another element: an id of somebody else, a date for a number."""
    leaf = _leaf(draw, chain, soap)
    leaf.text = draw(st.sampled_from(sorted({other.text or "" for other in _leaves([tree], soap)})))
    return f"{_name(leaf)} = {ascii(leaf.text)[:60]}"


def _drop(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    leaf = _leaf(draw, chain, soap)
    if leaf.getparent() is not None and leaf is not chain[-1]:
        leaf.getparent().remove(leaf)
    return _name(leaf)


def _nil(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    leaf = _leaf(draw, chain, soap)
    leaf.text = draw(st.sampled_from((None, None, "5")))
    leaf.set(NIL, "true")
    return _name(leaf)


def _twice(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    """The same element twice in one record, with one text or two."""
    leaf = _leaf(draw, chain, soap)
    if leaf is chain[-1]:
        return "nothing"
    twin = deepcopy(leaf)
    twin.text = draw(st.one_of(st.just(leaf.text), texts))
    draw(st.sampled_from((leaf.addnext, leaf.addprevious)))(twin)
    return f"{_name(leaf)} and {ascii(twin.text)[:60]}"


def _inside(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    """Markup inside a text."""
    leaf = _leaf(draw, chain, soap)
    child = etree.SubElement(leaf, "Vet")
    child.text, child.tail = draw(st.sampled_from(((None, None), ("9", None), (None, "9"))))
    return _name(leaf)


def _extra(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    """Elements that the contract does not know."""
    element = draw(st.sampled_from(chain))
    added = etree.SubElement(element, draw(st.sampled_from(("Onbekend", "{urn:x}ID", "Ünïcode", "constructor"))))
    added.text = draw(texts)
    return _name(element)


def _copy(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    """The record once more, as it is or with another text."""
    twin = deepcopy(chain[-1])
    chain[-1].addnext(twin)
    if draw(st.booleans()):
        return "as it is"
    return _set(draw, [*chain[:-1], twin], soap, tree)


def _gone(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    chain[-1].getparent().remove(chain[-1])
    return ""


def _nothing(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    """The record is nil, or empty."""
    chain[-1].clear()
    if draw(st.booleans()):
        chain[-1].set(NIL, "true")
    return ""


def _turned(draw: st.DrawFn, chain: list[Any], soap: Soap, tree: Any) -> str:
    """Elements in another order: no change at all."""
    chain[-1][:] = chain[-1][::-1]
    return ""


Change = Callable[[st.DrawFn, list[Any], Soap, Any], str]
_OF_ONE: Mapping[str, Change] = {
    "set": _set,
    "set a text": _set,
    "set one text": _set,
    "borrow": _borrow,
    "drop": _drop,
    "nil": _nil,
    "twice": _twice,
    "inside": _inside,
    "extra": _extra,
    "turned": _turned,
}
_CHANGES: Mapping[str, Change] = {**_OF_ONE, "copy": _copy, "gone": _gone, "nothing": _nothing}
