"""Proof by a stranger: the package `nmbrs`, a SOAP client that nobody here wrote, reads the generated rows.

Each expectation is made from the firm's own data, field by field; what a record leaves out arrives as None.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import nmbrs.service.service
import pytest
from nmbrs import Nmbrs

from portal.nmbrs.sandbox import DOMAIN, TOKEN, USER, Sandbox
from portal.nmbrs.sandbox.firm import (
    EMPLOYEE_TYPES,
    Address,
    Company,
    Contract,
    Employment,
    Person,
    PersonalInfo,
    Placement,
    Salary,
    Schedule,
)

Fields = dict[str, Any]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NOT_SET = datetime(1, 1, 1)  # noqa: DTZ001 -- the wire has no zone


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(debtors=3, employees=40, seed=7, today=date(2026, 11, 22)) as running:
        yield running


@pytest.fixture(scope="module")
def stranger(sandbox: Sandbox) -> Iterator[Nmbrs]:
    """The package, signed in, with its base address pointed at the sandbox."""
    original = nmbrs.service.service.Service.__init__

    def at_the_sandbox(service: Any, *args: Any, **options: Any) -> None:
        original(service, *args, **options)
        service.base_uri = f"{sandbox.url}/soap/v3/"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nmbrs.service.service.Service, "__init__", at_the_sandbox)
        api = Nmbrs(username=USER, token=TOKEN, auth_type="token")
        services = (api.debtor, api.company, api.employee)
    yield api
    for service in services:
        service.client.transport.session.close()


def midnight(day: date | None) -> datetime | None:
    """A day as the wire writes it."""
    return None if day is None else datetime.combine(day, time())


def to_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def fields(found: Iterable[Any]) -> list[Fields]:
    return [item.to_dict() for item in found]


def company_fields(company: Company) -> Fields:
    return {
        "id": company.id,
        "number": company.number,
        "name": company.name,
        "phone_number": company.phone,
        "fax_number": None,
        "email": company.email or None,
        "website": company.website or None,
        "loonaangifte_tijdvak": company.return_type,
        "kvk_number": company.kvk or None,
    }


def personal_info_fields(info: PersonalInfo, person: Person) -> Fields:
    return {
        "employee_number": person.number,
        "bsn": None,
        "title": info.title or None,
        "first_name": info.first_name,
        "initials": info.initials,
        "prefix": info.prefix or None,
        "last_name": info.last_name,
        "nickname": None,
        "gender": info.gender,
        "nationality_code": info.nationality,
        "place_of_birth": info.birthplace,
        "country_of_birth_iso_code": info.birth_country,
        "identification_number": None,
        "identification_type": 0,
        "partner_prefix": info.partner_prefix or None,
        "partner_last_name": info.partner_last_name or None,
        "telephone_private": None,
        "telephone_work": None,
        "telephone_mobile_private": info.phone_mobile or None,
        "telephone_mobile_work": None,
        "telephone_other": None,
        "email_private": info.email_private or None,
        "email_work": None,
        "burgerlijke_staat": info.marital_status,
        "naamstelling": info.name_order,
        "birthday": midnight(info.birthday),
        "deceased_date": None,
        "in_case_of_emergency": info.emergency_contact or None,
        "in_case_of_emergency_phone": None,
        "in_case_of_emergency_relation": None,
        "title_after": None,
    }


def address_fields(address: Address, person: Person) -> Fields:
    return {
        "id": address.id,
        "default": None,
        "street": address.street,
        "house_number": address.number,
        "house_number_addition": address.addition or None,
        "postcode": address.postcode,
        "city": address.city,
        "state_province": None,
        "country_iso_code": address.country,
        "type": address.type,
    }


def employment_fields(employment: Employment, person: Person) -> Fields:
    unset = NOT_SET if person.id % 10 == 9 else None
    return {
        "id": employment.id,
        "creation_date": to_milliseconds(employment.created),
        "start_date": midnight(employment.start),
        "end_date": midnight(employment.end) or unset,
        "initial_start_date": midnight(employment.initial_start),
    }


def contract_fields(contract: Contract, person: Person) -> Fields:
    return {
        "id": contract.id,
        "creation_date": to_milliseconds(contract.created),
        "start_date": midnight(contract.start),
        "trial_period": midnight(contract.trial_end),
        "end_date": midnight(contract.end),
        "employment_type": contract.nature,
        "employment_sequence_tax_id": 1,
        "indefinite": contract.indefinite,
        "phase_classification": contract.phase,
        "written_contract": contract.written,
        "hours_per_week": contract.hours,
    }


def salary_fields(salary: Salary, person: Person) -> Fields:
    table = salary.table
    return {
        "id": salary.id,
        "value": salary.value,
        "type": salary.type,
        "start_date": midnight(salary.start),
        "creation_date": to_milliseconds(salary.created),
        "table_code": table.code if table else None,
        "table_description": table.description if table else None,
        "scale": table.scale if table else None,
        "scale_description": None,
        "scale_value": table.scale_value if table else None,
        "scale_percentage_max": 0 if table else None,
        "scale_percentage_min": 0 if table else None,
        "step": table.step if table else None,
        "step_description": None,
        "step_value": table.step_value if table else None,
    }


def schedule_fields(schedule: Schedule, person: Person) -> Fields:
    """The package leaves out the id, the percentage and the dates of this call."""
    return (
        {"schedule_calc_method": None}
        | {f"hours_{day}": hours for day, hours in zip(DAYS, schedule.week1, strict=True)}
        | {f"hours_{day}2": hours for day, hours in zip(DAYS, schedule.week2, strict=True)}
    )


def department_fields(placement: Placement, person: Person) -> Fields:
    return {
        "id": placement.unit.id,
        "code": placement.unit.code,
        "description": placement.unit.description,
        "creation_date": to_milliseconds(placement.created),
        "start_period": placement.start.number,
        "start_year": placement.start.year,
    }


def function_fields(placement: Placement, person: Person) -> Fields:
    return {
        "record_id": placement.id,
        "function_id": placement.unit.id,
        "creation_date": to_milliseconds(placement.created),
        "start_period": placement.start.number,
        "start_year": placement.start.year,
    }


BULK: dict[str, tuple[Callable[[Any], Callable[[int], Any]], str, Callable[[Any, Person], Fields]]] = {
    "personal info": (lambda e: e.personal_info.get_all_by_company_without_bsn, "personal_infos", personal_info_fields),
    "addresses": (lambda e: e.address.get_all_by_company, "addresses", address_fields),
    "employments": (lambda e: e.employment.get_all_by_company, "employments", employment_fields),
    "contracts": (lambda e: e.contract.get_all_by_company, "contracts", contract_fields),
    "salaries": (lambda e: e.salary.get_all_by_company, "salaries", salary_fields),
    "schedules": (lambda e: e.schedule.get_all_by_company, "schedules", schedule_fields),
    "departments": (lambda e: e.department.get_all_by_company, "departments", department_fields),
    "functions": (lambda e: e.function.get_all_by_company, "functions", function_fields),
}


@pytest.mark.parametrize("kind", list(BULK))
def test_it_reads_every_record_of_a_kind_for_every_company(sandbox: Sandbox, stranger: Nmbrs, kind: str) -> None:
    reader, attribute, expected = BULK[kind]
    rows = 0
    for company in filter(lambda company: company.people, sandbox.firm.companies()):
        found = fields(reader(stranger.employee)(company.id))
        assert found == [
            {"employee_id": person.id} | expected(record, person)
            for person in company.people
            for record in getattr(person, attribute)
        ]
        rows += len(found)
    assert rows > 150


@pytest.mark.parametrize("kind", [kind for kind in BULK if kind != "schedules"])  # there the package fails on no rows
def test_it_reads_no_records_of_a_company_without_people(sandbox: Sandbox, stranger: Nmbrs, kind: str) -> None:
    empty = next(company for company in sandbox.firm.companies() if not company.people)
    assert BULK[kind][0](stranger.employee)(empty.id) == []


def test_it_finds_the_domain_and_signs_in_with_it(sandbox: Sandbox, stranger: Nmbrs) -> None:
    assert stranger.debtor.get_domain(USER, TOKEN).to_dict() == {"domain": "demo.nmbrs.nl", "sub_domain": DOMAIN}
    assert stranger.auth_manager.get_domain() == DOMAIN
    assert sandbox.requests[0].header == "AuthHeader"


def test_it_reads_debtors_one_by_one_and_as_a_list(sandbox: Sandbox, stranger: Nmbrs) -> None:
    expected = [{"id": debtor.id, "number": debtor.number, "name": debtor.name} for debtor in sandbox.firm.debtors]
    assert fields(stranger.debtor.get_all()) == expected
    assert [stranger.debtor.get(debtor["id"]).to_dict() for debtor in expected] == expected


def test_it_reads_companies_with_their_periods(sandbox: Sandbox, stranger: Nmbrs) -> None:
    assert fields(stranger.company.get_all()) == [company_fields(company) for company in sandbox.firm.companies()]
    for debtor in sandbox.firm.debtors:
        found = fields(stranger.company.get_by_debtor(debtor.id))
        assert found == [company_fields(company) for company in debtor.companies]
    for company in sandbox.firm.companies():
        assert stranger.company.get_current_period(company.id).to_dict() == {
            "company_id": company.id,
            "year": company.current.year,
            "period": company.current.number,
            "type": company.period_mark,
        }


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_it_reads_runs_and_returns_of_a_year(sandbox: Sandbox, stranger: Nmbrs, year: int) -> None:
    for company in sandbox.firm.companies():
        assert fields(stranger.company.run.get(company.id, year)) == [
            {
                "company_id": company.id,
                "id": run.id,
                "number": run.number,
                "year": run.year,
                "period_start": run.first,
                "period_end": run.last,
                "description": run.description,
                "run_at": run.run_at,
                "locked": run.locked,
            }
            for run in company.runs
            if run.year == year
        ]
        assert fields(stranger.company.wage_tax.get_all_wagetax(company.id, year)) == [
            {
                "company_id": company.id,
                "loonaangifte_id": made.id,
                "serial_number": made.serial,
                "payment_reference": made.payment_reference,
                "total_general": made.total,
                "period": made.period,
                "year": made.year,
                "status": made.status,
                "sent_at": made.sent_at or NOT_SET,
                "tijdvak_start": midnight(made.first),
                "tijdvak_end": midnight(made.last),
                "correction_tijdvak_start": midnight(made.correction_first),
                "correction_tijdvak_end": midnight(made.correction_last),
            }
            for made in company.returns
            if made.year == year
        ]


def test_it_reads_employee_types_and_the_people_of_each(sandbox: Sandbox, stranger: Nmbrs) -> None:
    kinds = [{"id": int(kind), "description": text} for kind, text in EMPLOYEE_TYPES.items()]
    assert fields(stranger.employee.get_types()) == kinds
    for company in sandbox.firm.companies():
        for kind in EMPLOYEE_TYPES:
            assert fields(stranger.employee.get_by_company(company.id, int(kind))) == [
                {"id": person.id, "number": person.number, "name": person.display_name}
                for person in company.people
                if person.type is kind
            ]
