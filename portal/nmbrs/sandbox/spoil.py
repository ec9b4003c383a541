"""Changes a correct answer into one that breaks the contract."""

from collections.abc import Iterator

from lxml import etree

from portal.nmbrs.sandbox.fault_plan import FaultKind, FaultRule


def spoil(payload: bytes, rule: FaultRule) -> bytes:
    """The response element as the rule wants it; other kinds leave it as it is."""
    match rule.kind:
        case FaultKind.UNKNOWN_ELEMENT | FaultKind.MISSING_REQUIRED | FaultKind.UNKNOWN_ENUM:
            return _change_records(payload, rule)
        case FaultKind.WRONG_CHARSET:
            # The comment makes sure that there is a letter which Latin-1 and UTF-8 write differently.
            marked = payload.decode().replace(">", "><!-- ë -->", 1)
            return marked.encode("latin-1", errors="xmlcharrefreplace")
    return payload


def _change_records(payload: bytes, rule: FaultRule) -> bytes:
    # The declaration of xsi stands on the envelope, which is not here.
    bare = payload.replace(b">", b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">', 1)
    root = etree.fromstring(bare, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    for record in list(_records(root[0])):
        if rule.kind is FaultKind.UNKNOWN_ELEMENT:
            etree.SubElement(record, f"{{{root.nsmap[None]}}}{rule.element}").text = rule.value
        for element in [child for child in record if etree.QName(child).localname == rule.element]:
            if rule.kind is FaultKind.MISSING_REQUIRED:
                record.remove(element)
            elif rule.kind is FaultKind.UNKNOWN_ENUM:
                element.text = rule.value
    return etree.tostring(root)


def _records(element: etree._Element) -> Iterator[etree._Element]:
    """The elements that hold at least one text value, at any depth: the records, and what they hang under."""
    if any(len(child) == 0 for child in element):
        yield element
    for child in element:
        yield from _records(child)
