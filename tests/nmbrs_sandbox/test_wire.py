"""The SOAP wire: versions, headers, faults, and how values are written."""

import socket
from urllib.parse import urlsplit

import pytest

from portal.nmbrs.sandbox import Sandbox
from tests.nmbrs_sandbox.wire import CREDENTIALS, NIL, SOAP_12, Answer, call, envelope, post

EMPLOYEES = "https://api.nmbrs.nl/soap/v3/EmployeeService"


def first_company(sandbox: Sandbox) -> int:
    return next(sandbox.firm.companies()).id


def fault_text(answer: Answer) -> str:
    return answer.texts("faultstring")[0] or ""


def test_the_domain_is_asked_with_user_and_token_alone(sandbox: Sandbox) -> None:
    plain = {"Username": "api@demo.example", "Token": "demo-token"}
    answer = call(sandbox.url, "DebtorService", "Environment_Get", credentials=plain, header="AuthHeader")
    assert (answer.status, answer.texts("SubDomain")) == (200, ["demo"])
    assert call(sandbox.url, "DebtorService", "Environment_Get").status == 500


@pytest.mark.parametrize("part", ["Username", "Token", "Domain"])
def test_a_wrong_user_token_or_domain_is_fault_1001(sandbox: Sandbox, part: str) -> None:
    answer = call(sandbox.url, "DebtorService", "List_GetAll", credentials=CREDENTIALS | {part: "wrong"})
    assert (answer.status, answer.content_type) == (500, "text/xml; charset=utf-8")
    text = fault_text(answer)
    assert text.startswith("System.Web.Services.Protocols.SoapException: ")
    assert "---> 1001: " in text
    assert "wrong" not in text


def test_the_order_of_the_credentials_does_not_matter_but_all_are_needed(sandbox: Sandbox) -> None:
    turned = dict(reversed(CREDENTIALS.items()))
    assert call(sandbox.url, "DebtorService", "List_GetAll", credentials=turned).status == 200
    without = {"Username": "api@demo.example", "Token": "demo-token"}
    assert "1001" in fault_text(call(sandbox.url, "DebtorService", "List_GetAll", credentials=without))
    assert "1001" in fault_text(call(sandbox.url, "DebtorService", "List_GetAll", header="AuthHeader"))


def test_an_unknown_company_is_fault_2004_and_an_unknown_debtor_2009(sandbox: Sandbox) -> None:
    company = call(sandbox.url, "EmployeeService", "Salary_GetAll_AllEmployeesByCompany", {"CompanyID": 1})
    debtor = call(sandbox.url, "CompanyService", "List_GetByDebtor", {"DebtorId": 1})
    assert (company.status, "---> 2004: " in fault_text(company)) == (500, True)
    assert (debtor.status, "---> 2009: " in fault_text(debtor)) == (500, True)


def test_a_parameter_in_the_wrong_case_is_read_as_zero(sandbox: Sandbox) -> None:
    parameters = {"CompanyId": first_company(sandbox)}
    answer = call(sandbox.url, "EmployeeService", "Salary_GetAll_AllEmployeesByCompany", parameters)
    assert "---> 2004: " in fault_text(answer)


def test_a_parameter_that_is_no_number_is_a_fault_without_code(sandbox: Sandbox) -> None:
    answer = call(sandbox.url, "CompanyService", "List_GetByDebtor", {"DebtorId": "all"})
    assert (answer.status, answer.texts("faultcode")) == (500, ["soap:Client"])


def test_soap_11_needs_an_action(sandbox: Sandbox) -> None:
    body = envelope("EmployeeService", "EmployeeType_GetList", {})
    without = post(sandbox.url, "EmployeeService", body)
    assert without.status == 500
    assert "without a valid action" in fault_text(without)
    other = post(sandbox.url, "EmployeeService", body, action=f"{EMPLOYEES}/List_GetByCompany")
    assert "SOAPAction" in fault_text(other)


@pytest.mark.parametrize("content_type", ["application/soap+xml; charset=utf-8", "text/xml; charset=utf-8"])
def test_soap_12_needs_none_not_even_as_text_xml(sandbox: Sandbox, content_type: str) -> None:
    body = envelope("EmployeeService", "EmployeeType_GetList", {}, soap=SOAP_12)
    answer = post(sandbox.url, "EmployeeService", body, content_type=content_type)
    assert (answer.status, answer.content_type) == (200, "application/soap+xml; charset=utf-8")
    assert answer.xml.tag == f"{{{SOAP_12}}}Envelope"
    assert "Former payroll" in answer.texts("Description")


def test_a_fault_in_soap_12_has_code_and_reason(sandbox: Sandbox) -> None:
    body = envelope("EmployeeService", "List_GetByCompany", {"CompanyId": 1, "EmployeeType": 2}, soap=SOAP_12)
    answer = post(sandbox.url, "EmployeeService", body, content_type="application/soap+xml")
    assert (answer.status, answer.texts("Value")) == (500, ["soap:Receiver"])
    assert "---> 2004: " in (answer.texts("Text")[0] or "")


