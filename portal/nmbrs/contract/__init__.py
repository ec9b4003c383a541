"""The contract with Nmbrs: which SOAP operations there are, what they take and what they answer.

The data is in the YAML files beside this one; both sides of the wire read it from here. Pure: no Django, no network.

    service("EmployeeService").namespace
    operation("CompanyService", "Run_GetList").request
    type_fields("EmployeeService", "Salary_V2")
    record_fields("EmployeeService", "Address_GetAll_AllEmployeesByCompany", "EmployeeAddressItem/EmployeeAddresses")
"""

from portal.nmbrs.contract.model import ContractError, Field, Operation, Service
from portal.nmbrs.contract.soap import (
    Level,
    field_at,
    header_fields,
    levels,
    operation,
    record_fields,
    report_content,
    request_field,
    service,
    services,
    type_fields,
)

__all__ = [
    "ContractError",
    "Field",
    "Level",
    "Operation",
    "Service",
    "field_at",
    "header_fields",
    "levels",
    "operation",
    "record_fields",
    "report_content",
    "request_field",
    "service",
    "services",
    "type_fields",
]
