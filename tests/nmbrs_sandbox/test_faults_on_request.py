"""Faults on request."""

import http.client
import threading
import time

import pytest
from lxml import etree

from portal.nmbrs.sandbox import Sandbox
from tests.nmbrs_sandbox.wire import Answer, call


def salaries(sandbox: Sandbox, place: int = 0) -> Answer:
    company = list(sandbox.firm.companies())[place]
    return call(sandbox.url, "EmployeeService", "Salary_GetAll_AllEmployeesByCompany", {"CompanyID": company.id})


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "body"),
    [
        ("500", 500, "text/plain", b"Internal Server Error"),
        ("502_html", 502, "text/html", b"<html>"),
        ("html_200", 200, "text/html", b"<html>"),
    ],
)
def test_answers_that_are_not_soap(sandbox: Sandbox, kind: str, status: int, content_type: str, body: bytes) -> None:
    sandbox.faults.add(kind)
    answer = salaries(sandbox)
    assert answer.status == status
    assert answer.content_type.startswith(content_type)
    assert body in answer.body
    assert sandbox.requests[-1].status == status


@pytest.mark.parametrize("code", [1001, 1002, 1003, 1004, 2004, 9999])
def test_a_fault_with_a_code(sandbox: Sandbox, code: int) -> None:
    sandbox.faults.add("fault", code=code)
    answer = salaries(sandbox)
    assert answer.status == 500
    assert f"---> {code}: " in (answer.texts("faultstring")[0] or "")


def test_a_cut_connection_is_an_error_of_the_network(sandbox: Sandbox) -> None:
    sandbox.faults.add("reset")
    with pytest.raises(ConnectionError):
        salaries(sandbox)
    assert sandbox.requests[-1].status == 0


def test_a_call_that_hangs_is_never_answered(sandbox: Sandbox) -> None:
    sandbox.faults.add("timeout", seconds=0.4)
    started = time.monotonic()
    with pytest.raises(ConnectionError):
        salaries(sandbox)
    assert time.monotonic() - started > 0.4


def test_closing_does_not_wait_for_a_call_that_hangs(sandbox: Sandbox) -> None:
    sandbox.faults.add("timeout", seconds=60)
    outcomes: list[ConnectionError] = []

    def hang() -> None:
        try:
            salaries(sandbox)
        except ConnectionError as error:
            outcomes.append(error)

    thread = threading.Thread(target=hang)
    thread.start()
    deadline = time.monotonic() + 10
    while not sandbox.faults.as_data()[0]["hits"] and time.monotonic() < deadline:
        time.sleep(0.01)
    started = time.monotonic()
    sandbox.close()
    thread.join(10)
    assert time.monotonic() - started < 10
    assert len(outcomes) == 1


def test_latency_of_one_rule_and_of_every_call(sandbox: Sandbox) -> None:
    sandbox.faults.add("latency", seconds=0.3, count=1)
    started = time.monotonic()
    assert salaries(sandbox).status == 200
    assert time.monotonic() - started > 0.3
    sandbox.latency = 0.2
    started = time.monotonic()
    assert salaries(sandbox).status == 200
    assert time.monotonic() - started > 0.2


def test_a_truncated_body_has_the_length_it_says_and_a_short_one_has_not(sandbox: Sandbox) -> None:
    whole = salaries(sandbox).body
    sandbox.faults.add("truncated", count=1)
    cut = salaries(sandbox)
    assert whole.startswith(cut.body)
    assert len(cut.body) == len(whole) // 2
    with pytest.raises(etree.XMLSyntaxError):
        _ = cut.xml
    sandbox.faults.add("short_body", count=1)
    with pytest.raises(http.client.IncompleteRead):
        salaries(sandbox)


def test_a_wrong_charset_says_utf_8_and_is_not(sandbox: Sandbox) -> None:
    sandbox.faults.add("wrong_charset")
    answer = salaries(sandbox)
    assert answer.content_type == "text/xml; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode()
    with pytest.raises(etree.XMLSyntaxError):
        _ = answer.xml


def test_an_empty_list_in_place_of_people(sandbox: Sandbox) -> None:
    sandbox.faults.add("empty_list", operation="Salary_GetAll_AllEmployeesByCompany")
    answer = salaries(sandbox)
    assert (answer.status, answer.all("EmployeeSalaryItem")) == (200, [])
    assert len(answer.all("Salary_GetAll_AllEmployeesByCompanyResult")) == 1


def test_schema_faults_change_every_record(sandbox: Sandbox) -> None:
    whole = salaries(sandbox)
    count = len(whole.all("Salary_V2"))
    sandbox.faults.add("unknown_element", element="Bonus", count=1)
    more = salaries(sandbox)
    assert len([row for row in more.all("Salary_V2") if row.find("{*}Bonus") is not None]) == count
    sandbox.faults.add("missing_required", element="StartDate", count=1)
    less = salaries(sandbox)
    assert (len(less.all("Salary_V2")), less.all("StartDate")) == (count, [])
    sandbox.faults.add("unknown_enum", element="Type", value="Bruto_Weeksalaris", count=1)
    other = salaries(sandbox)
    assert other.texts("Type") == ["Bruto_Weeksalaris"] * count
    assert salaries(sandbox).body == whole.body


def test_a_rule_hits_only_the_calls_it_is_about(sandbox: Sandbox) -> None:
    company = list(sandbox.firm.companies())[1]
    sandbox.faults.add("500", operation="Salary_GetAll_AllEmployeesByCompany", company=company.id)
    assert [salaries(sandbox, 0).status, salaries(sandbox, 1).status] == [200, 500]
    other = call(sandbox.url, "EmployeeService", "Schedule_GetAll_AllEmployeesByCompany", {"CompanyID": company.id})
    assert other.status == 200


def test_a_rule_of_a_service_leaves_the_same_operation_of_another_alone(sandbox: Sandbox) -> None:
    sandbox.faults.add("500", operation="List_GetAll", service="CompanyService")
    assert call(sandbox.url, "DebtorService", "List_GetAll").status == 200
    assert call(sandbox.url, "CompanyService", "List_GetAll").status == 500


def test_a_count_runs_out_and_a_rate_hits_its_share_the_same_way_each_time(sandbox: Sandbox) -> None:
    sandbox.faults.add("500", count=2)
    assert [salaries(sandbox).status for _ in range(4)] == [500, 500, 200, 200]
    runs = []
    for _ in range(2):
        sandbox.faults.replace([{"kind": "500", "rate": 0.5}])
        runs.append([salaries(sandbox).status for _ in range(40)])
    assert runs[0] == runs[1]
    assert 8 < runs[0].count(500) < 32
    sandbox.faults.clear()
    assert salaries(sandbox).status == 200


def test_a_kind_that_does_not_exist_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="rain"):
        sandbox.faults.add("rain")
