"""Threat 35, heavy requests: a statement that takes too long is ended, and the page says so in the reader's words."""

import pytest
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path
from psycopg.errors import QueryCanceled

from portal.ui.slow_statements import SlowStatementMiddleware, limit_statements


def sleeping(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    return HttpResponse()


urlpatterns = [path("sleeping/", sleeping)]


def answer_to(error: Exception):
    return SlowStatementMiddleware(lambda request: HttpResponse()).process_exception(RequestFactory().get("/"), error)


@pytest.mark.parametrize(("language", "word"), [("en", "took too long"), ("nl", "duurde te lang")])
def test_threat_35_the_page_says_that_it_took_too_long(db, language, word):
    from django.utils import translation

    error = OperationalError("canceling statement due to statement timeout")
    error.__cause__ = QueryCanceled("canceling statement due to statement timeout")
    with translation.override(language):
        answer = answer_to(error)
    assert answer is not None
    assert (answer.status_code, word in answer.content.decode()) == (503, True)


def test_other_errors_are_left_to_others():
    assert answer_to(OperationalError("database is locked")) is None
    assert answer_to(QueryCanceled()) is None


@pytest.mark.database
@pytest.mark.timeout(30)
@pytest.mark.django_db(transaction=True)
def test_threat_35_a_statement_of_a_page_is_ended_on_postgresql_and_the_connection_stays_usable(client, settings):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no limit for a statement")
    settings.PAGE_STATEMENT_SECONDS = 1
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["portal.ui.slow_statements.SlowStatementMiddleware"]
    limit_statements()
    try:
        connection.close()
        assert client.get("/sleeping/").status_code == 503
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
    finally:
        assert connection_created.disconnect(dispatch_uid="statements of pages end")
        connection.close()
