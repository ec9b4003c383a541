"""Dropping old months: a month whose term has ended goes as a whole, and a seal stays that ties the rest to it.

There is one chain for the installation, so there is one term for all firms (AUDIT_KEPT_MONTHS).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction

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

    Raises Broken when its entries are not what was written: evidence is not cleared away.
    """
    with transaction.atomic():
        locked_head()
        last, mac = follow_seals(Seal.objects.order_by("first"))
        if segment.first != last + 1:
            raise Broken(f"{segment.month} is not the oldest month that is left.")
        rows = Entry.objects.filter(number__gte=segment.first, number__lte=segment.last)
        end, mac_after = last, mac
        for entry in follow(in_order(rows), last, mac):
            end, mac_after = entry.number, entry.mac
        if end != segment.last:
            raise Broken(f"Entries {end + 1} to {segment.last} are missing.")
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
