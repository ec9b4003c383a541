"""What a client has on file, over the wire."""

from collections.abc import Iterator
from dataclasses import astuple
from datetime import datetime, time

import pytest
from stdnum import iban

from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm.identity import guid_of
from tests.nmbrs_sandbox.asking import TODAY, Ask, asking, texts, values
from tests.nmbrs_sandbox.wire import call


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """Six debtors, so that every record is missing somewhere. No test moves it on."""
    with Sandbox(debtors=6, employees=20, seed=7, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def debtors(shared: Sandbox) -> Iterator[Ask]:
    with asking(shared, "DebtorService") as ask:
        yield ask


def test_a_client_has_an_address_an_account_and_people_to_call(shared: Sandbox, debtors: Ask) -> None:
    for debtor in shared.firm.debtors:
        records = debtor.records
        address = debtors("Address_Get", DebtorId=debtor.id)
        assert records.address is not None
        assert address["City"] == records.address.city
        assert values(address, "Id", "Default", "CountryISOCode") == (records.address.id, True, "NL")
        if records.bank_account is not None:
            account = debtors("BankAccount_Get", DebtorId=debtor.id)
            assert iban.is_valid(account["IBAN"])
            assert values(account, "IBAN", "Type") == (records.bank_account.iban, "Bankrekening1")
        if records.contact is not None:
            contact = debtors("ContactPerson_Get", DebtorId=debtor.id)
            assert values(contact, "Name", "Email", "Phone") == texts(*astuple(records.contact))
        accountants = debtors("AccountantContact_GetList", DebtorId=debtor.id)
        assert [values(one, "Name", "Email", "Phone") for one in accountants] == [
            texts(*astuple(one)) for one in records.accountants
        ]


@pytest.mark.parametrize(
    ("operation", "attribute"),
    [("BankAccount_Get", "bank_account"), ("ContactPerson_Get", "contact"), ("ServiceLevel_Get", "service_level")],
)
def test_what_a_client_does_not_have_is_left_out(shared: Sandbox, debtors: Ask, operation: str, attribute: str) -> None:
    answers = {
        getattr(debtor.records, attribute) is None: debtors(operation, DebtorId=debtor.id)
        for debtor in shared.firm.debtors
    }
    assert set(answers) == {True, False}
    assert answers[True] is None
    lacking = next(debtor for debtor in shared.firm.debtors if getattr(debtor.records, attribute) is None)
    body = call(shared.url, "DebtorService", operation, {"DebtorId": lacking.id})
    assert (body.status, body.all(f"{operation}Result")) == (200, [])


def test_departments_and_functions_are_those_that_people_are_placed_in(shared: Sandbox, debtors: Ask) -> None:
    for debtor in shared.firm.debtors:
        for operation, kind in (("Department_GetList", "departments"), ("Function_GetList", "functions")):
            listed = {values(one, "Id", "Code", "Description") for one in debtors(operation, DebtorId=debtor.id)}
            used = {
                astuple(placement.unit)
                for company in debtor.companies
                for person in company.people
                for placement in getattr(person, kind)
            }
            assert used <= listed
            assert len(listed) >= 7


def test_managers_stand_in_departments_and_functions_of_the_client(shared: Sandbox, debtors: Ask) -> None:
    for debtor in shared.firm.debtors:
        managers = debtors("Manager_GetList", DebtorId=debtor.id)
        assert [one["Number"] for one in managers] == [one.number for one in debtor.records.managers]
        assert 3 <= len(managers) <= 5
        assert {one["Department"] for one in managers} <= {unit.description for unit in debtor.departments}
        assert {one["Function"] for one in managers} <= {unit.description for unit in debtor.functions}
        assert [values(one, "FirstName", "Mobile") for one in managers] == [
            texts(one.first_name, one.mobile) for one in debtor.records.managers
        ]


def test_titles_tags_and_service_level(shared: Sandbox, debtors: Ask) -> None:
    tagged = set()
    for debtor in shared.firm.debtors:
        records = debtor.records
        titles = debtors("Title_GetList", DebtorId=debtor.id)
        assert [one["TitleName"] for one in titles] == records.titles
        assert {"drs.", "ir."} <= set(records.titles)
        tags = debtors("Tags_Get", DebtorId=debtor.id) or []
        assert [values(one, "Number", "HexColor", "Tag") for one in tags] == [astuple(one) for one in records.tags]
        tagged.add(bool(tags))
        if records.service_level is not None:
            level = debtors("ServiceLevel_Get", DebtorId=debtor.id)
            began = records.service_level.contract_start
            assert level["StartContract"] == datetime.combine(began, time())
            assert values(level, "StartYear", "StartPeriod") == (began.year, began.month)
    assert tagged == {True, False}


def test_labour_agreements_of_a_client_begin_in_a_year(shared: Sandbox, debtors: Ask) -> None:
    debtor = next(debtor for debtor in shared.firm.debtors if len(debtor.records.agreements) == 3)

    def numbers(year: int) -> list[int]:
        found = debtors("LabourAgreementSettings_GetList", DebtorId=debtor.id, Year=year, Period=1) or []
        assert {one["IntDebiteurID"] for one in found} <= {debtor.id}
        return [one["IntNumber"] for one in found]

    assert [numbers(year) for year in (2009, 2025, 2026)] == [[], [1, 2], [1, 2, 3]]


def test_every_client_has_a_guid_of_its_own(shared: Sandbox, debtors: Ask) -> None:
    found = debtors("Converter_GetDebtors_IntToGuid")
    mappings = {one["IdInt"]: one["IdGuid"] for one in found["Mappings"]["Mapping"]}
    assert found["Entity"] == "Debtor"
    assert mappings == {debtor.id: guid_of("Debtor", debtor.id) for debtor in shared.firm.debtors}
    assert len(set(mappings.values())) == len(shared.firm.debtors)
