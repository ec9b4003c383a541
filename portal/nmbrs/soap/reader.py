"""From the bytes of an answer to flat records, by local name and in any order, one item in memory at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from portal.nmbrs.soap.parsing import elements, local_name
from portal.nmbrs.soap.plan import Node, Plan
from portal.source import UNREADABLE, AnswerMalformed, SchemaChanged

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TRUE = frozenset({"true", "1"})

Values = dict[str, str | None]


class Reader:
    """Reads the bodies of one fetch. `unknown` counts elements that the contract lacks, by local name."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._unmet = dict(plan.required)
        self._count = 0
        self.unknown: Counter[str] = Counter()

    def read(self, pieces: Iterable[bytes], given: Mapping[str, str]) -> Iterator[Values]:
        """The records of one body. `given` are the call's parameters by name. Raises AnswerMalformed."""
        constants: Values = {column: given[name] for column, name in self._plan.given.items()}
        records = self._list(pieces, constants) if self._plan.path else self._single(pieces, constants)
        while True:
            try:
                record = next(records, None)
            except etree.ParseError:
                break
            if record is None:
                return
            self._count += 1
            if self._unmet:
                self._unmet = {column: path for column, path in self._unmet.items() if column not in record}
            yield record
        raise AnswerMalformed(self._plan.operation, detail="not readable")

    def end(self) -> None:
        """All bodies were read. Raises SchemaChanged when a required element occurred in no record at all."""
        if self._count and self._unmet:
            names = ", ".join(sorted(self._unmet.values()))
            raise SchemaChanged(self._plan.operation, detail=f"no record has {names}")

    def _list(self, pieces: Iterable[bytes], constants: Values) -> Iterator[Values]:
        plan = self._plan
        item = plan.path[0]
        for _, element in elements(pieces, ("end",), (f"{{*}}{item}", f"{{*}}{plan.result}")):
            if local_name(element.tag) == plan.result and _stands_in(element, f"{plan.operation}Response"):
                self._tidy(element, None)
                continue
            parent = element.getparent()
            if parent is None or local_name(parent.tag) != plan.result:
                continue
            # Read as a whole at its end, so that a value which stands behind the rows is inherited too.
            if element.get(_NIL) not in _TRUE:
                found: list[Values] = []
                self._rows(element, 0, constants, found)
                yield from found
            element.clear()
            self._tidy(parent, element)

    def _single(self, pieces: Iterable[bytes], constants: Values) -> Iterator[Values]:
        plan = self._plan
        found = False
        for _, element in elements(pieces, ("end",), (f"{{*}}{plan.result}",)):
            if not _stands_in(element, f"{plan.operation}Response"):
                continue
            found = True
            record = dict(constants)
            if plan.text_column is not None:
                record[plan.text_column] = _text(element)
                self._count_unknown(element)
            elif element.get(_NIL) in _TRUE:
                continue
            else:
                self._take_children(element, plan.nodes[0], record)
            yield record
        if not found and plan.text_column is not None:
            yield dict(constants)

    def _tidy(self, parent: etree._Element, upto: etree._Element | None) -> None:
        """Drop what stands before `upto` (None: everything), counting elements that do not belong there."""
        while len(parent) and (upto is None or parent[0] is not upto):
            if local_name(parent[0].tag) not in self._plan.in_result:
                self.unknown[local_name(parent[0].tag)] += 1
            del parent[0]

    def _rows(self, element: etree._Element, step: int, inherited: Values, found: list[Values]) -> None:
        values = inherited.copy()
        node = self._plan.nodes[step]
        if step == len(self._plan.path) - 1:
            self._take_children(element, node, values)
            found.append(values)
            return
        inner: list[etree._Element] = []
        tag, name = self._plan.tags[step + 1], self._plan.path[step + 1]
        for child in element:
            if child.tag == tag or local_name(child.tag) == name:
                inner.append(child)
            else:
                self._take(child, node, values)
        for child in inner:
            if child.get(_NIL) not in _TRUE:
                self._rows(child, step + 1, values, found)

    def _take_children(self, element: etree._Element, node: Node, values: Values) -> None:
        texts = node.texts
        for child in element:
            column = texts.get(child.tag)
            if column is None or len(child):
                self._take(child, node, values)
            elif column:
                text = child.text
                if text is None:
                    text = _text(child)
                values[column] = text if column not in values or values[column] == text else UNREADABLE

    def _take(self, child: etree._Element, node: Node, values: Values) -> None:
        known = (node.children or {}).get(local_name(child.tag))
        if known is None:
            self.unknown[local_name(child.tag)] += 1
        elif known.children is not None:
            self._take_children(child, known, values)
        else:
            text = _text(child)
            for column in known.columns:
                values[column] = text if column not in values or values[column] == text else UNREADABLE
            self._count_unknown(child)

    def _count_unknown(self, element: etree._Element) -> None:
        for child in element:
            self.unknown[local_name(child.tag)] += 1


def _text(element: etree._Element) -> str | None:
    """The text; None for xsi:nil, empty for an element that is present and empty, UNREADABLE with markup in between."""
    inside = [text for child in element for text in (*child.itertext(), child.tail or "")]
    if any(text.strip() for text in inside):
        return UNREADABLE
    if element.text is None:
        return None if element.get(_NIL) in _TRUE else ""
    return element.text


def _stands_in(element: etree._Element, name: str) -> bool:
    parent = element.getparent()
    return parent is not None and local_name(parent.tag) == name
