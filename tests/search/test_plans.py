"""How PostgreSQL is told to answer a search, and that nothing else is answered so."""

from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

from portal.accounts.models import User
from portal.search.finding import find
from portal.search.index.folding import asked

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
SETTINGS = ("plan_cache_mode", "enable_nestloop", "pg_trgm.word_similarity_threshold")


def told(cursor: CursorWrapper) -> dict[str, str]:
    """What the connection is told at this moment."""
    found = {}
    for name in SETTINGS:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        (found[name],) = cursor.fetchone()
    return found


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite keeps no plan for any text whatever")
@pytest.mark.parametrize("typed", ["ozdemri", "van de"])
def test_each_text_has_a_plan_of_its_own_and_pages_have_theirs_again(typed: str, office: Any, boss: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word_similarity('a', 'b')")
        before = told(cursor)
        seen: list[str] = []

        def watch(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
            if 'FROM "search_entry"' in sql:
                with connection.connection.cursor() as raw:
                    seen.append(raw.execute("SHOW plan_cache_mode").fetchone()[0])
            return execute(sql, params, many, context)

        with connection.execute_wrapper(watch):
            find(boss, asked(typed), 10)
        assert seen
        assert set(seen) == {"force_custom_plan"}
        assert told(cursor) == before
        assert before["plan_cache_mode"] == "auto"
