"""What the guided first start of a firm keeps: credentials that were tried, and which of its steps were taken."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from hashlib import blake2b

from django.db import transaction

from portal.accounts.models import Firm
from portal.clock import now
from portal.connections.models import Connection, EnvironmentKind, FirstStart
from portal.connections.probing import Answer
from portal.connections.setup import Credentials, Tried, keep

#: Tried credentials that nobody kept are forgotten after this.
TRIED_KEPT = timedelta(minutes=30)


class Overtaken(Exception):
    """Other credentials were tried since the page was made, so they are not those that its reader decided about."""


def remember_tried(
    firm: Firm, credentials: Credentials, kind: EnvironmentKind, tried: Tried, kinds: Mapping[str, Answer]
) -> None:
    """Hold on to credentials that work, until somebody who saw what they open and may read keeps them."""
    start = _of(firm)
    start.host, start.user, start.token = credentials.host, credentials.user, credentials.token
    start.domain, start.kind, start.tried = tried.domain, kind, now()
    reach = tried.reach
    start.found = {
        "named": tried.named,
        "debtors": reach.debtors,
        "companies": reach.companies,
        "names": list(reach.names),
        "company": reach.company.name if reach.company else "",
        "kinds": {name: answer.value for name, answer in kinds.items()},
    }
    # The steps alone: asking Nmbrs took a while, in which somebody else may have gone on.
    start.save(update_fields=["host", "user", "token", "domain", "kind", "tried", "found"])


def is_fresh(start: FirstStart | None) -> bool:
    """Whether credentials were tried and may still be kept."""
    return start is not None and start.tried is not None and start.tried > now() - TRIED_KEPT


def sign_of(start: FirstStart) -> str:
    """What a page carries to say which try it shows: a digest, without the token."""
    shown = repr((start.host, start.user, start.domain, start.kind, start.tried and start.tried.isoformat()))
    return blake2b(shown.encode(), digest_size=16).hexdigest()


@transaction.atomic
def keep_tried(firm: Firm, sign: str = "") -> Connection | None:
    """Store the tried credentials as the firm's connection; None when there are none any more.

    `sign`: of the try that the page showed; without one there is nothing to compare. Raises Overtaken.
    """
    start = _shown(firm, sign)
    if start is None or not is_fresh(start):
        return None
    credentials = Credentials(start.host, start.user, start.token, start.domain)
    connection = keep(firm, credentials, start.domain, EnvironmentKind(start.kind))
    _wipe(start)
    return connection


@transaction.atomic
def forget_tried(firm: Firm, sign: str = "") -> None:
    """Let go of tried credentials that are not wanted; `sign` as for `keep_tried`. Raises Overtaken."""
    start = _shown(firm, sign)
    if start is not None and start.tried is not None:
        _wipe(start)


def forget_old() -> None:
    """Let go of what was tried long ago, in every firm."""
    for start in FirstStart.objects.filter(tried__lte=now() - TRIED_KEPT):
        _wipe(start)


def kinds_were_chosen(firm: Firm) -> None:
    """Somebody decided which sensitive kinds are read, if only that none are."""
    FirstStart.objects.update_or_create(firm=firm, defaults={"kinds_chosen": now()})


def clients_were_chosen(firm: Firm, debtors: Collection[int]) -> None:
    """Somebody decided which clients are read first; none named: all."""
    FirstStart.objects.update_or_create(firm=firm, defaults={"clients_chosen": now(), "chosen": sorted(debtors)})


def colleagues_were_asked(firm: Firm) -> None:
    """Somebody said that nobody else is to be invited now."""
    FirstStart.objects.update_or_create(firm=firm, defaults={"colleagues_done": now()})


def _shown(firm: Firm, sign: str) -> FirstStart | None:
    """The row, locked: a try that comes in meanwhile waits."""
    start: FirstStart | None = FirstStart.objects.select_for_update().filter(firm=firm).first()
    if start is not None and is_fresh(start) and sign and sign != sign_of(start):
        raise Overtaken
    return start


def _of(firm: Firm) -> FirstStart:
    start, _added = FirstStart.objects.get_or_create(firm=firm)
    return start


def _wipe(start: FirstStart) -> None:
    start.host = start.user = start.token = start.domain = ""
    start.found, start.tried = {}, None
    start.save(update_fields=["host", "user", "token", "domain", "found", "tried"])
