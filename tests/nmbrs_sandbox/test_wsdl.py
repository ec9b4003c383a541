"""The WSDLs, read by zeep in strict mode over HTTP."""

from collections.abc import Iterator

import pytest
import requests
import zeep
from zeep.transports import Transport

from portal.nmbrs.contract import service, services
from portal.nmbrs.sandbox import Sandbox
from tests.nmbrs_sandbox.wire import CREDENTIALS

HEADER = {"AuthHeaderWithDomain": CREDENTIALS}
OF_SOME_PEOPLE = {
    "Absence_GetAll_AllEmployeesByCompany",
    "LeaseCar2_GetAll_EmployeesByCompany",
    "Partner_GetAll_AllEmployeesByCompany",
    "Children_GetAll_Employeesbycompany",
}


@pytest.fixture
def transport() -> Iterator[Transport]:
    with requests.Session() as session:
        yield Transport(session=session)


def client(sandbox: Sandbox, name: str, transport: Transport) -> zeep.Client:
    address = f"{sandbox.url}{service(name).path}?WSDL"
    return zeep.Client(address, transport=transport, settings=zeep.Settings(strict=True))


@pytest.mark.parametrize("name", list(services()))
def test_it_loads_strictly_and_offers_the_operations_in_both_soap_versions(
    sandbox: Sandbox, name: str, transport: Transport
) -> None:
    described = client(sandbox, name, transport).wsdl.services[name]
    assert set(described.ports) == {f"{name}Soap", f"{name}Soap12"}
    for port in described.ports.values():
        assert set(port.binding._operations) == set(service(name).operations)
        assert port.binding_options["address"] == sandbox.url + service(name).path


@pytest.mark.parametrize("query", ["WSDL", "wsdl", "Wsdl"])
def test_it_is_open_without_signing_in_and_the_reads_are_counted(sandbox: Sandbox, query: str) -> None:
    answer = requests.get(f"{sandbox.url}/soap/v3/CompanyService.asmx?{query}", timeout=10)
    assert answer.status_code == 200
    assert sandbox.wsdl_reads == ["CompanyService"]
    assert sandbox.requests == []


def test_an_address_without_wsdl_is_404(sandbox: Sandbox) -> None:
    assert requests.get(f"{sandbox.url}/soap/v3/CompanyService.asmx", timeout=10).status_code == 404
    assert requests.get(f"{sandbox.url}/soap/v3/SalaryService.asmx?WSDL", timeout=10).status_code == 404


@pytest.mark.parametrize("port", ["EmployeeServiceSoap", "EmployeeServiceSoap12"])
def test_strict_zeep_reads_every_bulk_answer_in_both_versions(
    sandbox: Sandbox, transport: Transport, port: str
) -> None:
    bound = client(sandbox, "EmployeeService", transport).bind("EmployeeService", port)
    company = next(sandbox.firm.companies())
    period = {"Period": company.current.number, "Year": company.current.year}
    bulk = [o for o in service("EmployeeService").operations.values() if o.scope == "company_employees"]
    assert len(bulk) == 16
    for asked in bulk:
        parameters = {field.name: period.get(field.name, company.id) for field in asked.request}
        answer = getattr(bound, asked.name)(**parameters, _soapheaders=HEADER)
        assert {item["EmployeeId"] for item in answer} <= {person.id for person in company.people}
        assert len(answer) > (0 if asked.name in OF_SOME_PEOPLE else 30)


def test_zeep_understands_a_fault(sandbox: Sandbox, transport: Transport) -> None:
    debtors = client(sandbox, "DebtorService", transport)
    with pytest.raises(zeep.exceptions.Fault, match="---> 2009: "):
        debtors.service.Debtor_Get(DebtorId=1, _soapheaders=HEADER)
