"""Faults about people, and their records as they are generated and moved on."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from stdnum import iban

from portal.nmbrs.contract import service
from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm import EmployeeType, advance, build_firm
from portal.nmbrs.sandbox.firm.person_records import ABSENCE_CANARY, PersonRecords
from tests.nmbrs_sandbox.asking import TODAY, asking, staffed
from tests.nmbrs_sandbox.wire import call

KINDS = [field.name for field in fields(PersonRecords)]
ON_PAYROLL = {EmployeeType.PAYROLL, EmployeeType.FORMER_PAYROLL, EmployeeType.NEW_HIRE}
PER_PERSON = [o for o in service("EmployeeService").operations.values() if o.scope == "employee"]


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """Three debtors, 40 people a company. No test moves it on."""
    with Sandbox(debtors=3, employees=40, seed=7, today=TODAY) as running:
        yield running


@pytest.mark.parametrize("operation", PER_PERSON, ids=lambda operation: operation.name)
def test_somebody_unknown_is_fault_2003(shared: Sandbox, operation: Any) -> None:
    company = staffed(shared.firm)[0]
    last = list(shared.firm.people())[-1].id
    for identifier in (0, -1, 99_999, company.people[-1].id + 1, last + 20_000 * 1_000):
        values = {"EmployeeId": identifier, "Period": 1, "Year": 2026}
        parameters = {field.name: values[field.name] for field in operation.request if field.name in values}
        answer = call(shared.url, "EmployeeService", operation.name, parameters)
        assert answer.status == 500
        assert "---> 2003: " in (answer.texts("faultstring")[0] or "")


@pytest.mark.parametrize("operation", [o for o in PER_PERSON if len(o.request) == 3], ids=lambda o: o.name)
def test_a_period_that_the_company_does_not_have_is_fault_2006(shared: Sandbox, operation: Any) -> None:
    company = staffed(shared.firm)[0]
    parameters = {"EmployeeId": company.people[0].id, "Period": 60, "Year": 2026}
    answer = call(shared.url, "EmployeeService", operation.name, parameters)
    assert "---> 2006: " in (answer.texts("faultstring")[0] or "")


def test_applicants_have_no_further_records_and_externals_only_a_manager(shared: Sandbox) -> None:
    for person in shared.firm.people():
        kept = {kind for kind in KINDS if getattr(person.records, kind)}
        if person.type in {EmployeeType.APPLICANT, EmployeeType.REJECTED_APPLICANT}:
            assert not kept
        elif person.type not in ON_PAYROLL:
            assert kept <= {"managers"}


def test_ids_are_unique_per_kind_and_stay_so_when_the_firm_moves_on() -> None:
    firm = build_firm(debtors=3, employees=40, seed=7, today=TODAY)
    for _ in range(3):
        advance(firm)
    for kind in sorted(set(KINDS) - {"agreements", "leave_openings"}):
        ids = [record.id for person in firm.people() for record in getattr(person.records, kind)]
        assert ids
        assert len(ids) == len(set(ids))
        assert max(ids) < 2**31


def test_when_a_record_is_read_for_the_first_time_makes_no_difference() -> None:
    read_early, read_late = (build_firm(debtors=2, employees=30, seed=7, today=TODAY) for _ in range(2))
    before = read_early.digest()
    for firm in (read_early, read_late):
        advance(firm)
        advance(firm)
    assert before != read_early.digest() == read_late.digest()


def test_everything_that_a_person_has_is_part_of_the_firm_as_json() -> None:
    firm = build_firm(debtors=1, employees=20, seed=7, today=TODAY)
    text = firm.as_json()
    for kind in KINDS:
        assert f'"{kind}":[{{' in text
    assert ABSENCE_CANARY in text


def test_a_period_later_some_people_have_other_records(sandbox: Sandbox) -> None:
    company = staffed(sandbox.firm)[0]
    people = list(company.people)
    period = company.current
    with asking(sandbox, "EmployeeService") as ask:

        def state() -> dict[str, list[Any]]:
            now = {"Period": company.current.number, "Year": company.current.year}
            return {
                "account": [ask("BankAccount_GetListCurrent", EmployeeId=p.id)[:1] for p in people if p.employments],
                "tax": [ask("WageTax_GetCurrent", EmployeeId=p.id) for p in people],
                "absence": ask("Absence_GetAll_AllEmployeesByCompany", CompanyId=company.id),
                "component": [ask("WageComponentFixed_Get", EmployeeId=p.id, **now) for p in people],
                "manager": [ask("Manager_GetCurrent", EmployeeId=p.id) for p in people],
                "balance": [ask("LeaveBalance_Get", EmployeeId=p.id) for p in people],
            }

        before = state()
        sandbox.advance()
        after = state()
    assert company.current > period
    for kind in before:
        assert before[kind] != after[kind], kind
    changed = [(was, now) for was, now in zip(before["account"], after["account"], strict=True) if was != now]
    ((was,), (now,)) = changed[0]
    assert len(changed) == 1
    assert was["IBAN"] != now["IBAN"]
    assert was["Name"] == now["Name"]
    assert iban.is_valid(now["IBAN"])
    assert any(one.period == company.current for person in people for one in person.records.variable_wages)
