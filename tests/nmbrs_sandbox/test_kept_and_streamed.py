"""Answers are kept while nothing changed; a big one is streamed in pieces."""

import http.client
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from lxml import etree

from portal.nmbrs.contract import operation
from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.envelope import SOAP_11, Call
from portal.nmbrs.sandbox.firm import build_firm
from portal.nmbrs.sandbox.state import State
from tests.nmbrs_sandbox.wire import call, envelope

SALARIES = "Salary_GetAll_AllEmployeesByCompany"


def call_for(company: int) -> Call:
    asked = operation("EmployeeService", SALARIES)
    return Call(asked, {"CompanyID": str(company)}, asked.header, {}, SOAP_11)


def test_an_answer_is_written_once_until_the_firm_moves_on() -> None:
    state = State(build_firm(1, 20, 7, date(2026, 11, 22)))
    company = next(state.firm.companies())
    first = state.payload(call_for(company.id))
    assert state.payload(call_for(company.id)) is first
    state.advance()
    later = state.payload(call_for(company.id))
    assert later is not first
    assert later != first


def test_a_kept_answer_comes_faster_than_a_new_one() -> None:
    with Sandbox(debtors=1, employees=600, seed=7, today=date(2026, 11, 22)) as sandbox:
        company = next(sandbox.firm.companies())
        seconds = []
        for _ in range(3):
            call(sandbox.url, "EmployeeService", SALARIES, {"CompanyID": company.id})
            seconds.append(sandbox.requests[-1].seconds)
    assert min(seconds[1:]) < seconds[0] / 3


@pytest.fixture(scope="module")
def big() -> Iterator[Sandbox]:
    with Sandbox(debtors=1, companies=1, employees=10_000, seed=7, today=date(2026, 11, 22)) as running:
        yield running


@contextmanager
def answering(sandbox: Sandbox, *, http_version: str) -> Iterator[http.client.HTTPResponse]:
    """The answer to a call for all salaries of the one company, not yet read."""
    company = next(sandbox.firm.companies())
    body = envelope("EmployeeService", SALARIES, {"CompanyID": company.id})
    action = f"https://api.nmbrs.nl/soap/v3/EmployeeService/{SALARIES}"
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=60)
    connection._http_vsn_str = http_version
    try:
        connection.request("POST", "/soap/v3/EmployeeService.asmx", body, {"SOAPAction": action})
        yield connection.getresponse()
    finally:
        connection.close()


def test_ten_thousand_employees_are_streamed_in_little_memory(big: Sandbox) -> None:
    size = 0
    tracemalloc.start()
    try:
        with answering(big, http_version="HTTP/1.1") as response:
            assert response.headers["Transfer-Encoding"] == "chunked"
            while piece := response.read(64 * 1024):
                size += len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 5_000_000
    assert peak < size / 2


def test_ten_thousand_employees_arrive_complete_also_for_a_client_of_http_1_0(big: Sandbox) -> None:
    company = next(big.firm.companies())
    with answering(big, http_version="HTTP/1.0") as response:
        assert response.headers["Transfer-Encoding"] is None
        root = etree.fromstring(response.read())
    received = [element.text for element in root.iter("{*}ID")]
    assert received == [str(salary.id) for person in company.people for salary in person.salaries]
