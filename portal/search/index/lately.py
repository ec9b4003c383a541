"""What a person opened lately: written by every page about a client, company or person that they open."""

import logging

from django.db import OperationalError
from django.db.models import BigAutoField, DateTimeField, Model, Value
from django.http import HttpRequest

from portal import clock
from portal.accounts.models import User
from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.search.models import Entry, EntryKind, Opened

#: So many a person; the oldest makes room.
KEPT = 30
KINDS: dict[type[Model], EntryKind] = {
    Debtor: EntryKind.DEBTOR,
    Company: EntryKind.COMPANY,
    Employee: EntryKind.EMPLOYEE,
}

logger = logging.getLogger(__name__)


def remember(request: HttpRequest, row: Model) -> None:
    """Put what this page is about on top. Three statements at most, one where it is on top already.

    Whoever looks as somebody else leaves nothing behind. A database that is full or busy costs the memory of this
    page, not the page.
    """
    kind, user = KINDS.get(type(row)), request.user
    if kind is None or not isinstance(user, User) or getattr(request, "look", None) is not None:
        return
    try:
        _remember(user, kind, int(row.pk))
    except OperationalError as error:
        logger.warning("What somebody opened was not remembered: %s", type(error).__name__)


def _remember(user: User, kind: EntryKind, target: int) -> None:
    lately = Opened.objects.filter(user=user).values_list("at", "pk", "entry", "entry__kind", "entry__target")
    # What the page is about in the same answer, as if it had never been opened.
    this = (
        Entry.objects.filter(kind=kind, target=target)
        .annotate(never=Value(None, DateTimeField()), none=Value(None, BigAutoField()))
        .values_list("never", "none", "pk", "kind", "target")
    )
    answer = list(lately.order_by().union(this.order_by(), all=True))
    rows = sorted((row for row in answer if row[0] is not None), key=lambda row: row[:2], reverse=True)
    place = next((place for place, row in enumerate(rows) if row[3:] == (kind, target)), None)
    if place == 0:
        return
    if place is not None:
        Opened.objects.filter(pk=rows[place][1]).update(at=clock.now())
        return
    entry = next((entry for at, _pk, entry, *_what in answer if at is None), None)
    if entry is None:
        return
    if len(rows) >= KEPT:
        Opened.objects.filter(pk__in=[row[1] for row in rows[KEPT - 1 :]]).delete()
    Opened.objects.bulk_create([Opened(user=user, entry_id=entry, at=clock.now())], ignore_conflicts=True)
