"""Changes a correct answer into one that breaks the contract."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Final

from lxml import etree

from portal.nmbrs.sandbox.fault_plan import FaultKind, FaultRule

_SCHEMA: Final = "http://www.w3.org/2001/XMLSchema-instance"
_LAST_DAY: Final = "9999-12-31T23:59:59"
_HUGE: Final = 12 * 1024 * 1024
_DTD: Final = b'<!DOCTYPE Envelope [<!ENTITY note "text">]>'
_STEPS: Final = "".join(f'<!ENTITY e{step} "{f"&e{step - 1};" * 10}">' for step in range(1, 10))
_BOMB_DTD: Final = f'<!DOCTYPE Envelope [<!ENTITY e0 "bomb">{_STEPS}]>'.encode()
_BOMB: Final = b'<soap:Header><note xmlns="">&e9;</note></soap:Header><soap:Body>'

_IN_EVERY_RECORD: Final = frozenset(
    {
        FaultKind.UNKNOWN_ELEMENT,
        FaultKind.MISSING_REQUIRED,
        FaultKind.UNKNOWN_ENUM,
        FaultKind.BAD_TYPE,
        FaultKind.NIL_REQUIRED,
        FaultKind.ABSURD_DATE,
    }
)


def spoil(payload: bytes, rule: FaultRule) -> bytes:
    """The response element as the rule wants it; other kinds leave it as it is."""
    match rule.kind:
        case FaultKind.WRONG_CHARSET:
            # The comment makes sure that there is a letter which Latin-1 and UTF-8 write differently.
            marked = payload.decode().replace(">", "><!-- ë -->", 1)
            return marked.encode("latin-1", errors="xmlcharrefreplace")
        case FaultKind.HUGE_TEXT | FaultKind.DUPLICATE_ID:
            return _change_one_record(payload, rule)
        case FaultKind.HALF_LIST | FaultKind.VANISHED_COMPANY:
            return _leave_out(payload, rule)
    return _change_records(payload, rule) if rule.kind in _IN_EVERY_RECORD else payload


def spoil_document(body: bytes, rule: FaultRule) -> bytes:
    """The whole answer as the rule wants it; other kinds leave it as it is."""
    match rule.kind:
        case FaultKind.DTD:
            return body.replace(b"?>", b"?>" + _DTD, 1)
        case FaultKind.ENTITY_BOMB:
            return body.replace(b"?>", b"?>" + _BOMB_DTD, 1).replace(b"<soap:Body>", _BOMB, 1)
    return body


def add_row_of(person: int, payload: bytes, others: bytes) -> bytes:
    """The response element with the rows about a person that `others`, another one, has."""
    root = _tree(payload)
    for result in root:
        for row in _tree(others)[0]:
            named = row.find("{*}EmployeeId") if row.find("{*}EmployeeId") is not None else row.find("{*}Id")
            if named is not None and named.text == str(person):
                result.append(row)
    return etree.tostring(root)


def _tree(payload: bytes) -> etree._Element:
    # The declaration of xsi stands on the envelope, which is not here.
    bare = payload.replace(b">", f' xmlns:xsi="{_SCHEMA}">'.encode(), 1)
    return etree.fromstring(bare, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _change_records(payload: bytes, rule: FaultRule) -> bytes:
    root = _tree(payload)
    for record in list(_records(root)):
        if rule.kind is FaultKind.UNKNOWN_ELEMENT:
            etree.SubElement(record, f"{{{root.nsmap[None]}}}{rule.element}").text = rule.value
        for element in record.findall(f"{{*}}{rule.element}"):
            match rule.kind:
                case FaultKind.MISSING_REQUIRED:
                    record.remove(element)
                case FaultKind.UNKNOWN_ENUM | FaultKind.BAD_TYPE:
                    element.text = rule.value
                case FaultKind.ABSURD_DATE:
                    element.text = _LAST_DAY
                case FaultKind.NIL_REQUIRED:
                    element.text = None
                    element.set(f"{{{_SCHEMA}}}nil", "true")
    return etree.tostring(root)


def _change_one_record(payload: bytes, rule: FaultRule) -> bytes:
    root = _tree(payload)
    records = list(_records(root))
    name = f"{{{root.nsmap[None]}}}{rule.element}"
    record = next((one for one in records if one.find(name) is not None), None)
    if rule.kind is FaultKind.DUPLICATE_ID and record is not None:
        twin = deepcopy(record)
        twin.findall(name)[0].text = rule.value
        record.addnext(twin)
    elif rule.kind is FaultKind.HUGE_TEXT and records:
        element = etree.SubElement(records[0], name) if record is None else record.findall(name)[0]
        element.text = "x" * _HUGE
    return etree.tostring(root)


def _leave_out(payload: bytes, rule: FaultRule) -> bytes:
    root = _tree(payload)
    for result in root:
        rows = list(result)
        if rule.kind is FaultKind.HALF_LIST:
            gone = rows[(len(rows) + 1) // 2 :]
        elif rule.company:
            gone = [row for row in rows if row.findtext("{*}ID") == str(rule.company)]
        else:
            gone = rows[:1]
        for row in gone:
            result.remove(row)
    return etree.tostring(root)


def _records(root: etree._Element) -> Iterator[etree._Element]:
    """The elements of a result that hold at least one text value, at any depth: records and what they hang under."""
    for element in root.iterdescendants():
        if any(len(child) == 0 for child in element):
            yield element
