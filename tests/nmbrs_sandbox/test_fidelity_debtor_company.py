"""Proof by a stranger, continued: the package `nmbrs` reads what hangs on clients and companies, field by field.

Left out are reads that the package itself cannot do: it takes the one row of SalaryTable2_Get for a list, the wrapper
of a workflow track's actions for the actions, asks for fields of a company contact that is not there, and asks for the
steps of a salary table without saying of which scale.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from nmbrs import Nmbrs

from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm import Company, Debtor, Unit
from portal.nmbrs.sandbox.firm.company_records import (
    Coded,
    FixedComponent,
    FullTimeSchedule,
    LabourAgreement,
    PensionExport,
    RunRequest,
    VariableComponent,
    WorkCost,
)
from portal.nmbrs.sandbox.firm.contact_details import BusinessAccount, BusinessAddress
from portal.nmbrs.sandbox.firm.debtor_records import Contact, Manager
from portal.nmbrs.sandbox.firm.identity import guid_of
from portal.nmbrs.sandbox.firm.run_people import people_of_run
from portal.periods import Period, preceding
from tests.nmbrs_sandbox import test_fidelity as proof

sandbox, stranger = proof.sandbox, proof.stranger

Fields = dict[str, Any]
YEARS = (2023, 2024, 2025, 2026)


def address_fields(address: BusinessAddress) -> Fields:
    return {
        "id": address.id,
        "default": True,
        "street": address.street,
        "house_number": address.number,
        "house_number_addition": address.addition or None,
        "postal_code": address.postcode,
        "city": address.city,
        "state_province": None,
        "country_iso_code": "NL",
    }


def account_fields(account: BusinessAccount) -> Fields:
    return {
        "id": account.id,
        "number": account.number,
        "description": account.description,
        "iban": account.iban,
        "bic": account.bic,
        "city": account.city,
        "name": account.name,
        "type": account.type,
    }


def contact_fields(contact: Contact) -> Fields:
    return {"email": contact.email, "name": contact.name, "phone": contact.phone or None}


def manager_fields(manager: Manager) -> Fields:
    return {
        "number": manager.number,
        "first_name": manager.first_name,
        "name": manager.name,
        "department": manager.department,
        "function": manager.function,
        "phone_number": manager.phone,
        "mobile": manager.mobile or None,
        "fax": None,
        "email": manager.email,
    }


def unit_fields(unit: Unit) -> Fields:
    return {"id": unit.id, "code": unit.code, "description": unit.description}


def code_fields(code: Coded | None) -> Fields:
    return {"code": code and code.code, "description": code and code.description}


def schedule_fields(schedule: FullTimeSchedule) -> Fields:
    return (
        {"schedule_calc_method": schedule.method}
        | {f"hours_{day}": hours for day, hours in zip(proof.DAYS, schedule.week1, strict=True)}
        | {f"hours_{day}2": hours for day, hours in zip(proof.DAYS, schedule.week2, strict=True)}
    )


def agreement_fields(agreement: LabourAgreement) -> Fields:
    return {
        "id": agreement.id,
        "guid": agreement.guid,
        "number": agreement.number,
        "description": agreement.description,
        "default": agreement.default,
        "schedule_model": code_fields(agreement.schedule_model),
        "wage_model": code_fields(None),
        "wage_model_2": code_fields(agreement.wage_model),
        "hours_model": code_fields(None),
        "hours_model_2": code_fields(agreement.hours_model),
        "industry": code_fields(agreement.industry),
        "industry_2": code_fields(None),
        "industry_3": code_fields(None),
        "leave_model": code_fields(agreement.leave_model),
        "hours_reservation_model": code_fields(None),
        "reservation_model": code_fields(agreement.reservation_model),
        "salary_table": code_fields(agreement.salary_table),
        "cao": code_fields(agreement.cao),
        "bln_use_provisional": agreement.provisional,
    }


def request_fields(request: RunRequest) -> Fields:
    return {
        "period": request.period.number,
        "year": request.period.year,
        "status": request.status,
        "handle_delete": proof.midnight(request.handled) or proof.NOT_SET,
    }


def export_fields(export: PensionExport) -> Fields:
    return {
        "pension_export_id": export.id,
        "serial_number": export.serial,
        "period": export.period.number,
        "year": export.period.year,
        "status": export.status,
        "send_at": export.sent_at or proof.NOT_SET,
        "correctie_tijdvak_start": proof.midnight(export.correction_first),
        "correctie_tijdvak_end": proof.midnight(export.correction_last),
    }


def work_cost_fields(cost: WorkCost) -> Fields:
    return {
        "period": cost.period.number,
        "year": cost.period.year,
        "payroll": cost.payroll,
        "financial": cost.financial,
        "fiscal_wage": cost.fiscal_wage,
        "available_space": cost.space,
        "base": cost.base,
        "to_pay": cost.to_pay,
        "estimated": cost.estimated,
        "paid": cost.paid,
    }


def component_fields(component: FixedComponent | VariableComponent) -> Fields:
    return {"id": component.id, "code": component.code, "value": component.value}


Reader = Callable[[Nmbrs, int], Any]
DEBTOR_SINGLE: dict[str, tuple[Reader, Callable[[Debtor], Any], Callable[[Any], Fields]]] = {
    "address": (lambda api, one: api.debtor.get_address(one), lambda d: d.records.address, address_fields),
    "account": (lambda api, one: api.debtor.get_bank_account(one), lambda d: d.records.bank_account, account_fields),
    "contact": (lambda api, one: api.debtor.get_contact_person(one), lambda d: d.records.contact, contact_fields),
}
DEBTOR_LISTS: dict[str, tuple[Reader, Callable[[Debtor], Iterable[Any]], Callable[[Any], Fields]]] = {
    "accountants": (
        lambda api, one: api.debtor.get_all_accountant_contact_info(one),
        lambda debtor: debtor.records.accountants,
        contact_fields,
    ),
    "managers": (
        lambda api, one: api.debtor.get_all_managers(one),
        lambda debtor: debtor.records.managers,
        manager_fields,
    ),
    "departments": (
        lambda api, one: api.debtor.department.get_all(one),
        lambda debtor: debtor.departments,
        unit_fields,
    ),
    "functions": (lambda api, one: api.debtor.function.get_all(one), lambda debtor: debtor.functions, unit_fields),
    "tags": (
        lambda api, one: api.debtor.get_tags(one),
        lambda debtor: debtor.records.tags,
        lambda tag: {"number": tag.number, "hex_color": tag.color, "tag": tag.text},
    ),
}


@pytest.mark.parametrize("kind", list(DEBTOR_SINGLE))
def test_it_reads_the_record_of_a_client_or_that_there_is_none(sandbox: Sandbox, stranger: Nmbrs, kind: str) -> None:
    read, record, expected = DEBTOR_SINGLE[kind]
    for debtor in sandbox.firm.debtors:
        found = read(stranger, debtor.id)
        made = record(debtor)
        assert (found and found.to_dict()) == (made and {"debtor_id": debtor.id} | expected(made))


@pytest.mark.parametrize("kind", list(DEBTOR_LISTS))
def test_it_reads_every_list_of_a_client(sandbox: Sandbox, stranger: Nmbrs, kind: str) -> None:
    read, records, expected = DEBTOR_LISTS[kind]
    rows = 0
    for debtor in sandbox.firm.debtors:
        found = proof.fields(read(stranger, debtor.id))
        assert found == [{"debtor_id": debtor.id} | expected(one) for one in records(debtor)]
        rows += len(found)
    assert rows > 2


def test_it_reads_titles_service_level_and_labour_agreements(sandbox: Sandbox, stranger: Nmbrs) -> None:
    for debtor in sandbox.firm.debtors:
        assert stranger.debtor.title.get_all(debtor.id) == debtor.records.titles
        level, agreed = stranger.debtor.get_service_level(debtor.id), debtor.records.service_level
        assert (level and level.to_dict()) == (
            agreed
            and {
                "debtor_id": debtor.id,
                "start_period": agreed.start.number,
                "start_year": agreed.start.year,
                "service_level": agreed.level,
                "start_contract": proof.midnight(agreed.contract_start),
            }
        )
        for year in (2009, 2025, 2026):
            found = stranger.debtor.get_all_labour_agreements(debtor.id, period=1, year=year)
            assert proof.fields(found) == [
                {
                    "debtor_id": debtor.id,
                    "id": one.id,
                    "guid": one.guid,
                    "int_number": one.number,
                    "str_name": one.name,
                }
                for one in debtor.records.agreements
                if one.first_year <= year
            ]


COMPANY_SINGLE: dict[str, tuple[Reader, Callable[[Company], Any], Callable[[Any], Fields]]] = {
    "address": (lambda api, one: api.company.address.get_current(one), lambda c: c.records.address, address_fields),
    "account": (
        lambda api, one: api.company.bank_account.get_current(one),
        lambda company: company.records.bank_account,
        account_fields,
    ),
}
COMPANY_LISTS: dict[str, tuple[Reader, Callable[[Company], Iterable[Any]], Callable[[Any], Fields]]] = {
    "cost centers": (
        lambda api, one: api.company.cost_center.get_current(one),
        lambda company: company.records.cost_centers,
        lambda code: {"id": code.id, "code": code.code, "description": code.description},
    ),
    "cost units": (
        lambda api, one: api.company.cost_unit.get_current(one),
        lambda company: company.records.cost_units,
        lambda code: {"id": code.id, "code": code.code, "description": code.description},
    ),
    "hour codes": (
        lambda api, one: api.company.hour_model.get_current_2(one),
        lambda company: company.records.hour_codes,
        code_fields,
    ),
    "wage codes": (
        lambda api, one: api.company.wage_model.get_current_2(one),
        lambda company: company.records.wage_codes,
        code_fields,
    ),
}


@pytest.mark.parametrize("kind", list(COMPANY_SINGLE))
def test_it_reads_the_record_of_a_company_or_that_there_is_none(sandbox: Sandbox, stranger: Nmbrs, kind: str) -> None:
    read, record, expected = COMPANY_SINGLE[kind]
    for company in sandbox.firm.companies():
        found = read(stranger, company.id)
        made = record(company)
        assert (found and found.to_dict()) == (made and {"company_id": company.id} | expected(made))


@pytest.mark.parametrize("kind", list(COMPANY_LISTS))
def test_it_reads_every_list_of_a_company(sandbox: Sandbox, stranger: Nmbrs, kind: str) -> None:
    read, records, expected = COMPANY_LISTS[kind]
    for company in sandbox.firm.companies():
        found = proof.fields(read(stranger, company.id))
        assert found == [{"company_id": company.id} | expected(one) for one in records(company)]
        assert len(found) >= 4


def test_it_reads_contact_schedules_and_social_security(sandbox: Sandbox, stranger: Nmbrs) -> None:
    for company in sandbox.firm.companies():
        own, records = {"company_id": company.id}, company.records
        if (contact := records.contact) is not None:
            assert stranger.company.get_contact_person(company.id).to_dict() == own | {
                "email": contact.email,
                "name": contact.name,
                "phone": contact.phone,
                "gender": contact.gender,
                "mobile_phone": contact.mobile or None,
                "fax": None,
                "function": contact.function,
                "department": contact.department,
                "number": contact.number,
            }
        assert stranger.company.get_current_schedule(company.id).to_dict() == own | {
            f"schedule_{number}": schedule_fields(made)
            for number, made in zip(("one", "two", "three", "four"), records.schedules, strict=True)
        }
        settings = records.social_security
        assert settings is not None
        assert stranger.company.svw.get_current(company.id).to_dict() == own | {
            "settings": {
                "cao_code": settings.cao.code,
                "eigenrisicodrager_gediff_wga": settings.carries_wga,
                "eigenrisicodrager_uniforme_wao": False,
                "eigenrisicodrager_ziektewet": settings.carries_sickness,
                "risc_group": settings.risk_group.code,
                "wga_wn": settings.wga_employee,
                "wga_wg": settings.wga_employer,
                "sector": settings.sector.code,
            },
            "sector": code_fields(settings.sector),
            "risc_group": code_fields(settings.risk_group),
            "cao": code_fields(settings.cao),
        }


YEARLY: dict[str, tuple[Callable[[Nmbrs, int, int], Any], str, Callable[[Any], Fields]]] = {
    "requests": (lambda api, one, year: api.company.run.get_requests(one, year), "run_requests", request_fields),
    "exports": (lambda api, one, year: api.company.pension.get(one, year), "pension_exports", export_fields),
    "work costs": (lambda api, one, year: api.company.wage_cost.get(one, year), "work_costs", work_cost_fields),
}


@pytest.mark.parametrize("kind", list(YEARLY))
def test_it_reads_what_a_company_has_period_after_period(sandbox: Sandbox, stranger: Nmbrs, kind: str) -> None:
    read, attribute, expected = YEARLY[kind]
    rows = 0
    for company in sandbox.firm.companies():
        for year in YEARS:
            found = proof.fields(read(stranger, company.id, year))
            assert found == [
                {"company_id": company.id} | expected(one)
                for one in getattr(company.records, attribute)
                if one.period.year == year
            ]
            rows += len(found)
    assert rows > 50


def test_it_reads_what_holds_in_a_period(sandbox: Sandbox, stranger: Nmbrs) -> None:
    for company in sandbox.firm.companies():
        own, records = {"company_id": company.id}, company.records
        for period in (company.current, preceding(company.period_type, company.current), Period(2025, 1)):
            at: Fields = {"period": period.number, "year": period.year}
            agreements = stranger.company.labour_agreement.get(company.id, **at)
            assert proof.fields(agreements) == [
                own | agreement_fields(one) for one in records.agreements if one.start <= period
            ]
            fixed = stranger.company.wage_component.get_fixed(company.id, **at)
            assert proof.fields(fixed) == [
                own | {"type": "fixed"} | component_fields(one)
                for one in records.fixed_components
                if one.start <= period and (one.end is None or one.end >= period)
            ]
            variable = stranger.company.wage_component.get_variable(company.id, **at)
            assert proof.fields(variable) == [
                own | {"type": "variable"} | component_fields(one)
                for one in records.variable_components
                if one.period == period
            ]


def test_it_reads_who_is_in_a_run(sandbox: Sandbox, stranger: Nmbrs) -> None:
    for company in sandbox.firm.companies():
        run = company.runs[-1]
        found = stranger.company.run.get_all_employees_by_run(company.id, year=run.year, run_id=run.id)
        people = people_of_run(company, run)
        assert [(one.id, one.number) for one in found] == [(one.id, one.number) for one in people]


def test_it_reads_the_guids_of_a_company(sandbox: Sandbox, stranger: Nmbrs) -> None:
    for company in filter(lambda company: company.people, sandbox.firm.companies()):
        ids = {"Debtor": [company.debtor_id], "Company": [company.id], "Employee": [one.id for one in company.people]}
        for kind, known in ids.items():
            assert stranger.company.get_converter_mappings(company.id, kind).to_dict() == {
                "company_id": company.id,
                "entity": kind,
                "mappings": [{"id": one, "guid": guid_of(kind, one)} for one in known],
            }
