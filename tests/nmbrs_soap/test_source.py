"""The source against the embedded Nmbrs: what it asks, with which header, and what it gives back."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from portal.nmbrs.contract import service
from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER, Sandbox
from portal.nmbrs.sandbox.wsdl import wsdl
from portal.nmbrs.soap import Retry, SoapSource
from portal.source import (
    AnswerMalformed,
    CredentialsRefused,
    Level,
    NotPermitted,
    Rest,
    SchemaChanged,
    Scope,
    Soap,
    SourceError,
    Unavailable,
    Unsupported,
)
from tests.nmbrs_soap.conftest import Request, Wire, answer, http

Make = Callable[..., SoapSource]

DEBTORS = Soap("List_GetAll", "DebtorService", "Debtor", {"remote_id": "Id", "number": "Number", "name": "Name"})
COMPANIES = Soap("List_GetByDebtor", "CompanyService", "Company", {"remote_id": "ID"}, {"DebtorId": "debtor"})
PEOPLE = Soap(
    "List_GetByCompany",
    "EmployeeService",
    "Employee",
    {"remote_id": "Id", "kind": "@kind"},
    {"CompanyId": "company", "EmployeeType": "kind"},
)
SALARIES = Soap(
    "Salary_GetAll_AllEmployeesByCompany",
    "EmployeeService",
    "EmployeeSalaryItem/EmployeeSalaries/Salary_V2",
    {"employee": "EmployeeId", "amount": "Value", "valid_from": "StartDate"},
    {"CompanyID": "company"},
)
ALL = Scope(Level.ENVIRONMENT)


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(debtors=3, employees=6, seed=7, today=date(2026, 11, 22), companies=2) as sandbox:
        yield sandbox


@pytest.fixture
def nmbrs(running: Sandbox) -> Iterator[Sandbox]:
    """The embedded Nmbrs, without faults and with nothing recorded."""
    running.forget_requests()
    yield running
    running.faults.clear()


@pytest.fixture
def ours(nmbrs: Sandbox, source: Make) -> Make:
    """`ours(...)`: a source with the right credentials."""
    return lambda **options: source(nmbrs.url, **({"user": USER, "token": TOKEN, "domain": DOMAIN} | options))


def company(ours: Make) -> Scope:
    one = ours()
    debtor = next(iter(one.fetch(DEBTORS, ALL, {}).records()))["remote_id"]
    of_debtor = Scope(Level.DEBTOR, debtor=str(debtor))
    found = next(iter(one.fetch(COMPANIES, of_debtor, {}).records()))["remote_id"]
    return Scope(Level.COMPANY, debtor=str(debtor), company=str(found))


def test_debtors_come_as_they_are_in_the_firm(nmbrs: Sandbox, ours: Make) -> None:
    fetched = ours().fetch(DEBTORS, ALL, {})
    assert {record["remote_id"]: record["name"] for record in fetched.records()} == {
        str(debtor.id): debtor.name for debtor in nmbrs.firm.debtors
    }
    assert (fetched.calls, len(fetched.digest), fetched.unknown_elements) == (1, 16, {})


def test_each_call_carries_the_header_of_its_operation(nmbrs: Sandbox, ours: Make) -> None:
    one = ours()
    assert one.check_credentials() == DOMAIN
    one.fetch(DEBTORS, ALL, {})
    assert [(call.operation, call.header, call.user, call.soap_version) for call in nmbrs.requests] == [
        ("Environment_Get", "AuthHeader", USER, "1.1"),
        ("List_GetAll", "AuthHeaderWithDomain", USER, "1.1"),
    ]


def test_loops_ask_the_product_of_their_values_and_give_one_list(nmbrs: Sandbox, ours: Make) -> None:
    scope = company(ours)
    nmbrs.forget_requests()
    fetched = ours().fetch(PEOPLE, scope, {"kind": ["1", "2", "4"]})
    assert [call.parameters["EmployeeType"] for call in nmbrs.requests] == ["1", "2", "4"]
    assert fetched.calls == 3
    kinds = [record["kind"] for record in fetched.records()]
    assert kinds == sorted(kinds)
    assert "2" in kinds


SCALE = ("Scale", "SchaalDescription", "ScaleValue", "ScalePercentageMax", "ScalePercentageMin")
STEPS = Soap(
    "SalaryTable2_GetSteps",
    "CompanyService",
    "SalaryTableStepV2",
    {"scale": "@scale.Scale", "step": "Step", "value": "StepValue"},
    {
        "CompanyId": "company",
        **{f"Scale/{name}": f"scale.{name}" for name in SCALE},
        "Period": "scale.number",
        "Year": "scale.year",
    },
)


def test_a_value_of_a_loop_fills_a_parameter_that_is_an_object(nmbrs: Sandbox, ours: Make) -> None:
    scope = company(ours)
    table = next(one for one in nmbrs.firm.companies() if str(one.id) == scope.company).records.salary_tables[-1]
    parts = ("name", "description", "value", "most", "least")
    values = [
        {"year": "2026", "number": "11"}
        | {element: str(getattr(scale, part)) for element, part in zip(SCALE, parts, strict=True)}
        for scale in table.scales[:2]
    ]
    # What is empty and optional in the contract is left out.
    values[1]["SchaalDescription"] = ""
    nmbrs.forget_requests()
    rows = list(ours().fetch(STEPS, scope, {"scale": values}).records())
    assert [(row["scale"], row["step"]) for row in rows] == [
        (scale.name, step.name) for scale in table.scales[:2] for step in scale.steps
    ]
    asked = [
        {name.removeprefix("Scale/"): text for name, text in call.parameters.items() if "/" in name}
        for call in nmbrs.requests
    ]
    assert asked == [{name: value[name] for name in SCALE if value[name]} for value in values]
    with pytest.raises(ValueError, match="nothing is given for Scale/ScaleValue"):
        ours().fetch(STEPS, scope, {"scale": [{**values[0], "ScaleValue": ""}]})


def test_equal_answers_have_equal_digests_and_others_differ(ours: Make) -> None:
    scope = company(ours)
    one = ours()
    first, second = (one.fetch(PEOPLE, scope, {"kind": ["2", "4"]}).digest for _ in range(2))
    assert first == second
    assert one.fetch(PEOPLE, scope, {"kind": ["4", "2"]}).digest != first


def test_a_loop_without_values_makes_no_call(nmbrs: Sandbox, ours: Make) -> None:
    scope = company(ours)
    nmbrs.forget_requests()
    fetched = ours().fetch(PEOPLE, scope, {"kind": []})
    assert (list(fetched.records()), fetched.calls, nmbrs.requests) == ([], 0, [])


def test_one_failing_call_of_a_loop_fails_the_whole_fetch(nmbrs: Sandbox, ours: Make) -> None:
    scope = company(ours)
    nmbrs.faults.add("fault", code=1002, operation="List_GetByCompany", count=1)
    with pytest.raises(NotPermitted):
        ours().fetch(PEOPLE, scope, {"kind": ["1", "2"]})


def test_bulk_answers_carry_the_employee_into_each_row(nmbrs: Sandbox, ours: Make) -> None:
    rows = list(ours().fetch(SALARIES, company(ours), {}).records())
    assert len(rows) > 6
    assert all(row["employee"] and row["valid_from"] for row in rows)


@pytest.mark.parametrize(
    ("details", "error", "code"),
    [
        ({"kind": "timeout", "seconds": 3.0}, Unavailable, None),
        ({"kind": "reset"}, Unavailable, None),
        ({"kind": "500"}, Unavailable, 500),
        ({"kind": "502_html"}, Unavailable, 502),
        ({"kind": "html_200"}, Unavailable, None),
        ({"kind": "truncated"}, AnswerMalformed, None),
        ({"kind": "short_body"}, AnswerMalformed, None),
        ({"kind": "wrong_charset"}, AnswerMalformed, None),
        ({"kind": "fault", "code": 1001}, CredentialsRefused, 1001),
        ({"kind": "fault", "code": 2004}, NotPermitted, 2004),
    ],
)
def test_faults_of_nmbrs_become_errors(
    nmbrs: Sandbox, ours: Make, details: dict[str, object], error: type[SourceError], code: int | None
) -> None:
    nmbrs.faults.add(**details)  # type: ignore[arg-type]
    with pytest.raises(SourceError) as caught:
        ours().fetch(DEBTORS, ALL, {})
    assert (type(caught.value), caught.value.code) == (error, code)


def test_changes_of_the_schema_are_seen(nmbrs: Sandbox, ours: Make) -> None:
    scope = company(ours)
    nmbrs.faults.add("unknown_element", element="Bijzonder", operation="Salary_GetAll_AllEmployeesByCompany", count=1)
    fetched = ours().fetch(SALARIES, scope, {})
    rows = list(fetched.records())
    assert set(fetched.unknown_elements) == {"Bijzonder"}
    assert fetched.unknown_elements["Bijzonder"] >= len(rows)
    nmbrs.faults.add("missing_required", element="StartDate", operation="Salary_GetAll_AllEmployeesByCompany")
    with pytest.raises(SchemaChanged, match="StartDate"):
        list(ours().fetch(SALARIES, scope, {}).records())


def test_an_empty_list_is_an_answer(nmbrs: Sandbox, ours: Make) -> None:
    nmbrs.faults.add("empty_list")
    fetched = ours().fetch(DEBTORS, ALL, {})
    assert (list(fetched.records()), fetched.calls) == ([], 1)


@pytest.mark.parametrize("wrong", [{"token": "x"}, {"user": "x@example.test"}, {"domain": "x"}])
def test_wrong_credentials_are_refused(ours: Make, wrong: dict[str, str]) -> None:
    with pytest.raises(CredentialsRefused):
        ours(**wrong).fetch(DEBTORS, ALL, {})


def test_the_first_check_needs_no_domain(ours: Make) -> None:
    assert ours(domain="").check_credentials() == DOMAIN


def test_only_soap_is_understood(ours: Make) -> None:
    one, rest = ours(), Rest("/x", "", {})
    assert one.binding(DEBTORS, rest) is DEBTORS
    with pytest.raises(Unsupported):
        one.binding(None, rest)
    with pytest.raises(Unsupported):
        one.fetch(rest, ALL, {})


def test_a_call_without_its_parameter_is_a_mistake_of_the_caller(ours: Make) -> None:
    with pytest.raises(ValueError, match="DebtorId"):
        ours().fetch(COMPANIES, ALL, {})
    with pytest.raises(ValueError, match="year"):
        ours().fetch(DEBTORS, ALL, {"year": ["2026"]})


def test_many_threads_share_one_source(nmbrs: Sandbox, ours: Make) -> None:
    one = ours()
    expected = [dict(record) for record in one.fetch(DEBTORS, ALL, {}).records()]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: list(one.fetch(DEBTORS, ALL, {}).records()), range(80)))
    assert all(records == expected for records in answers)
    assert sum(call.status == 200 for call in nmbrs.requests) == 81
    assert nmbrs.wsdl_reads.count("DebtorService") <= 1


def test_a_source_goes_on_after_a_fork(nmbrs: Sandbox, ours: Make) -> None:
    one = ours()
    one.fetch(DEBTORS, ALL, {})
    child = os.fork()
    if child == 0:
        os._exit(len(list(one.fetch(DEBTORS, ALL, {}).records())))
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == len(nmbrs.firm.debtors)
    assert len(list(one.fetch(DEBTORS, ALL, {}).records())) == len(nmbrs.firm.debtors)


def test_no_thread_and_no_socket_is_made_before_the_first_call(ours: Make) -> None:
    before = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    ours()
    assert (threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))) == before


# --- the WSDL --------------------------------------------------------------------------------------------------------

GOOD = http(answer("DebtorService", "List_GetAll", "<Debtor><Id>1</Id></Debtor>"))


def test_a_wsdl_is_fetched_once_for_all_sources(wire: Wire, source: Make) -> None:
    wire.says(GOOD)
    for _ in range(3):
        source(wire.url).fetch(DEBTORS, ALL, {})
    assert (wire.wsdl_requests, len(wire.requests)) == (1, 3)


def test_calls_go_to_our_address_whatever_the_wsdl_says(wire: Wire, source: Make) -> None:
    wire.says(GOOD)
    source(wire.url).fetch(DEBTORS, ALL, {})
    assert b"http://elsewhere.example" in wire.wsdl("DebtorService")
    assert [(one.path, one.operation) for one in wire.requests] == [("/soap/v3/DebtorService.asmx", "List_GetAll")]


def age(folder: Path, seconds: float) -> None:
    for file in folder.iterdir():
        os.utime(file, (time.time() - seconds,) * 2)


def test_a_wsdl_is_fetched_again_after_a_week(wire: Wire, source: Make, tmp_path: Path) -> None:
    wire.says(GOOD)
    for days, expected in ((6, 1), (8, 2)):
        source(wire.url).fetch(DEBTORS, ALL, {})
        age(tmp_path / "wsdl", days * 86_400)
        source(wire.url).fetch(DEBTORS, ALL, {})
        assert wire.wsdl_requests == expected


def test_an_old_wsdl_serves_while_no_newer_one_can_be_had(wire: Wire, source: Make, tmp_path: Path) -> None:
    wire.says(GOOD)
    source(wire.url).fetch(DEBTORS, ALL, {})
    age(tmp_path / "wsdl", 8 * 86_400)
    wire.wsdl = lambda name: http(b"", status="503 Service Unavailable")
    assert source(wire.url).fetch(DEBTORS, ALL, {}).calls == 1


def test_an_operation_that_the_kept_wsdl_lacks_makes_us_fetch_it_again(
    wire: Wire, source: Make, tmp_path: Path
) -> None:
    wire.says(GOOD)
    whole = wire.wsdl
    wire.wsdl = lambda name: whole(name).replace(b"List_GetAll", b"List_GetOld")
    with pytest.raises(SchemaChanged, match="WSDL"):
        source(wire.url).fetch(DEBTORS, ALL, {})
    wire.wsdl = whole
    age(tmp_path / "wsdl", 120)
    assert source(wire.url).fetch(DEBTORS, ALL, {}).calls == 1
    assert wire.wsdl_requests == 2


REAL = wsdl(service("DebtorService"), "http://x.example")


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (http(b"<html><body>Service</body></html>", kind="text/html"), Unavailable),
        (http(b"", status="404 Not Found"), Unavailable),
        (http(REAL[:-50]), AnswerMalformed),
        (http(b"<a/>"), AnswerMalformed),
        (http(REAL.replace(b"?>", b"?><!DOCTYPE d [<!ENTITY x 'y'>]>", 1)), AnswerMalformed),
        (http(b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>'), AnswerMalformed),
        (
            http(
                b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/">'
                b'<import namespace="x" location="file:///etc/passwd"/></definitions>'
            ),
            AnswerMalformed,
        ),
    ],
)
def test_a_document_that_is_no_wsdl_is_not_kept(
    wire: Wire, source: Make, tmp_path: Path, document: bytes, error: type[SourceError]
) -> None:
    wire.wsdl = lambda name: document
    with pytest.raises(error):
        source(wire.url).fetch(DEBTORS, ALL, {})
    assert not (tmp_path / "wsdl").exists()
    assert wire.requests == []


def test_the_latency_is_the_wait_for_the_first_byte(wire: Wire, source: Make) -> None:
    observed: list[float] = []

    class Listening:
        def acquire(self) -> float:
            time.sleep(0.2)
            return 0.2

        def observe(self, latency: float, kind: str = "") -> None:
            observed.append(latency)

    def slowly(connection: socket.socket, request: Request) -> None:
        time.sleep(0.15)
        connection.sendall(GOOD[:200])
        time.sleep(0.3)
        connection.sendall(GOOD[200:])

    wire.answer = slowly
    source(wire.url, budget=Listening()).fetch(DEBTORS, ALL, {})
    assert 0.14 < observed[-1] < 0.4


def test_a_slot_is_taken_for_every_try(wire: Wire, source: Make) -> None:
    class Counting:
        taken = 0
        observed: list[str] = []

        def acquire(self) -> float:
            self.taken += 1
            return 0.0

        def observe(self, latency: float, kind: str = "") -> None:
            assert 0 < latency < 1
            self.observed.append(kind.partition("/")[0])

    budget = Counting()
    wire.says(http(b"", status="503 Service Unavailable"), http(b"", status="503 Service Unavailable"), GOOD)
    source(wire.url, budget=budget, retry=Retry(least=0.01, most=0.02)).fetch(DEBTORS, ALL, {})
    assert budget.taken == 1 + 3
    assert budget.observed == ["DebtorService WSDL", "List_GetAll"]
