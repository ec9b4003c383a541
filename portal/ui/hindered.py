"""What a person is told when a request ended in an error: of the portal itself, or where nothing can be written, since
the disk is full or the database waits for its migrations."""

import logging
import secrets
import sys
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.deprecation import MiddlewareMixin

from portal.jobs.hindrance import migrations_pending
from portal.jobs.room import is_disk_full

logger = logging.getLogger(__name__)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: What references are made of: no vowels, so that none is a word, and nothing that is read as something else.
_SIGNS = "23456789BCDFGHJKMNPQRTVWXZ"


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
    reference = _reference()
    if error is not None:
        # Django writes the exception to the log after this, and a note is a part of its traceback.
        error.add_note(f"Reference of the error page: {reference}")
    page = get_template("500.html").render({"reference": reference})
    return HttpResponseServerError(page, headers={"X-Reference": reference})


def _reference() -> str:
    """What the reader of an error page can name and finds the exception in the log: random, says nothing of anybody."""
    first, last = ("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(2))
    return f"{first}-{last}"


class UpdatingMiddleware(MiddlewareMixin):
    """Nothing is saved while migrations are pending: this code would write what the database does not hold yet."""

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: Any) -> HttpResponse | None:
        """The page that says so, in place of a view that may write; looked at until the migrations are complete."""
        if request.method in SAFE or not migrations_pending():
            return None
        return render(request, "ui/updating.html", status=503)
