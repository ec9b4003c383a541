"""Writes rows as XML, in the order and with the habits of the contract (soap_wire: data on the wire).

A row is a mapping of element names to values; what it leaves out is unset. An unset or empty text is left out, an
unset nillable element is nil, anything else unset gets the default of .NET: 0, false, year one, first enum member.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final
from xml.sax.saxutils import escape

from portal.nmbrs.contract import Field, Operation, service

_DEFAULTS: Final = {
    "int": "0",
    "decimal": "0",
    "boolean": "false",
    "dateTime": "0001-01-01T00:00:00",
    "guid": "00000000-0000-0000-0000-000000000000",
    "string": "",
}
_CHUNK: Final = 64 * 1024


def write_answer(operation: Operation, value: Any) -> Iterator[bytes]:
    """The response element in pieces of about 64 KB. `value` is a text, a row, or rows for an array."""
    home = service(operation.service)
    yield f'<{operation.name}Response xmlns="{home.namespace}">'.encode()
    result = operation.result_element
    if home.is_simple(operation.result):
        yield _element(Field(result, operation.result, optional=True), value).encode()
    elif (item := _array_item(operation.service, operation.result)) is not None:
        yield from _array(operation, item, value)
    elif value is not None:
        yield _complex(operation.service, operation.result)(result, value).encode()
    yield f"</{operation.name}Response>".encode()


def _array(operation: Operation, item: Field, rows: Any) -> Iterator[bytes]:
    write = _complex(operation.service, item.type)
    result = operation.result_element
    yield f"<{result}>".encode()
    pieces: list[str] = []
    size = 0
    for row in rows:
        text = write(item.name, row)
        pieces.append(text)
        size += len(text)
        if size >= _CHUNK:
            yield "".join(pieces).encode()
            pieces.clear()
            size = 0
    pieces.append(f"</{result}>")
    yield "".join(pieces).encode()


def _array_item(service_name: str, type_name: str) -> Field | None:
    fields = service(service_name).fields(type_name)
    return fields[0] if len(fields) == 1 and fields[0].many else None


@cache
def _complex(service_name: str, type_name: str) -> Callable[[str, Mapping[str, Any]], str]:
    """A function that writes one element of a complex type from a row."""
    home = service(service_name)
    parts: list[tuple[str, Callable[[Any], str]]] = [
        (field.name, _field(service_name, field)) for field in home.fields(type_name)
    ]

    def write(element: str, row: Mapping[str, Any]) -> str:
        get = row.get
        inner = "".join([part(get(name)) for name, part in parts])
        return f"<{element}>{inner}</{element}>"

    return write


def _field(service_name: str, field: Field) -> Callable[[Any], str]:
    home = service(service_name)
    if home.is_simple(field.type):
        members = home.enums.get(field.type)
        default = members[0] if members else _DEFAULTS[field.type]
        return lambda value: _element(field, value, default)
    item = _array_item(service_name, field.type)
    if item is None:
        return _nested(field, _complex(service_name, field.type))
    return _wrapped(field, item, _complex(service_name, item.type))


def _nested(field: Field, write: Callable[[str, Mapping[str, Any]], str]) -> Callable[[Any], str]:
    return lambda value: "" if value is None else write(field.name, value)


def _wrapped(
    field: Field, item: Field, write: Callable[[str, Mapping[str, Any]], str]
) -> Callable[[Iterable[Mapping[str, Any]] | None], str]:
    """A nested array: the wrapper has the field's name, unset leaves it out, no rows leave it empty."""

    def wrapped(rows: Iterable[Mapping[str, Any]] | None) -> str:
        if rows is None:
            return ""
        return f"<{field.name}>{''.join([write(item.name, row) for row in rows])}</{field.name}>"

    return wrapped


def _element(field: Field, value: Any, default: str = "") -> str:
    if value is None or value == "":
        if field.nillable:
            return f'<{field.name} xsi:nil="true" />'
        if field.optional:
            return ""
        return f"<{field.name}>{default}</{field.name}>"
    return f"<{field.name}>{_text(value)}</{field.name}>"


def _text(value: Any) -> str:
    match value:
        case str():
            return escape(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(int(value))
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")
        case date():
            return f"{value.isoformat()}T00:00:00"
    raise TypeError(type(value).__name__)
