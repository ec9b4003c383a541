"""Faults on request: slow and hostile answers, and records that cannot be true."""

import http.client
import threading
import time

import pytest
from lxml import etree

from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm import Company
from tests.nmbrs_sandbox.wire import NIL, Answer, call, envelope

SALARIES = "Salary_GetAll_AllEmployeesByCompany"


def companies(sandbox: Sandbox) -> list[Company]:
    return [company for company in sandbox.firm.companies() if company.people]


def salaries(sandbox: Sandbox, company: Company | None = None) -> Answer:
    asked = company or companies(sandbox)[0]
    return call(sandbox.url, "EmployeeService", SALARIES, {"CompanyID": asked.id})


def debtors(sandbox: Sandbox) -> Answer:
    return call(sandbox.url, "DebtorService", "List_GetAll")


def on_payroll(sandbox: Sandbox, company: Company) -> list[str | None]:
    asked = {"CompanyId": company.id, "EmployeeType": 2}
    return call(sandbox.url, "EmployeeService", "List_GetByCompany", asked).texts("Id")


# --- transport -------------------------------------------------------------------------------------------------------


def test_a_dripping_answer_is_correct_and_slow(sandbox: Sandbox) -> None:
    whole = debtors(sandbox).body
    sandbox.faults.add("drip", seconds=0.001, count=1)
    started = time.monotonic()
    assert debtors(sandbox).body == whole
    assert time.monotonic() - started > len(whole) * 0.001


def test_a_dripping_answer_holds_up_neither_the_firm_nor_the_end(sandbox: Sandbox) -> None:
    sandbox.faults.add("drip", seconds=30)
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=20)
    action = "https://api.nmbrs.nl/soap/v3/DebtorService/List_GetAll"
    try:
        body = envelope("DebtorService", "List_GetAll", {})
        connection.request("POST", "/soap/v3/DebtorService.asmx", body, {"SOAPAction": action})
        assert connection.sock.recv(1) == b"H"
        moved = threading.Thread(target=sandbox.advance)
        moved.start()
        moved.join(10)
        assert sandbox.firm.version == 1
        started = time.monotonic()
        sandbox.close()
        assert time.monotonic() - started < 10
    finally:
        connection.close()


def test_unavailable(sandbox: Sandbox) -> None:
    sandbox.faults.add("503")
    answer = debtors(sandbox)
    assert (answer.status, answer.body) == (503, b"Service Unavailable")


def test_a_redirect_says_where_to(sandbox: Sandbox) -> None:
    sandbox.faults.add("307", value="http://127.0.0.1:9/elsewhere")
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=20)
    action = "https://api.nmbrs.nl/soap/v3/DebtorService/List_GetAll"
    try:
        body = envelope("DebtorService", "List_GetAll", {})
        connection.request("POST", "/soap/v3/DebtorService.asmx", body, {"SOAPAction": action})
        response = connection.getresponse()
        assert (response.status, response.headers["Location"]) == (307, "http://127.0.0.1:9/elsewhere")
    finally:
        connection.close()


def test_a_dead_token_stays_dead_for_every_call(sandbox: Sandbox) -> None:
    sandbox.faults.add("dead_token", operation=SALARIES)
    assert debtors(sandbox).status == 200
    for answer in (salaries(sandbox), debtors(sandbox), salaries(sandbox)):
        assert "---> 1001: " in (answer.texts("faultstring")[0] or "")
    assert sandbox.faults.as_data()[0]["hits"] == 3
    sandbox.faults.clear()
    assert debtors(sandbox).status == 200


# --- hostile XML -----------------------------------------------------------------------------------------------------


def test_a_document_type_before_a_correct_answer(sandbox: Sandbox) -> None:
    sandbox.faults.add("dtd")
    answer = debtors(sandbox)
    assert answer.xml.getroottree().docinfo.internalDTD is not None
    assert answer.texts("Id") == [str(debtor.id) for debtor in sandbox.firm.debtors]


def test_an_entity_bomb_is_small_until_it_is_read(sandbox: Sandbox) -> None:
    whole = debtors(sandbox).body
    sandbox.faults.add("entity_bomb")
    answer = debtors(sandbox)
    assert len(answer.body) < len(whole) + 1_000
    assert answer.body.count(b"<!ENTITY") == 10
    assert answer.body.index(b"&e9;</note></soap:Header><soap:Body>") > answer.body.index(b"<soap:Envelope")
    with pytest.raises(etree.XMLSyntaxError, match="amplification"):
        _ = answer.xml


