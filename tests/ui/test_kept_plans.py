"""Connections of pages keep plans of statements on PostgreSQL; whoever pools by transaction switches that off."""

from collections.abc import Iterator

import pytest
from django.db import connection, connections

from portal.connections.models import Environment
from portal.ui.kept_plans import OPTIONS, PREPARED_AFTER, keep_plans

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def fresh_connection() -> Iterator[None]:
    """Plain options for a connection of its own, and after the test those of before."""
    options = connections.settings["default"]["OPTIONS"]
    before = dict(options)
    for name in OPTIONS:
        options.pop(name, None)
    connection.close()
    yield
    connection.close()
    options.clear()
    options.update(before)


def kept() -> int:
    """How many plans of one statement the connection keeps after it was asked often enough."""
    for _ in range(PREPARED_AFTER + 1):
        assert not Environment.objects.filter(domain="nobody").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%connections_environment%'")
        return int(cursor.fetchone()[0])


def test_a_page_that_is_asked_again_needs_no_new_plan_on_postgresql(settings) -> None:
    if connection.vendor != "postgresql":
        keep_plans()
        assert connections.settings["default"]["OPTIONS"].keys().isdisjoint(OPTIONS)
        return
    assert kept() == 0
    keep_plans()
    connection.close()
    assert kept() == 1


def test_behind_a_pool_of_transactions_none_is_kept(settings) -> None:
    settings.PAGE_PLANS_KEPT = False
    keep_plans()
    assert connections.settings["default"]["OPTIONS"].keys().isdisjoint(OPTIONS)
