"""The mirrored records of people equal what the embedded Nmbrs made, kind by kind and field by field."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from portal.clock import AMSTERDAM
from portal.employees import models
from portal.mirror.models import PersonFetch
from portal.nmbrs.sandbox.firm import Company, Person
from portal.nmbrs.sandbox.firm.person_records import ABSENCE_CANARY
from portal.periods import Period, bounds, preceding
from tests import reference
from tests.conftest import NOON, Connected
from tests.employees.records.conftest import planted, whole_database
from tests.stored import values_of

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.timeout(300)]

TODAY = NOON.date()
#: How far back a kind by period is read the first time, the current one not counted.
PERIODS_BACK = 13
#: What the kinds of dossier that the embedded Nmbrs has come to, by hand (privacy.md section 3).
FLAGS = {
    "Geen vangnetgeval / Ziekte": ("yes", "no"),
    "Ziekte": ("yes", "no"),
    "Verzuim a.g.v. van zwangerschap en/of bevalling": ("unknown", "yes"),
    "Verzuim a.g.v. van orgaandonatie": ("unknown", "yes"),
    "Zwangerschapsverlof (WAZO)": ("no", "no"),
}


def everybody(whole: Connected) -> Iterator[tuple[Company, Person]]:
    for company in whole.sandbox.firm.companies():
        for person in reference.people(company):
            yield company, person


def active(whole: Connected) -> Iterator[tuple[Company, Person]]:
    """Those whose single records are read: in service, soon, or until two months ago."""
    since = TODAY - timedelta(days=62)
    for company, person in everybody(whole):
        if any(spell.end is None or spell.end >= since for spell in person.employments):
            yield company, person


def recent(company: Company) -> list[Period]:
    found = [company.current]
    for _ in range(PERIODS_BACK):
        found.append(preceding(company.period_type, found[-1]))
    return found


def in_force(rows: list[Any], period: Period) -> list[Any]:
    start = max((row.start for row in rows if row.start <= period), default=None)
    return [row for row in rows if row.start == start]


def now_in_force(rows: list[Any], company: Company) -> list[Any]:
    return in_force(rows, company.current)[-1:]


def moment(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=AMSTERDAM)


def rows(model: Any, *columns: str) -> set[tuple[Any, ...]]:
    found = values_of(model, "employee__remote_id", *columns)
    assert found, "the embedded Nmbrs made nothing to compare with"
    assert len(set(found)) == len(found)
    return set(found)


def opened_today(model: Any) -> bool:
    return set(model.objects.values_list("valid_from", "valid_until")) == {(TODAY, None)}


def test_cost_centres_of_each_period(whole: Connected) -> None:
    assert rows(
        models.CostShare,
        *("remote_id", "year", "number", "center_code", "center_description", "unit_code", "unit_description"),
        *("percentage", "is_default"),
    ) == {
        (
            person.id,
            share.id,
            period.year,
            period.number,
            share.center.code,
            share.center.description,
            share.unit.code if share.unit else "",
            share.unit.description if share.unit else "",
            share.percentage,
            share.default,
        )
        for company, person in everybody(whole)
        for period in recent(company)
        for share in in_force(person.records.cost_shares, period)
    }


def test_employee_insurances(whole: Connected) -> None:
    assert rows(
        models.SocialInsurance,
        *("remote_id", "created_at", "start_year", "start_period", "valid_from", "influence", "disability"),
        *("unemployment", "sickness", "care_contribution", "care_code", "employment_nature", "phase", "sequence"),
        *("agreement_code", "agreement", "risk_group_code", "risk_group", "sector_code", "sector"),
        *("benefit_code", "benefit_end_year", "benefit_end_period"),
    ) == {
        (
            person.id,
            row.id,
            moment(row.created),
            row.start.year,
            row.start.number,
            bounds(company.period_type, row.start).first,
            row.influence,
            row.disability,
            row.unemployment,
            row.sickness,
            row.care_contribution,
            row.care_code,
            row.nature,
            row.phase,
            1,
            row.cao.code,
            row.cao.description,
            row.risk_group.code,
            row.risk_group.description,
            row.sector.code,
            row.sector.description,
            row.benefit,
            row.benefit_end.year if row.benefit_end else None,
            row.benefit_end.number if row.benefit_end else None,
        )
        for company, person in everybody(whole)
        for row in person.records.social_insurance
    }


def test_absences_with_two_flags_in_the_place_of_the_kind_of_dossier(whole: Connected) -> None:
    assert rows(
        models.Absence,
        *("remote_id", "valid_from", "end_date", "valid_until", "created_at", "end_registered_at", "percentage"),
        *("dossier_number", "clock", "safety_net"),
    ) == {
        (
            person.id,
            absence.id,
            absence.start,
            absence.end,
            absence.end + timedelta(days=1) if absence.end else None,
            moment(absence.registered_start),
            moment(absence.registered_end),
            absence.percentage,
            absence.dossier_number,
            *FLAGS[absence.dossier],
        )
        for _, person in everybody(whole)
        for absence in person.records.absences
    }


def test_lease_cars_of_each_period(whole: Connected) -> None:
    assert rows(
        models.LeaseCar,
        *("remote_id", "year", "number", "first_day", "last_day", "brand", "car_model", "plate", "catalogue_value"),
        *("addition", "contribution"),
    ) == {
        (
            person.id,
            car.id,
            period.year,
            period.number,
            car.start,
            car.end,
            car.brand,
            car.model,
            car.plate,
            car.catalog_value,
            car.addition,
            car.contribution,
        )
        for company, person in everybody(whole)
        for period in recent(company)
        for days in [bounds(company.period_type, period)]
        for car in person.records.lease_cars
        if car.start <= days.last and (car.end is None or car.end >= days.first)
    }


def test_partners_and_children_with_no_more_than_rules_need(whole: Connected) -> None:
    assert rows(models.Partner, "remote_id", "birthday", "partner_since") == {
        (person.id, partner.id, partner.birthday, partner.start)
        for _, person in everybody(whole)
        for partner in person.records.partners
    }
    assert rows(models.Child, "remote_id", "first_name", "birthday") == {
        (person.id, child.id, child.first_name, child.birthday)
        for _, person in everybody(whole)
        for child in person.records.children
    }
    assert opened_today(models.Partner)
    assert opened_today(models.Child)
    mirrored = {column.name for model in (models.Partner, models.Child) for column in model._meta.fields}
    assert not mirrored & {"last_name", "name", "initials", "gender", "phone", "email"}


def passes(number: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return len(number) == 9 and sum(int(n) * w for n, w in zip(number, weights, strict=True)) % 11 == 0


def test_a_bsn_is_reduced_to_its_status_and_a_fingerprint(whole: Connected) -> None:
    expected = {}
    numbers: dict[tuple[int, ...], str] = {}
    for _, person in everybody(whole):
        for info in person.personal_infos:
            key = (person.id, info.id, info.start.year, info.start.number)
            numbers[key] = info.bsn
            expected[key] = "valid" if passes(info.bsn) else "invalid" if info.bsn else "missing"
    found = {
        (row.employee.remote_id, row.remote_id, row.start_year, row.start_period): row
        for row in models.BsnCheck.objects.select_related("employee")
    }
    assert {key: row.status for key, row in found.items()} == expected
    assert set(expected.values()) == {"valid", "invalid", "missing"}
    by_number = defaultdict(set)
    for key, row in found.items():
        assert bool(row.bsn_fingerprint) == (expected[key] == "valid")
        if row.bsn_fingerprint:
            by_number[numbers[key]].add(row.bsn_fingerprint)
    assert {len(fingerprints) for fingerprints in by_number.values()} == {1}
    assert max(Counter(next(iter(prints)) for prints in by_number.values()).values()) == 1


def test_bank_accounts(whole: Connected) -> None:
    assert rows(models.AccountOfEmployee, "remote_id", "account_type", "iban") == {
        (person.id, account.id, account.type, account.iban)
        for _, person in active(whole)
        for account in person.records.bank_accounts
    }
    assert opened_today(models.AccountOfEmployee)


def test_wage_tax_settings(whole: Connected) -> None:
    assert rows(
        models.WageTaxSettings,
        *("remote_id", "year_wage", "special_rate", "credit", "levy", "colour_table", "period_table", "income_kind"),
        "ruling",
    ) == {
        (
            person.id,
            row.id,
            row.year_wage,
            row.special_rate,
            row.credit,
            row.levy,
            row.colour,
            row.period_table,
            row.income_kind,
            row.ruling,
        )
        for company, person in active(whole)
        for row in now_in_force(person.records.wage_tax, company)
    }
    assert opened_today(models.WageTaxSettings)


def test_labour_agreements_and_managers(whole: Connected) -> None:
    assert rows(models.AgreementOfEmployee, "remote_id", "number", "description") == {
        (person.id, row.id, row.number, row.description)
        for company, person in active(whole)
        for row in now_in_force(person.records.agreements, company)
    }
    of_company = {
        company.id: {one.number: one for one in debtor.records.managers}
        for debtor in whole.sandbox.firm.debtors
        for company in debtor.companies
    }
    assert rows(models.ManagerOfEmployee, "number", "first_name", "last_name") == {
        (person.id, one.number, one.first_name, one.name)
        for company, person in active(whole)
        for choice in now_in_force(person.records.managers, company)
        for one in [of_company[company.id][choice.number]]
    }


@pytest.mark.parametrize(
    ("model", "kind", "value"),
    [
        (models.FixedHours, "fixed_hours", "hours"),
        (models.VariableHours, "variable_hours", "hours"),
        (models.FixedWage, "fixed_wages", "value"),
        (models.VariableWage, "variable_wages", "value"),
    ],
)
def test_components_of_the_current_period(whole: Connected, model: Any, kind: str, value: str) -> None:
    def holds(component: Any, period: Period) -> bool:
        if kind.startswith("variable"):
            return bool(component.period == period)
        return component.start <= period and (component.end is None or period <= component.end)

    assert rows(model, "remote_id", "year", "number", "code", value) == {
        (person.id, one.id, company.current.year, company.current.number, one.code, one.value)
        for company, person in active(whole)
        for one in getattr(person.records, kind)
        if holds(one, company.current)
    }


def test_leave_of_last_year_and_this_one_and_its_balance(whole: Connected) -> None:
    assert rows(
        models.Leave, "remote_id", "valid_from", "end_date", "valid_until", "hours", "usage", "leave_type", "status"
    ) == {
        (
            person.id,
            row.id,
            row.start,
            row.end,
            row.end + timedelta(days=1),
            row.hours,
            row.usage,
            row.type,
            row.status,
        )
        for _, person in active(whole)
        for row in person.records.leave
        if row.start.year in {TODAY.year - 1, TODAY.year}
    }
    assert rows(models.LeaveBalance, "opening", "current") == {
        (person.id, *person.records.leave_balance(company.current.year)) for company, person in active(whole)
    }


def test_nobody_who_left_long_ago_is_asked_for_one_by_one(whole: Connected) -> None:
    # Every person of whom the portal chose to ask has a row, whether or not anything came in. That no more calls are
    # made than people are chosen is in tests/sync/test_rotation_price.py.
    asked = set(PersonFetch.objects.values_list("employee__remote_id", flat=True))
    assert asked == {person.id for _, person in active(whole)}
    assert len(asked) < len(list(everybody(whole)))


def test_no_bsn_and_no_word_about_an_illness_is_anywhere_in_the_database(whole: Connected) -> None:
    text = whole_database()
    numbers = planted(whole.sandbox)
    assert len(numbers) > 20
    assert [number for number in numbers if number in text] == []
    remarks = [row for person in whole.sandbox.firm.people() for row in person.records.absences]
    assert any(ABSENCE_CANARY in row.comment for row in remarks)
    assert ABSENCE_CANARY not in text
    for row in remarks:
        assert row.comment.partition(",")[0] not in text
        assert len(row.dossier) < 7 or row.dossier not in text


def test_account_numbers_are_encrypted_at_rest(whole: Connected) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT iban FROM employees_accountofemployee")
        stored = [value for (value,) in cursor.fetchall()]
    assert stored
    for person in whole.sandbox.firm.people():
        for account in person.records.bank_accounts:
            assert not [value for value in stored if account.iban in value or account.number in value]