def test_a_text_of_12_mb(sandbox: Sandbox) -> None:
    sandbox.faults.add("huge_text", element="Name", count=1)
    sandbox.faults.add("huge_text", element="Remark", count=1)
    for element, others in (("Name", 2), ("Remark", 0)):
        answer = debtors(sandbox)
        root = etree.fromstring(answer.body, etree.XMLParser(huge_tree=True))
        found = [len(one.text or "") for one in root.iter(f"{{*}}{element}")]
        assert (found[0], len(found[1:])) == (12 * 1024 * 1024, others)


# --- values that are none --------------------------------------------------------------------------------------------


def test_a_text_where_a_number_belongs(sandbox: Sandbox) -> None:
    count = len(salaries(sandbox).all("Value"))
    sandbox.faults.add("bad_type", element="Value", value="twaalf")
    assert salaries(sandbox).texts("Value") == ["twaalf"] * count


def test_nil_in_a_required_element(sandbox: Sandbox) -> None:
    sandbox.faults.add("nil_required", element="Value")
    found = salaries(sandbox).all("Value")
    assert found
    assert {(element.get(NIL), element.text) for element in found} == {("true", None)}


def test_a_date_at_the_end_of_the_calendar(sandbox: Sandbox) -> None:
    sandbox.faults.add("absurd_date", element="StartDate")
    assert set(salaries(sandbox).texts("StartDate")) == {"9999-12-31T23:59:59"}


# --- records that cannot be true -------------------------------------------------------------------------------------


def test_two_records_of_one_id_with_different_content(sandbox: Sandbox) -> None:
    before = salaries(sandbox)
    sandbox.faults.add("duplicate_id", element="Value", value="1.00")
    rows = salaries(sandbox).all("Salary_V2")
    assert len(rows) == len(before.all("Salary_V2")) + 1
    assert rows[0].findtext("{*}ID") == rows[1].findtext("{*}ID")
    assert rows[0].getparent() is rows[1].getparent()
    assert [row.findtext("{*}Value") for row in rows[:2]] == [before.texts("Value")[0], "1.00"]


def test_half_a_list(sandbox: Sandbox) -> None:
    whole = salaries(sandbox).texts("EmployeeId")
    sandbox.faults.add("half_list")
    assert salaries(sandbox).texts("EmployeeId") == whole[: (len(whole) + 1) // 2]
    debtor = sandbox.firm.debtors[0]
    one = call(sandbox.url, "DebtorService", "Debtor_Get", {"DebtorId": debtor.id})
    assert one.texts("Name") == [debtor.name]


def test_a_person_in_two_companies(sandbox: Sandbox) -> None:
    one, other, *_ = companies(sandbox)
    before = on_payroll(sandbox, one)
    sandbox.faults.add("moved_employee", company=one.id)
    moved = str(other.people[0].id)
    assert on_payroll(sandbox, one) == [*before, moved]
    assert moved in on_payroll(sandbox, other)
    assert salaries(sandbox, one).texts("EmployeeId")[-1] == moved
    runs = call(sandbox.url, "CompanyService", "Run_GetList", {"CompanyId": one.id, "Year": 2026})
    assert len(runs.all("RunInfo")) == len([run for run in one.runs if run.year == 2026])


def test_rows_of_the_people_of_another_company(sandbox: Sandbox) -> None:
    one, other, *_ = companies(sandbox)
    theirs = salaries(sandbox, other).body
    sandbox.faults.add("wrong_parent", operation=SALARIES, company=one.id)
    assert salaries(sandbox, one).body == theirs
    assert salaries(sandbox, other).body == theirs


def test_the_last_company_takes_the_rows_of_the_first_and_an_unknown_one_stays_a_fault(sandbox: Sandbox) -> None:
    first, *_, last = companies(sandbox)
    sandbox.faults.add("wrong_parent")
    assert on_payroll(sandbox, last)[0] == str(first.people[0].id)
    unknown = call(sandbox.url, "EmployeeService", SALARIES, {"CompanyID": 1})
    assert "---> 2004: " in (unknown.texts("faultstring")[0] or "")


@pytest.mark.parametrize("named", [True, False])
def test_a_company_vanishes_from_the_lists_and_from_nowhere_else(sandbox: Sandbox, named: bool) -> None:
    debtor = sandbox.firm.debtors[0]
    gone = debtor.companies[1 if named else 0]
    sandbox.faults.add("vanished_company", company=gone.id if named else 0)
    for operation, asked, listed in (
        ("List_GetAll", {}, list(sandbox.firm.companies())),
        ("List_GetByDebtor", {"DebtorId": debtor.id}, debtor.companies),
    ):
        found = call(sandbox.url, "CompanyService", operation, asked).texts("ID")
        assert found == [str(company.id) for company in listed if company is not gone]
    assert call(sandbox.url, "CompanyService", "Company_GetCurrentPeriod", {"CompanyId": gone.id}).status == 200
