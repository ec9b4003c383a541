"""The calendar's secret addresses: 256 random bits of which a keyed hash is kept.

One shows what its owner may see at the moment it is read, so it ends with the last right; of everything, or of one
client alone. A new address ends the old one of the same. All end when their owner is locked out: they lie on the device
that was lost.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet

from portal.accounts import grants
from portal.accounts.models import User
from portal.audit.about import About
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.clock import now
from portal.deadlines.models import CalendarFeed
from portal.debtors.models import Debtor
from portal.vault import keyed_hash, keyed_hashes

#: What their tokens are hashed for.
PURPOSE = "calendar"


@dataclass(frozen=True)
class Made:
    """A new address; its token is known at this moment only."""

    feed: CalendarFeed
    token: str


@transaction.atomic
def make(user: User, *, own_only: bool, debtor: Debtor | None = None) -> Made:
    """A new address in place of the one before; `debtor`: of this client alone, which the person must see."""
    token = secrets.token_urlsafe(32)
    values = {"token_hash": _hash(token), "own_only": own_only, "created": now(), "last_read": None}
    feed, _created = CalendarFeed.objects.update_or_create(user=user, debtor=debtor, defaults=values)
    _record(user, "calendar_address_made")
    return Made(feed, token)


@transaction.atomic
def withdraw(user: User, debtor: int | None = None) -> bool:
    """The address (of everything, or of one client) works no more; whether there was one."""
    gone, _ = CalendarFeed.objects.filter(user=user, debtor=debtor).delete()
    if gone:
        _record(user, "calendar_address_withdrawn")
    return bool(gone)


@transaction.atomic
def withdraw_all(user: User, firms: Collection[int]) -> None:
    """None of the person's addresses works any more; written down in each of these firms, as a withdrawal is."""
    gone, _ = CalendarFeed.objects.filter(user=user).delete()
    if gone:
        known: Collection[int | None] = firms or (None,)
        for firm in known:
            _record(user, "calendar_address_withdrawn", firm)


def all_of(user: User) -> "QuerySet[CalendarFeed]":
    """The person's addresses without their tokens; first that of everything."""
    order = (F("debtor__name").asc(nulls_first=True), "pk")
    return CalendarFeed.objects.filter(user=user).select_related("debtor").order_by(*order)


def of(user: User) -> CalendarFeed | None:
    """The person's address of everything."""
    return CalendarFeed.objects.filter(user=user, debtor=None).first()


def found(token: str) -> CalendarFeed | None:
    """The address that this token opens now; None for one that never was, was replaced or withdrawn, and for somebody
    whose account is closed or who has no place left."""
    rows = CalendarFeed.objects.filter(token_hash__in=keyed_hashes(PURPOSE, token))
    feed = rows.select_related("user", "debtor").first()
    return feed if feed is not None and feed.user.is_active and grants.holdings(feed.user) else None


def note_read(feed: CalendarFeed, token: str) -> None:
    """Remember that a program read it, for the owner to see; at most once an hour.

    An address that was hashed with an older key gets the newest, so that the older one can go.
    """
    moment, newest = now(), _hash(token)
    recently = feed.last_read is not None and (moment - feed.last_read).total_seconds() <= 3600
    if not recently or bytes(feed.token_hash) != newest:
        CalendarFeed.objects.filter(pk=feed.pk, token_hash=bytes(feed.token_hash)).update(
            last_read=moment, token_hash=newest
        )


def _hash(token: str) -> bytes:
    return keyed_hash(PURPOSE, token)


def _record(user: User, what: str, firm: int | None = None) -> None:
    record(Kind.USER_CHANGED, About(firm_id=firm, object_type="user", object_id=user.pk), detail={"what": what})
