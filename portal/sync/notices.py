"""Telling the administrators of a firm by mail that a connection stopped, or that an answer was somebody else's."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portal import clock
from portal.accounts.models import User
from portal.accounts.people import administrators_of
from portal.connections import health
from portal.connections.models import Connection, Health
from portal.mirror.guards import WrongScope
from portal.source import SourceError
from portal.sync.messages import kind_of
from portal.sync.models import SyncRun
from portal.ui import formats

logger = logging.getLogger(__name__)
#: Security events, one line each, for whoever collects the log: names and ids of ours, never anything about a person.
security = logging.getLogger("portal.security")

#: After these, nothing is renewed until a person has done something.
STOPPED = (Health.REFUSED, Health.DISABLED)
#: Of foreign answers in one environment one mail is sent in this time; the Sync page and the log show each.
QUIET = timedelta(days=1)


def record_and_tell(connection: Connection, error: SourceError | None = None) -> bool:
    """Keep what a success or an error means for the connection, and tell when that stopped it.

    Returns whether its health changed.
    """
    changed = health.record(connection, error)
    if changed and connection.health in STOPPED:
        connection_stopped(connection)
    return changed


def connection_stopped(connection: Connection) -> None:
    """Mail the firm's administrators, each in their language. A mail that cannot be sent disturbs no sync.

    The mail names the firm and the domain, never a token, a user or a person. What goes wrong is logged by the type
    of the error only: its text may hold addresses.
    """
    _tell(
        connection,
        "connection_stopped",
        lambda: {
            "refused": connection.health == Health.REFUSED,
            "since": formats.moment(connection.health_since),
        },
    )


def wrong_answer(connection: Connection, run: SyncRun, wrong: WrongScope) -> None:
    """Note an answer about another company or client as the security event that it is, and mail the administrators.

    A mail names the kind of record and the moment; whose data came stands nowhere.
    """
    security.error(
        "event=wrong_scope environment=%s run=%s scope=%s resource=%s share=%s",
        connection.environment_id,
        run.pk,
        run.scope_key,
        run.resource,
        str(wrong).replace(" of ", "/"),
    )
    now = clock.now()
    if not run.others_failed_alike(wrong.kind, since=now - QUIET):
        _tell(connection, "wrong_answer", lambda: {"kind": kind_of(run.resource), "since": formats.moment(now)})


def _tell(connection: Connection, name: str, values: Callable[[], dict[str, Any]]) -> None:
    """Mail the firm's administrators. `values` for the text are made once in the language of each."""
    for user in administrators_of(connection.environment.firm_id):
        mail = _written(connection, user, name, values)
        try:
            send(mail)
        except OSError as error:
            logger.error("connection %s: a mail could not be sent: %s", connection.pk, type(error).__name__)


def send(mail: EmailMessage) -> None:
    """Send one mail. Raises an OSError, of which smtplib's errors are kinds; the connection is closed either way."""
    with get_connection() as post:
        post.send_messages([mail])


def _written(connection: Connection, user: User, name: str, values: Callable[[], dict[str, Any]]) -> EmailMessage:
    with translation.override(user.language):
        context = {
            "firm": connection.environment.firm.name,
            "domain": connection.environment.domain,
            "link": f"{settings.PORTAL_URL}{reverse('sync:overview')}" if settings.PORTAL_URL else "",
            **values(),
        }
        # A subject is one line.
        subject = " ".join(render_to_string(f"sync/mail/{name}_subject.txt", context).split())
        return EmailMessage(subject, render_to_string(f"sync/mail/{name}.txt", context), to=[user.email])
