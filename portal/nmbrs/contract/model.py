"""The parts of the contract as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Simple types of the XML schema that the contract uses; every other type name is one of the service's own.
SIMPLE_TYPES: Final = frozenset({"string", "int", "decimal", "boolean", "dateTime", "guid"})


class ContractError(LookupError):
    """The contract does not know the service, operation, type or path asked for."""


@dataclass(frozen=True, slots=True)
class Field:
    """One element of a type, in the order of the schema."""

    name: str
    #: A simple type ("int"), or a type or enum of the same service.
    type: str
    #: minOccurs 0: the element may be left out.
    optional: bool = False
    #: The element may be xsi:nil="true".
    nillable: bool = False
    #: The element repeats.
    many: bool = False

    @property
    def required(self) -> bool:
        """The element is in every record and holds a value."""
        return not (self.optional or self.nillable)


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of a service."""

    service: str
    name: str
    #: "read" or "write".
    kind: str
    #: environment, debtor, company, company_employees (one call, all employees of a company), or employee.
    scope: str
    #: Name of the authentication header.
    header: str
    request: tuple[Field, ...]
    #: Type of the result element.
    result: str

    @property
    def result_element(self) -> str:
        """Name of the one child of the answer."""
        return f"{self.name}Result"


@dataclass(frozen=True, slots=True)
class Service:
    """One `.asmx` of Nmbrs. Types belong to a service: two services may use one name for different things."""

    name: str
    path: str
    namespace: str
    operations: Mapping[str, Operation]
    #: Type name -> its own fields, in element order. An array wrapper is a type with one repeating field.
    types: Mapping[str, tuple[Field, ...]]
    #: Type name -> the type whose fields come first.
    bases: Mapping[str, str]
    #: Enum name -> its member names.
    enums: Mapping[str, tuple[str, ...]]

    def fields(self, type_name: str) -> tuple[Field, ...]:
        """The fields of a type in element order, those of its base first. Raises ContractError."""
        if type_name not in self.types:
            raise ContractError(f"{self.name} has no type {type_name}")
        base = self.bases.get(type_name)
        return (self.fields(base) if base else ()) + self.types[type_name]

    def is_simple(self, type_name: str) -> bool:
        """An element of this type holds text, not other elements."""
        return type_name in SIMPLE_TYPES or type_name in self.enums