def test_an_operation_of_another_service_is_not_recognised(sandbox: Sandbox) -> None:
    assert call(sandbox.url, "DebtorService", "Run_GetList", {"CompanyId": 1, "Year": 2026}).status == 500


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "<a/>",
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        envelope("DebtorService", "List_GetAll", {})
        .replace("<s:Body>", "<s:Body><!--")
        .replace("</s:Body>", "--></s:Body>"),
    ],
)
def test_what_is_no_envelope_is_a_fault_not_a_crash(sandbox: Sandbox, body: str) -> None:
    answer = post(sandbox.url, "DebtorService", body, action="x")
    assert (answer.status, len(answer.all("Fault"))) == (500, 1)


def test_elements_stand_in_the_order_of_the_contract_in_the_namespace_of_the_service(sandbox: Sandbox) -> None:
    answer = call(
        sandbox.url, "EmployeeService", "Department_GetAll_AllEmployeesByCompany", {"CompanyID": first_company(sandbox)}
    )
    row = answer.all("Department_V2")[0]
    names = ["Id", "Code", "Description", "CreationDate", "StartPeriod", "StartYear"]
    assert [child.tag for child in row] == [f"{{{EMPLOYEES}}}{name}" for name in names]


def test_unset_values_are_nil_or_left_out_or_the_default_of_dot_net(sandbox: Sandbox) -> None:
    company = first_company(sandbox)
    addresses = call(sandbox.url, "EmployeeService", "Address_GetAll_AllEmployeesByCompany", {"CompanyID": company})
    address = addresses.all("EmployeeAddress_V2")[0]
    assert address.find("{*}EndYear").get(NIL) == "true"
    assert address.find("{*}StateProvince") is None
    infos = call(
        sandbox.url, "EmployeeService", "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany", {"CompanyID": company}
    )
    info = infos.all("PersonalInfo_V2")[0]
    assert info.findtext("{*}IdentificationType") == "0"
    assert infos.all("BSN") == []
    returns = call(sandbox.url, "CompanyService", "WageTax_GetList", {"CompanyId": company, "intYear": 2026})
    assert returns.texts("SentAt")[-1] == "0001-01-01T00:00:00"
    assert returns.texts("Status")[0] == "Verzonden"
    employments = call(
        sandbox.url, "EmployeeService", "Employment_GetAll_AllEmployeesByCompany", {"CompanyID": company}
    )
    assert "0001-01-01T00:00:00" in employments.texts("EndDate")


def test_a_list_without_rows_is_an_empty_wrapper(sandbox: Sandbox) -> None:
    empty = next(company for company in sandbox.firm.companies() if not company.people)
    answer = call(sandbox.url, "EmployeeService", "Salary_GetAll_AllEmployeesByCompany", {"CompanyID": empty.id})
    (result,) = answer.all("Salary_GetAll_AllEmployeesByCompanyResult")
    assert len(result) == 0


def test_the_superseded_function_call_has_empty_and_missing_wrappers(sandbox: Sandbox) -> None:
    parameters = {"CompanyID": first_company(sandbox)}
    answer = call(sandbox.url, "EmployeeService", "Function_GetAll_AllEmployeesByCompany", parameters)
    items = answer.all("EmployeeFunctionItem")
    wrappers = [item.find("{*}EmployeeFunctions") for item in items]
    assert len(items) == 40
    assert None in wrappers
    assert any(wrapper is not None and len(wrapper) == 0 for wrapper in wrappers)


def test_names_are_escaped_and_keep_their_letters(sandbox: Sandbox) -> None:
    company = next(sandbox.firm.companies())
    answer = call(sandbox.url, "EmployeeService", "List_GetByCompany", {"CompanyId": company.id, "EmployeeType": 2})
    assert b"<script>" not in answer.body
    assert answer.texts("DisplayName") == [person.display_name for person in company.people if person.type == 2]


def test_calls_are_recorded_without_the_token(sandbox: Sandbox) -> None:
    call(sandbox.url, "CompanyService", "Run_GetList", {"CompanyId": 1, "Year": 2026})
    (recorded,) = sandbox.requests
    assert (recorded.service, recorded.operation, recorded.status) == ("CompanyService", "Run_GetList", 500)
    assert (recorded.user, recorded.header) == ("api@demo.example", "AuthHeaderWithDomain")
    assert (recorded.soap_version, recorded.parameters) == ("1.1", {"CompanyId": "1", "Year": "2026"})
    assert "demo-token" not in repr(recorded)


def test_a_connection_serves_many_calls_and_too_long_a_request_is_refused(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.url)
    body = envelope("EmployeeService", "EmployeeType_GetList", {}, soap=SOAP_12)
    request = (
        f"POST /soap/v3/EmployeeService.asmx HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        for _ in range(3):
            connection.sendall(request)
            received = b""
            while b"</soap:Envelope>" not in received:
                received += connection.recv(65536)
            assert received.startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"POST /soap/v3/EmployeeService.asmx HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")
