"""The contract data and its loader."""

import pytest

from portal.nmbrs.contract import (
    ContractError,
    field_at,
    levels,
    operation,
    record_fields,
    request_field,
    service,
    services,
    type_fields,
)
from portal.nmbrs.sandbox.answers import answered

FUNCTIONS = ("EmployeeService", "Function_GetAll_AllEmployeesByCompany_V2")
FUNCTION_ROWS = "EmployeeFunctionItem_V2/EmployeeFunctions/EmployeeFunction"


def test_every_type_that_is_named_exists() -> None:
    for home in services().values():
        used = {field.type for name in home.types for field in home.fields(name)}
        used |= {called.result for called in home.operations.values()}
        used |= {field.type for called in home.operations.values() for field in called.request}
        assert {name for name in used if not home.is_simple(name)} <= set(home.types)


def test_the_sandbox_answers_every_operation_of_the_contract_and_no_other() -> None:
    assert answered() == {(home.name, name) for home in services().values() for name in home.operations}


def test_only_the_credential_test_takes_the_header_without_a_domain() -> None:
    plain = [o.name for home in services().values() for o in home.operations.values() if o.header == "AuthHeader"]
    assert plain == ["Environment_Get"]


def test_a_rows_path_leads_to_the_fields_of_the_record() -> None:
    fields = record_fields(*FUNCTIONS, FUNCTION_ROWS)
    assert [field.name for field in fields] == ["RecordId", "Function", "CreationDate", "StartPeriod", "StartYear"]
    assert [field.name for field in fields if field.required] == ["RecordId", "StartPeriod", "StartYear"]
    assert [step.element for step in levels(*FUNCTIONS, FUNCTION_ROWS)][-2:] == [
        "EmployeeFunctions",
        "EmployeeFunction",
    ]


def test_a_field_is_found_in_the_record_below_it_and_above_it() -> None:
    assert field_at(*FUNCTIONS, FUNCTION_ROWS, "StartYear").type == "int"
    assert field_at(*FUNCTIONS, FUNCTION_ROWS, "Function/Code").type == "int"
    assert field_at(*FUNCTIONS, FUNCTION_ROWS, "EmployeeId").required


def test_fields_of_a_base_type_come_first() -> None:
    names = [field.name for field in type_fields("EmployeeService", "SalaryTableEmployee")]
    assert names == ["Code", "Description", "Schaal", "Trede"]


def test_a_text_result_has_no_fields_and_a_single_record_has_its_own() -> None:
    assert record_fields("CompanyService", "Company_GetCurrentPeriod", "") == ()
    assert [field.name for field in record_fields("DebtorService", "Debtor_Get", ".")] == ["Id", "Number", "Name"]


def test_a_field_of_a_request_may_stand_in_an_object() -> None:
    steps = ("CompanyService", "SalaryTable2_GetSteps")
    assert request_field(*steps, "Year").type == "int"
    assert request_field(*steps, "Scale/ScaleValue").type == "decimal"
    assert request_field(*steps, "Scale/SchaalDescription").optional
    for path in ("Scale", "Month", "Scale/Color", "Year/Value"):
        with pytest.raises(ContractError):
            request_field(*steps, path)


def test_what_the_contract_does_not_know_is_an_error() -> None:
    with pytest.raises(ContractError):
        service("SalaryService")
    with pytest.raises(ContractError):
        operation("DebtorService", "Run_GetList")
    with pytest.raises(ContractError):
        type_fields("DebtorService", "Company")
    with pytest.raises(ContractError):
        record_fields(*FUNCTIONS, "EmployeeFunctionItem/EmployeeFunctions")
    with pytest.raises(ContractError):
        field_at(*FUNCTIONS, FUNCTION_ROWS, "Function/Amount")
