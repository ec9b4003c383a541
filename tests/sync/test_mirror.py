"""The mirror holds what Nmbrs holds, row by row."""

from datetime import timedelta

import pytest

from portal.companies.models import Company, CurrentPeriod, Run, WageTaxReturn
from portal.debtors.models import Debtor
from portal.employees import models
from portal.mirror.models import Freshness, State
from portal.mirror.resource import Lane, registry
from portal.mirror.together import read_together
from portal.periods import bounds
from tests import reference
from tests.conftest import Connected

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.timeout(300)]


def test_debtors_companies_and_people_are_those_of_nmbrs(filled: Connected) -> None:
    firm = filled.sandbox.firm
    assert set(Debtor.objects.values_list("remote_id", "number", "name")) == {
        (debtor.id, debtor.number, debtor.name) for debtor in firm.debtors
    }
    assert set(Company.objects.values_list("remote_id", "debtor__remote_id", "number", "name", "kvk_number")) == {
        (company.id, company.debtor_id, company.number, company.name, company.kvk) for company in firm.companies()
    }
    assert set(models.Employee.objects.values_list("remote_id", "company__remote_id", "number", "display_name")) == {
        (person.id, company.id, person.number, person.display_name)
        for company in firm.companies()
        for person in reference.people(company)
    }


def test_applicants_are_not_mirrored(filled: Connected) -> None:
    applicants = {person.id for person in filled.sandbox.firm.people() if person.type in reference.OUTSIDE}
    assert applicants
    assert not models.Employee.everything.filter(remote_id__in=applicants).exists()


def test_periods_runs_and_returns_are_those_of_nmbrs(filled: Connected) -> None:
    companies = list(filled.sandbox.firm.companies())
    assert {(row.company.remote_id, row.period, row.period_type) for row in CurrentPeriod.objects.all()} == {
        (company.id, company.current, company.period_type.value) for company in companies
    }
    assert set(Run.objects.values_list("remote_id", "number", "year", "period_start", "period_end", "locked")) == {
        (run.id, run.number, run.year, run.first, run.last, run.locked) for company in companies for run in company.runs
    }
    assert set(WageTaxReturn.objects.values_list("remote_id", "year", "number", "status", "first_day", "last_day")) == {
        (row.id, row.year, row.period, row.status, row.first, row.last)
        for company in companies
        for row in company.returns
    }
    unsent = {row.id for company in companies for row in company.returns if row.sent_at is None}
    assert unsent
    assert set(WageTaxReturn.objects.filter(sent_at=None).values_list("remote_id", flat=True)) == unsent


def test_every_salary_is_there_and_as_of_any_day_the_one_in_force(filled: Connected) -> None:
    for company in filled.sandbox.firm.companies():
        for person in reference.people(company):
            rows = models.Salary.objects.filter(employee__remote_id=person.id)
            assert {(row.remote_id, row.amount, row.salary_type) for row in rows} == {
                (salary.id, salary.value, str(salary.type)) for salary in person.salaries
            }
            starts = {salary.start for salary in person.salaries}
            for day in starts | {start - timedelta(days=1) for start in starts}:
                expected = reference.latest(person.salaries, day)
                assert [row.remote_id for row in rows.as_of(day)] == ([expected.id] if expected else [])


def test_period_dated_rows_start_on_the_first_day_of_their_period(filled: Connected) -> None:
    for company in filled.sandbox.firm.companies():
        for person in reference.people(company):
            rows = models.Department.objects.filter(employee__remote_id=person.id)
            assert {(row.valid_from, row.code) for row in rows} == {
                (bounds(company.period_type, row.start).first, row.unit.code) for row in person.departments
            }


def test_contracts_that_share_an_id_are_all_kept(filled: Connected) -> None:
    planted = [len(person.contracts) for c in filled.sandbox.firm.companies() for person in reference.people(c)]
    assert models.Contract.objects.count() == sum(planted)
    assert models.Contract.objects.count() > models.Contract.objects.values("remote_id").distinct().count()


def test_every_kind_is_fresh_after_the_first_sync(filled: Connected) -> None:
    assert set(Freshness.objects.values_list("state", flat=True)) == {State.FRESH}
    whole_lists = {kind.name for kind in registry if kind.lane is Lane.FAST and kind.opt_in is None}
    assert set(Freshness.objects.values_list("resource", flat=True)) == whole_lists


def test_read_together_every_kind_has_the_rows_that_it_has_alone(filled: Connected) -> None:
    alone = {kind.name: kind.model.objects.order_by("-key", "pk") for kind in registry}
    found = read_together(alone)
    for name, rows in alone.items():
        names = [column.attname for column in rows.model._meta.concrete_fields if column.name != "fingerprint"]
        expected = [tuple(getattr(row, one) for one in names) for row in rows]
        assert [tuple(getattr(row, one) for one in names) for row in found[name]] == expected, name
    assert sum(len(rows) for rows in found.values()) > 1000
