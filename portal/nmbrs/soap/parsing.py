"""The one way elements are read from an answer: strictly, without DTD, entities or network, piece by piece."""

from collections.abc import Iterable, Iterator
from typing import Literal, cast

from lxml import etree

Event = Literal["start", "end"]


def elements(
    pieces: Iterable[bytes], events: tuple[Event, ...], tag: tuple[str, ...] | None = None
) -> Iterator[tuple[Event, etree._Element]]:
    """The elements of a document as they start or end. Raises etree.ParseError.

    `tag` limits them to names such as `{*}Debtor`. The caller clears what it has read. Depth is limited to 256 and
    a text to 10 MB by libxml2.
    """
    parser = etree.XMLPullParser(
        events=events,
        tag=tag,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    for piece in pieces:
        parser.feed(piece)
        yield from cast("Iterator[tuple[Event, etree._Element]]", parser.read_events())
    parser.close()
    yield from cast("Iterator[tuple[Event, etree._Element]]", parser.read_events())


def local_name(tag: object) -> str:
    """The name of an element without its namespace."""
    return str(tag).rpartition("}")[2]


def strict_target_parser(target: object) -> etree.XMLParser:
    """A parser that builds nothing and tells `target` what it has methods for."""
    return etree.XMLParser(
        target=cast("etree.ParserTarget", target),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
    )
