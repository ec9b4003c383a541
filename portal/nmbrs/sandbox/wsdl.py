"""The WSDL of a service, made from the contract: document/literal wrapped, SOAP 1.1 and 1.2, headers declared."""

from collections.abc import Iterator
from typing import Final

from portal.nmbrs.contract import Field, Operation, Service, header_fields

_HEADERS: Final = ("AuthHeaderWithDomain", "AuthHeader")
_BINDINGS: Final = (("soap", "Soap"), ("soap12", "Soap12"))
_OPENING: Final = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://www.w3.org/2001/XMLSchema" '
    'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" '
    'xmlns:g="http://microsoft.com/wsdl/types/" xmlns:tns="{namespace}" targetNamespace="{namespace}">'
)
#: .NET's own type for a guid, as every .asmx that uses one declares it.
_GUID: Final = (
    '<s:schema elementFormDefault="qualified" targetNamespace="http://microsoft.com/wsdl/types/">'
    '<s:simpleType name="guid"><s:restriction base="s:string">'
    '<s:pattern value="[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"/>'
    "</s:restriction></s:simpleType></s:schema>"
)
_TRANSPORT: Final = "http://schemas.xmlsoap.org/soap/http"


def wsdl(service: Service, address: str) -> bytes:
    """The WSDL of a service that lives at `address` (scheme, host and port)."""
    return "\n".join(_lines(service, address)).encode()


def _lines(service: Service, address: str) -> Iterator[str]:
    yield _OPENING.format(namespace=service.namespace)
    yield f'<wsdl:types><s:schema elementFormDefault="qualified" targetNamespace="{service.namespace}">'
    yield '<s:import namespace="http://microsoft.com/wsdl/types/"/>'
    yield from _schema(service)
    yield f"</s:schema>{_GUID}</wsdl:types>"
    for operation in service.operations.values():
        yield from _messages(operation)
    yield f'<wsdl:portType name="{service.name}Soap">'
    for operation in service.operations.values():
        name = operation.name
        yield (
            f'<wsdl:operation name="{name}"><wsdl:input message="tns:{name}SoapIn"/>'
            f'<wsdl:output message="tns:{name}SoapOut"/></wsdl:operation>'
        )
    yield "</wsdl:portType>"
    for prefix, suffix in _BINDINGS:
        yield from _binding(service, prefix, suffix)
    yield f'<wsdl:service name="{service.name}">'
    for prefix, suffix in _BINDINGS:
        yield (
            f'<wsdl:port name="{service.name}{suffix}" binding="tns:{service.name}{suffix}">'
            f'<{prefix}:address location="{address}{service.path}"/></wsdl:port>'
        )
    yield "</wsdl:service></wsdl:definitions>"


def _schema(service: Service) -> Iterator[str]:
    for operation in service.operations.values():
        result = Field(operation.result_element, operation.result, optional=True)
        yield _wrapper(service, operation.name, operation.request)
        yield _wrapper(service, f"{operation.name}Response", (result,))
    for header in _HEADERS:
        yield f'<s:element name="{header}" type="tns:{header}"/>'
        content = _sequence(service, header_fields(header))
        yield f'<s:complexType name="{header}">{content}<s:anyAttribute/></s:complexType>'
    for name, members in service.enums.items():
        values = "".join(f'<s:enumeration value="{member}"/>' for member in members)
        yield f'<s:simpleType name="{name}"><s:restriction base="s:string">{values}</s:restriction></s:simpleType>'
    for name, fields in service.types.items():
        content = _sequence(service, fields)
        if base := service.bases.get(name):
            content = f'<s:complexContent><s:extension base="tns:{base}">{content}</s:extension></s:complexContent>'
        yield f'<s:complexType name="{name}">{content}</s:complexType>'


def _wrapper(service: Service, name: str, fields: tuple[Field, ...]) -> str:
    return f'<s:element name="{name}"><s:complexType>{_sequence(service, fields)}</s:complexType></s:element>'


def _sequence(service: Service, fields: tuple[Field, ...]) -> str:
    return f"<s:sequence>{''.join(_element(service, field) for field in fields)}</s:sequence>"


def _element(service: Service, field: Field) -> str:
    own = field.type in service.types or field.type in service.enums
    prefix = "tns" if own else "g" if field.type == "guid" else "s"
    nillable = ' nillable="true"' if field.nillable else ""
    return (
        f'<s:element minOccurs="{0 if field.optional else 1}" maxOccurs="{"unbounded" if field.many else 1}" '
        f'name="{field.name}"{nillable} type="{prefix}:{field.type}"/>'
    )


def _messages(operation: Operation) -> Iterator[str]:
    name, header = operation.name, operation.header
    for message, part, element in (
        (f"{name}SoapIn", "parameters", name),
        (f"{name}SoapOut", "parameters", f"{name}Response"),
        (f"{name}{header}", header, header),
    ):
        yield f'<wsdl:message name="{message}"><wsdl:part name="{part}" element="tns:{element}"/></wsdl:message>'


def _binding(service: Service, prefix: str, suffix: str) -> Iterator[str]:
    yield f'<wsdl:binding name="{service.name}{suffix}" type="tns:{service.name}Soap">'
    yield f'<{prefix}:binding transport="{_TRANSPORT}"/>'
    for operation in service.operations.values():
        name, header = operation.name, operation.header
        yield (
            f'<wsdl:operation name="{name}">'
            f'<{prefix}:operation soapAction="{service.namespace}/{name}" style="document"/>'
            f'<wsdl:input><{prefix}:body use="literal"/>'
            f'<{prefix}:header message="tns:{name}{header}" part="{header}" use="literal"/></wsdl:input>'
            f'<wsdl:output><{prefix}:body use="literal"/></wsdl:output></wsdl:operation>'
        )
    yield "</wsdl:binding>"
