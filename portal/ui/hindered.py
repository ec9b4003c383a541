"""What a person is told where nothing can be written: the disk is full, or the database waits for its migrations."""

import logging
import sys
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.views import defaults

from portal.jobs.hindrance import migrations_pending
from portal.jobs.room import is_disk_full

logger = logging.getLogger(__name__)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's `handler500`: an error for want of room is no mistake of the portal and has its own page (503).

    An act and its entry in the audit trail are one transaction, and a look is written down before it is shown. So what
    could not be audited was not done. A page may need a table that a migration has still to make: it says so too.
    """
    error = sys.exc_info()[1]
    if is_disk_full(error):
        logger.error("a request was refused, because the disk is full")
        return render(request, "ui/full_disk.html", status=503)
    if isinstance(error, DatabaseError) and migrations_pending():
        return render(request, "ui/updating.html", status=503)
    return defaults.server_error(request)


class UpdatingMiddleware(MiddlewareMixin):
    """Nothing is saved while migrations are pending: this code would write what the database does not hold yet."""

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: Any) -> HttpResponse | None:
        """The page that says so, in place of a view that may write; looked at until the migrations are complete."""
        if request.method in SAFE or not migrations_pending():
            return None
        return render(request, "ui/updating.html", status=503)
