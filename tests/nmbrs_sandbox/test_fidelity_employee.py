"""Proof by a stranger, continued: the package `nmbrs` reads the further records of people, field by field.

Left out are reads that the package does not have: wage tax, labour agreement, wage components, leave, second lease
car. Of a cost centre it takes the share's own id and looks for code and description one level too high; of somebody
without a manager it makes an error.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nmbrs import Nmbrs

from portal.nmbrs.sandbox import Sandbox
from portal.nmbrs.sandbox.firm import Company, Person
from portal.nmbrs.sandbox.firm.company_records import FixedComponent, VariableComponent
from portal.nmbrs.sandbox.firm.person_records import Absence, BankAccount, Child, Partner, SocialInsurance
from portal.periods import preceding
from tests.nmbrs_sandbox import test_fidelity as proof
from tests.nmbrs_sandbox.test_fidelity_debtor_company import manager_fields

sandbox, stranger = proof.sandbox, proof.stranger

Fields = dict[str, Any]


def account_fields(account: BankAccount) -> Fields:
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


def insurance_fields(row: SocialInsurance) -> Fields:
    return {
        "id": row.id,
        "create_date": proof.to_milliseconds(row.created),
        "start_year": row.start.year,
        "start_period": row.start.number,
        "influence_obliged_insurance": row.influence,
        "wao_wia": row.disability,
        "ww": row.unemployment,
        "zw": row.sickness,
        "income_related_contribution_zvw": row.care_contribution,
        "code_zvw": row.care_code,
        "employment_type": row.nature,
        "phase_classification": row.phase,
        "employment_sequence_tax_id": 1,
        "cao_id": row.cao.code,
        "cao_code": row.cao.code,
        "cao_description": row.cao.description,
        "risk_group_id": row.risk_group.code,
        "risk_group_code": row.risk_group.code,
        "risk_group_description": row.risk_group.description,
        "sector_id": row.sector.code,
        "sector_code": row.sector.code,
        "sector_description": row.sector.description,
        "wage_cost_benefit_code": row.benefit,
        "wage_cost_benefit_end_period": row.benefit_end.number if row.benefit_end else None,
        "wage_cost_benefit_end_year": row.benefit_end.year if row.benefit_end else None,
    }


def absence_fields(absence: Absence) -> Fields:
    return {
        "id": absence.id,
        "comment": absence.comment,
        "percentage": absence.percentage,
        "start": proof.midnight(absence.start),
        "registration_start_date": proof.to_milliseconds(absence.registered_start),
        "end": proof.midnight(absence.end),
        "registration_end_date": absence.registered_end and proof.to_milliseconds(absence.registered_end),
        "dossier": absence.dossier,
        "dossier_number": absence.dossier_number,
        "cause": {},
    }


def partner_fields(partner: Partner) -> Fields:
    return {
        "id": partner.id,
        "name": partner.name,
        "first_name": partner.first_name,
        "initials": partner.initials,
        "gender": partner.gender,
        "birthday": proof.midnight(partner.birthday),
        "start_date": proof.midnight(partner.start),
        "telephone": partner.phone or None,
        "email": partner.email or None,
    }


def child_fields(child: Child) -> Fields:
    return {
        "id": child.id,
        "name": child.name,
        "first_name": child.first_name,
        "initials": child.initials,
        "gender": child.gender,
        "birthday": proof.midnight(child.birthday),
    }


def hour_fields(component: FixedComponent | VariableComponent) -> Fields:
    return {"id": component.id, "hour_code": component.code, "hours": component.value}


def companies(sandbox: Sandbox) -> Iterator[Company]:
    return (company for company in sandbox.firm.companies() if company.people)


def some_people(sandbox: Sandbox) -> Iterator[tuple[Company, Person]]:
    """One in three of every company: a call for each of them."""
    return ((company, person) for company in companies(sandbox) for person in company.people[::3])


KINDS: dict[str, tuple[Callable[[Any], Callable[[int], Any]], str, Callable[[Any], Fields]]] = {
    "insurances": (lambda e: e.svw.get_all_by_company, "social_insurance", insurance_fields),
    "absences": (lambda e: e.absence.get_all_by_company, "absences", absence_fields),
    "partners": (lambda e: e.partner.get_all_by_company, "partners", partner_fields),
    "children": (lambda e: e.child.get_all_by_company, "children", child_fields),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_it_reads_every_record_of_a_kind_for_every_company(sandbox: Sandbox, stranger: Nmbrs, kind: str) -> None:
    reader, attribute, expected = KINDS[kind]
    rows = 0
    for company in companies(sandbox):
        found = proof.fields(reader(stranger.employee)(company.id))
        assert found == [
            {"employee_id": person.id} | expected(record)
            for person in company.people
            for record in getattr(person.records, attribute)
        ]
        rows += len(found)
    assert rows > 20


def test_it_reads_personal_data_with_the_bsn(sandbox: Sandbox, stranger: Nmbrs) -> None:
    for company in companies(sandbox):
        assert proof.fields(stranger.employee.personal_info.get_all_by_company(company.id)) == [
            {"employee_id": person.id} | proof.personal_info_fields(info, person) | {"bsn": info.bsn or None}
            for person in company.people
            for info in person.personal_infos
        ]


def test_it_reads_the_division_of_costs_of_a_period(sandbox: Sandbox, stranger: Nmbrs) -> None:
    for company in companies(sandbox):
        period = company.current
        expected = []
        for person in company.people:
            begun = [share for share in person.records.cost_shares if share.start <= period]
            expected.extend(
                {"employee_id": person.id, "id": share.id, "code": None, "description": None}
                for share in begun
                if share.start == begun[-1].start
            )
        found = stranger.employee.cost_center.get_all_by_company(company.id, period.number, period.year)
        assert proof.fields(found) == expected


def test_it_reads_bank_accounts(sandbox: Sandbox, stranger: Nmbrs) -> None:
    for _, person in some_people(sandbox):
        assert proof.fields(stranger.employee.bank_account.get_current(person.id)) == [
            {"employee_id": person.id} | account_fields(account) for account in person.records.bank_accounts
        ]


def test_it_reads_fixed_and_variable_hours_of_a_period(sandbox: Sandbox, stranger: Nmbrs) -> None:
    api = stranger.employee.hour_component
    for company, person in some_people(sandbox):
        period = preceding(company.period_type, company.current)
        asked = (person.id, period.number, period.year)
        assert proof.fields(api.get_fixed(*asked)) == [
            {"employee_id": person.id} | hour_fields(one)
            for one in person.records.fixed_hours
            if one.start <= period <= (one.end or period)
        ]
        assert proof.fields(api.get_variable(*asked)) == [
            {"employee_id": person.id} | hour_fields(one)
            for one in person.records.variable_hours
            if one.period == period
        ]


def test_it_reads_the_manager_of_today(sandbox: Sandbox, stranger: Nmbrs) -> None:
    debtors = {debtor.id: debtor for debtor in sandbox.firm.debtors}
    for company, person in some_people(sandbox):
        begun = [choice for choice in person.records.managers if choice.start <= company.current]
        if begun:
            known = {manager.number: manager for manager in debtors[company.debtor_id].records.managers}
            found = stranger.employee.manager.get_current(person.id).to_dict()
            assert found == {"employee_id": person.id} | manager_fields(known[begun[-1].number])
