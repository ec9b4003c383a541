"""How far a sync is costs a count over its runs, which is made for somebody who looks, and for nobody else."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.sync.service import Progress, sync_now
from tests.conftest import Connected

COUNTED = 'SUM("sync_syncrun"."quarantined")'


def counts(queries: CaptureQueriesContext) -> int:
    return sum(COUNTED in query["sql"] for query in queries.captured_queries)


def test_a_sync_is_counted_for_who_looks_and_not_where_nobody_does(connected: Connected) -> None:
    seen: list[Progress] = []
    with CaptureQueriesContext(connection) as queries:
        sync_now(connected.environment, resource="debtors", on_progress=seen.append)
    assert seen[-1].done == seen[-1].total > 0
    assert counts(queries) == len(seen)
    with CaptureQueriesContext(connection) as queries:
        sync_now(connected.environment, resource="debtors")
    assert counts(queries) == 0
