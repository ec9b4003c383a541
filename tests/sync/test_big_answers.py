"""An answer that is read in parts gives the rows that it gives when it is read whole."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from portal.companies.models import Company
from portal.mirror import reading
from portal.mirror.models import Freshness
from portal.mirror.resource import registry
from portal.sync.models import Status
from portal.sync.service import sync_now
from portal.vault import key_mark
from tests.conftest import Connected

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

#: Asked run by run, period by period, and year by year.
KINDS = ("run_output", "journal", "employee_cost_centers", "company_wage_fixed", "wage_tax_returns")


def rows(kind: str) -> set[tuple[str, bytes]]:
    found = registry[kind].model.everything.filter(missing_since=None).values_list("key", "fingerprint")
    return {(key, bytes(fingerprint)) for key, fingerprint in found}


def forget(mirrored: Connected, *kinds: str) -> None:
    """As if these kinds were never read."""
    for kind in kinds:
        registry[kind].model.everything.all().delete()
    Freshness.objects.filter(resource__in=kinds).delete()


def test_rows_read_in_parts_are_those_read_whole(mirrored: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {kind: rows(kind) for kind in KINDS}
    assert all(before.values())
    forget(mirrored, *KINDS)
    # Less than any answer: every value of a loop is a part.
    monkeypatch.setattr(reading, "PART", 1)
    plan = sync_now(mirrored.environment, resource=",".join(KINDS))
    assert set(plan.runs.values_list("status", flat=True)) == {Status.SUCCEEDED}
    assert {kind: rows(kind) for kind in KINDS} == before
    run = plan.runs.filter(resource="run_output").order_by("pk").first()
    assert run is not None
    assert run.added == registry["run_output"].model.objects.filter(company=run.company).count() > 100
    # And once more, with nothing to write.
    Freshness.objects.update(digest=b"")
    again = sync_now(mirrored.environment, resource=",".join(KINDS))
    assert set(again.runs.values_list("added", "changed", "missing")) == {(0, 0, 0)}


def test_every_part_gets_a_new_key_of_hashes_and_none_is_changed(
    mirrored: Connected, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(reading, "PART", 1)
    before = {kind: {key for key, _ in rows(kind)} for kind in KINDS}
    settings.HASH_KEY = "another key of hashes " * 3
    # Everything is asked, as the first time.
    Freshness.objects.filter(resource__in=KINDS).update(last_success=None)
    plan = sync_now(mirrored.environment, resource=",".join(KINDS))
    assert set(plan.runs.values_list("status", "added", "changed", "missing")) == {(Status.SUCCEEDED, 0, 0, 0)}
    after = {kind: rows(kind) for kind in KINDS}
    assert {kind: {key for key, _ in after[kind]} for kind in KINDS} == before
    assert {print_[:4] for kind in KINDS for _, print_ in after[kind]} == {key_mark("fingerprint")}


def test_what_shrinks_in_every_part_is_held_as_a_whole(mirrored: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PART", 1)
    company = Company.objects.order_by("pk").first()
    assert company is not None
    before = rows("wage_tax_returns")
    mirrored.sandbox.faults.add("empty_list", operation="WageTax_GetList", company=company.remote_id)
    Freshness.objects.update(digest=b"")
    (run,) = sync_now(company, resource="wage_tax_returns").runs.all()
    mine = registry["wage_tax_returns"].model.objects.filter(company=company).count()
    assert (run.status, run.error_detail) == (Status.HELD, f"{mine}/{mine}")
    assert rows("wage_tax_returns") == before


def test_between_two_parts_the_worker_gives_a_sign_of_life(
    mirrored: Connected, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    # So short that every sign of life that may be given is given.
    settings.SYNC_LEASE_SECONDS = 0.001
    company = Company.objects.order_by("pk").first()
    assert company is not None

    def signs() -> int:
        Freshness.objects.update(digest=b"")
        with CaptureQueriesContext(connection) as queries:
            (run,) = sync_now(company, resource="run_output").runs.all()
        assert run.status == Status.SUCCEEDED
        return sum('UPDATE "sync_syncrun" SET "lease_until"' in query["sql"] for query in queries)

    whole = signs()
    monkeypatch.setattr(reading, "PART", 1)
    assert signs() > whole
