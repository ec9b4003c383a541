"""What a resync writes: nothing when nothing changed, what changed and no more, or the part that was asked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.companies.models import Company
from portal.employees import models
from portal.mirror.resource import registry
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
