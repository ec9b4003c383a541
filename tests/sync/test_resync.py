"""What a resync writes: nothing when nothing changed, what changed and no more, or the part that was asked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.companies.models import Company
from portal.employees import models
from portal.mirror.resource import Lane, registry
from portal.source import Level
from portal.sync.models import Status, SyncRun
from portal.sync.service import sync_now
from tests.conftest import Connected

pytestmark = [pytest.mark.pages, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.mark.database
def test_an_unchanged_nmbrs_costs_no_write_to_any_mirrored_row(mirrored: Connected) -> None:
    tables = {resource.model._meta.db_table for resource in registry} | {"companies_snapshot"}
    with CaptureQueriesContext(connection) as queries:
        plan = sync_now(mirrored.environment)
    writes = [
        query["sql"]
        for query in queries.captured_queries
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE", "COPY"))
        and any(f'"{table}"' in query["sql"] for table in tables)
    ]
    assert writes == []
    figures = plan.runs.values_list("added", "changed", "missing")
    assert set(figures) == {(0, 0, 0)}
    assert plan.runs.filter(status=Status.SUCCEEDED).count() == plan.runs.count() > 0


@pytest.mark.database
def test_after_nmbrs_moved_on_only_what_changed_is_written(mirrored: Connected) -> None:
    before = dict(models.Salary.objects.values_list("pk", "last_changed"))
    mirrored.sandbox.advance()
    plan = sync_now(mirrored.environment)
    salaries = plan.runs.filter(resource="salaries")
    touched = sum(run.added + run.changed for run in salaries)
    after = dict(models.Salary.objects.values_list("pk", "last_changed"))
    assert touched == sum(after[pk] != before.get(pk) for pk in after)
    assert 0 < touched < len(after)


def test_a_debtor_a_company_and_one_kind_can_be_synced_alone(mirrored: Connected) -> None:
    company = Company.objects.order_by("pk").first()
    assert company is not None
    SyncRun.objects.all().delete()
    one = sync_now(company, resource="salaries")
    assert list(one.runs.values_list("company_id", "resource")) == [(company.pk, "salaries")]
    whole = sync_now(company.debtor)
    assert set(whole.runs.exclude(company=None).values_list("company_id", flat=True)) == set(
        company.debtor.companies.values_list("pk", flat=True)
    )
    assert whole.runs.filter(resource="companies").count() == 1


def test_a_person_is_read_alone_where_nmbrs_can_and_with_the_company_where_it_cannot(mirrored: Connected) -> None:
    person = models.Employee.objects.order_by("pk").first()
    assert person is not None
    SyncRun.objects.all().delete()
    mirrored.sandbox.forget_requests()
    plan = sync_now(person)
    kinds = [kind for kind in registry if kind.level is Level.COMPANY and kind.opt_in is None]
    assert {kind.lane for kind in kinds} == set(Lane)
    assert set(plan.runs.values_list("resource", "company_id", "employee_id", "status")) == {
        (kind.name, person.company_id, person.pk if kind.lane is Lane.SLOW else None, Status.SUCCEEDED)
        for kind in kinds
    }
    assert SyncRun.objects.count() == len(kinds)
    # Nmbrs writes CompanyId here and CompanyID there.
    asked = {(name.lower(), value) for call in mirrored.sandbox.requests for name, value in call.parameters.items()}
    assert {value for name, value in asked if name == "employeeid"} == {str(person.remote_id)}
    assert {value for name, value in asked if name == "companyid"} == {str(person.company.remote_id)}
    # Whatever is read person by person has come, of this one alone.
    assert set(registry["bank_accounts"].model.objects.values_list("employee", flat=True)) == {person.pk}
