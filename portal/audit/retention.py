"""Dropping old months: a month whose term has ended goes as a whole, and a seal stays that ties the rest to it.

There is one chain for the installation, so there is one term for all firms (AUDIT_KEPT_MONTHS).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from portal import clock
from portal.audit.about import About
from portal.audit.chain import current_key_id, in_order, seal_mac
from portal.audit.kinds import Kind
from portal.audit.models import Entry, Seal
from portal.audit.recording import locked_head, record
from portal.audit.verifying import Broken, follow, follow_seals

MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Segment:
    """The entries of one month, Dutch time, by number. Entries whose clock ran back stay with those around them."""

    month: str
    first: int
    last: int

    @property
    def entries(self) -> int:
        """How many."""
        return self.last - self.first + 1


def ended() -> list[Segment]:
    """The months whose term has ended and that are still there, oldest first. Never the last entry of all."""
    return list(_ended())


def drop(segment: Segment) -> Seal:
    """Prove a month, seal it, delete its entries and enter that, all or nothing. Months go oldest first.

    Raises Broken when its entries are not what was written: evidence is not cleared away. Proving a busy month takes
    seconds, in which nobody could sign in; so it comes before the transaction, which looks whether all is as it was.
    """
    rows = Entry.objects.filter(number__gte=segment.first, number__lte=segment.last)
    mac, mac_after = _proven(segment, rows)
    with transaction.atomic():
        locked_head()
        if _after_last_seal(segment) != mac:
            raise Broken(f"{segment.month} was sealed meanwhile.")
        left = rows.filter(number=segment.last).values_list("mac", flat=True).first()
        if rows.count() != segment.entries or left != mac_after:
            raise Broken(f"{segment.month} was changed meanwhile.")
        seal = Seal(
            month=segment.month,
            first=segment.first,
            last=segment.last,
            sealed_at=clock.now(),
            mac_before=mac,
            mac_after=mac_after,
            key_id=current_key_id(),
        )
        seal.mac = seal_mac(seal)
        seal.save(force_insert=True)
        rows.delete()
        record(
            Kind.TRAIL_SEALED,
            About(object_type="seal", object_id=seal.pk),
            detail={"month": segment.month, "entries": segment.entries, "last": segment.last},
        )
    return seal


def _proven(segment: Segment, rows: QuerySet[Entry]) -> tuple[str, str]:
    """The MAC before the month and that of its last entry, each entry of it being what was written."""
    mac = _after_last_seal(segment)
    end, mac_after = segment.first - 1, mac
    for entry in follow(in_order(rows), end, mac):
        end, mac_after = entry.number, entry.mac
    if end != segment.last:
        raise Broken(f"Entries {end + 1} to {segment.last} are missing.")
    return mac, mac_after


def _after_last_seal(segment: Segment) -> str:
    last, mac = follow_seals(Seal.objects.order_by("first"))
    if segment.first != last + 1:
        raise Broken(f"{segment.month} is not the oldest month that is left.")
    return mac


def _ended() -> Iterator[Segment]:
    last = Seal.objects.order_by("-last").values_list("last", flat=True).first() or 0
    keep_from = _kept_from()
    while True:
        first = Entry.objects.filter(number__gt=last).order_by("number").first()
        if first is None:
            return
        month = first.at.astimezone(clock.AMSTERDAM).date().replace(day=1)
        following = _start(_months_later(month, 1))
        later = Entry.objects.filter(number__gt=first.number, at__gte=following).order_by("number").first()
        if following > keep_from or later is None:
            return
        segment = Segment(f"{month:%Y-%m}", first.number, later.number - 1)
        yield segment
        last = segment.last


def _kept_from() -> datetime:
    """Months that began before this moment and ended by it have had their term."""
    return _start(_months_later(clock.today().replace(day=1), -int(settings.AUDIT_KEPT_MONTHS)))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.AMSTERDAM)


def _months_later(month: date, count: int) -> date:
    place = month.year * MONTHS_A_YEAR + month.month - 1 + count
    return date(place // MONTHS_A_YEAR, place % MONTHS_A_YEAR + 1, 1)
