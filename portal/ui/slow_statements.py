"""No page keeps the database busy for as long as it likes (threat 35): its statements are ended after some seconds.

On PostgreSQL, and where pages are served only: workers, commands and migrations take the time they need. SQLite has no
such limit; there a page that reads holds up no one who writes.
"""

import logging
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from psycopg.errors import QueryCanceled

logger = logging.getLogger(__name__)


def limit_statements() -> None:
    """From now on each new connection of this process ends statements after PAGE_STATEMENT_SECONDS."""
    connection_created.connect(_limit, dispatch_uid="statements of pages end")


def _limit(sender: type[Any], connection: Any, **_: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # SET takes no parameter where the server puts them in.
            limit = str(settings.PAGE_STATEMENT_SECONDS * 1000)
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [limit])


class SlowStatementMiddleware(MiddlewareMixin):
    """Says what happened where a statement was ended, in place of an error of the portal."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for it; None for every other exception."""
        if not isinstance(exception, OperationalError) or not isinstance(exception.__cause__, QueryCanceled):
            return None
        match = request.resolver_match
        logger.warning("a statement of %s took too long and was ended", match.view_name if match else "a page")
        return render(request, "503.html", status=503)
