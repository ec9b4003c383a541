"""Loads `soap.yaml` and the services beside it once and answers questions about them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from portal.nmbrs.contract.model import ContractError, Field, Operation, Service

_FIELD = re.compile(r"(?P<name>\w+) (?P<type>\w+)(?P<marks>[?~*]*)")
#: The five `.asmx` of Nmbrs.
SERVICES = ("SingleSignOnService", "DebtorService", "CompanyService", "EmployeeService", "ReportService")
_DEFAULT_HEADER = "AuthHeaderWithDomain"


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a rows path: an element of the answer and what may stand in it."""

    element: str
    type: str
    fields: tuple[Field, ...]


@cache
def services() -> Mapping[str, Service]:
    """Every service by name."""
    return MappingProxyType({name: _service(name, _data(f"soap_services/{name}.yaml")) for name in SERVICES})


def service(name: str) -> Service:
    """One service, e.g. `EmployeeService`. Raises ContractError."""
    try:
        return services()[name]
    except KeyError:
        raise ContractError(f"no service {name}") from None


def operation(service_name: str, name: str) -> Operation:
    """One operation of a service. Raises ContractError."""
    try:
        return service(service_name).operations[name]
    except KeyError:
        raise ContractError(f"{service_name} has no operation {name}") from None


def type_fields(service_name: str, type_name: str) -> tuple[Field, ...]:
    """The fields of a type in element order, those of its base first. Raises ContractError."""
    return service(service_name).fields(type_name)


@cache
def header_fields(header: str) -> tuple[Field, ...]:
    """The children of an authentication header."""
    return _fields(_data("soap.yaml")["headers"][header])


@cache
def levels(service_name: str, operation_name: str, rows: str) -> tuple[Level, ...]:
    """Every step from the result element (first) to the record (last) along a rows path.

    `rows` is a path below the result element; `.` or an empty path is the result element itself.
    Raises ContractError when a step does not exist.
    """
    home = service(service_name)
    called = operation(service_name, operation_name)
    steps = [_level(home, called.result_element, called.result)]
    for name in [] if rows in {"", "."} else rows.split("/"):
        step = next((field for field in steps[-1].fields if field.name == name), None)
        if step is None:
            raise ContractError(f"{operation_name}: {steps[-1].element} has no element {name}")
        steps.append(_level(home, name, step.type))
    return tuple(steps)


def record_fields(service_name: str, operation_name: str, rows: str) -> tuple[Field, ...]:
    """The fields of the record that a rows path ends at; empty when it is a single text value."""
    return levels(service_name, operation_name, rows)[-1].fields


def field_at(service_name: str, operation_name: str, rows: str, path: str) -> Field:
    """The field that a path such as `Value` or `Function/Code` means, seen from the record.

    A name that the record does not have is looked up in its ancestors, nearest first, because a record inherits
    their values (`EmployeeId`). Raises ContractError.
    """
    first, *deeper = path.split("/")
    for level in reversed(levels(service_name, operation_name, rows)):
        found = next((field for field in level.fields if field.name == first), None)
        if found is None:
            continue
        for name in deeper:
            found = next((f for f in type_fields(service_name, found.type) if f.name == name), None)
            if found is None:
                break
        if found is not None:
            return found
    raise ContractError(f"{operation_name}: no element {path} at {rows}")


@cache
def request_field(service_name: str, operation_name: str, path: str) -> Field:
    """The field of a request that a path such as `Year` or `Scale/ScaleValue` means. Raises ContractError."""
    fields: tuple[Field, ...] = operation(service_name, operation_name).request
    home, found = service(service_name), None
    for name in path.split("/"):
        found = next((field for field in fields if field.name == name), None)
        if found is None:
            break
        fields = () if home.is_simple(found.type) else home.fields(found.type)
    if found is None or fields:
        raise ContractError(f"{operation_name}: no parameter {path} that holds a text")
    return found


@cache
def report_content(operation_name: str) -> tuple[str, tuple[Field, ...], tuple[Field, ...]]:
    """Path and fields of the records in the content of a background report, and the fields around them.

    Raises ContractError.
    """
    found = _data("report_content.yaml").get(operation_name)
    if found is None:
        raise ContractError(f"{operation_name} is no report with a known content")
    return found["rows"], _fields(found["fields"]), _fields(found["head"])


def _data(path: str) -> dict[str, Any]:
    text = files(__package__).joinpath(path).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def _fields(text: str | None) -> tuple[Field, ...]:
    return tuple(_field(part.strip()) for part in text.split(",")) if text else ()


def _field(text: str) -> Field:
    match = _FIELD.fullmatch(text)
    if match is None:
        raise ContractError(f"not a field: {text}")
    marks = match["marks"]
    return Field(match["name"], match["type"], optional="?" in marks, nillable="~" in marks, many="*" in marks)


def _service(name: str, data: Mapping[str, Any]) -> Service:
    types: dict[str, tuple[Field, ...]] = {}
    bases: dict[str, str] = {}
    enums: dict[str, tuple[str, ...]] = {}
    for type_name, definition in data["types"].items():
        if "enum" in definition:
            enums[type_name] = tuple(definition["enum"])
        elif "array" in definition:
            item = definition["array"]
            child = definition.get("item", item)
            types[type_name] = (Field(child, item, optional=True, nillable=True, many=True),)
        else:
            types[type_name] = _fields(definition["fields"])
            if "base" in definition:
                bases[type_name] = definition["base"]
    return Service(
        name=name,
        path=data["path"],
        namespace=data["namespace"],
        operations=MappingProxyType({op: _operation(name, op, value) for op, value in data["operations"].items()}),
        types=MappingProxyType(types),
        bases=MappingProxyType(bases),
        enums=MappingProxyType(enums),
    )


def _operation(service_name: str, name: str, data: Mapping[str, Any]) -> Operation:
    return Operation(
        service=service_name,
        name=name,
        kind=data["kind"],
        scope=data["scope"],
        header=data.get("header", _DEFAULT_HEADER),
        request=_fields(data.get("request")),
        result=data["result"],
    )


def _level(home: Service, element: str, type_name: str) -> Level:
    return Level(element, type_name, () if home.is_simple(type_name) else home.fields(type_name))
