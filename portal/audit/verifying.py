"""Proving that the trail is whole: seals, entries, head, file and triggers. Stops at the first break."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections

from portal.audit import anchor, triggers
from portal.audit.anchor import BadLine, Line
from portal.audit.chain import UnknownKey, current_key_id, entry_mac, in_order, same, seal_mac
from portal.audit.kinds import Kind
from portal.audit.models import Entry, Head, Seal
from portal.clock import AMSTERDAM


class Broken(Exception):
    """The trail is not what was written. The text says where and what, and holds no content of an entry."""


@dataclass(frozen=True)
class Verified:
    """What was found whole."""

    entries: int
    seals: int
    lines: int
    first: int
    last: int


def verify(using: str = DEFAULT_DB_ALIAS, known: list[Line] | None = None) -> Verified:
    """Prove the whole trail while others go on writing. Raises Broken.

    `using`: of another database, as of a backup that was restored beside this one. `known`: the lines of the file at
    the time of that backup; else as they are.
    """
    while True:
        seals = list(Seal.objects.using(using).order_by("first"))
        try:
            return _verify(seals, using, known)
        except BadLine as error:
            raise Broken(str(error)) from None
        except Broken:
            # A month that was dropped meanwhile is no break.
            if list(Seal.objects.using(using).order_by("first")) == seals:
                raise


def _verify(seals: list[Seal], using: str, known: list[Line] | None) -> Verified:
    # Before the entries: the file then knows of none that this does not read.
    known = anchor.lines() if known is None else known
    entries = Entry.objects.using(using)
    last, mac = follow_seals(seals)
    first = last + 1
    expected = _Expected(known)
    expected.meet(last, mac)
    anchored: list[int] = []
    while True:
        for entry in follow(in_order(entries.all(), last), last, mac):
            last, mac = entry.number, entry.mac
            expected.meet(last, mac)
            if entry.kind == Kind.TRAIL_ANCHORED and entry.object_id is not None:
                anchored.append(entry.object_id)
        head = Head.objects.using(using).first() or Head()
        if head.number <= last or not entries.filter(number=last + 1).exists():
            break
    stray = entries.filter(number__lt=first).first()
    if stray is not None:
        raise Broken(f"Entry {stray.number} should have gone with a sealed month, or was put in again.")
    _check_head(head, last, mac)
    expected.check_end(last)
    expected.check_file(anchored)
    if gone := triggers.missing(connections[using]):
        raise Broken(f"The database does not refuse changes any more: {', '.join(gone)} is missing or switched off.")
    return Verified(last - first + 1, len(seals), len(known), first, last)


def signed_with_older_keys() -> int:
    """How many entries, seals and lines of the file need an older one of AUDIT_KEYS to be proven. Raises BadLine."""
    newest = current_key_id()
    kept = Entry.objects.exclude(key_id=newest).count() + Seal.objects.exclude(key_id=newest).count()
    return kept + anchor.signed_with_older_keys()


def follow_seals(seals: Iterable[Seal]) -> tuple[int, str]:
    """The number and HMAC at which the entries must go on. Raises Broken."""
    last, mac = 0, ""
    for seal in seals:
        try:
            good = same(seal.mac, seal_mac(seal))
        except UnknownKey:
            raise Broken(f"The seal of {seal.month} was made with a key that is not in AUDIT_KEYS.") from None
        if not good:
            raise Broken(f"The seal of {seal.month} is not one that this portal made, or it was changed.")
        if seal.first != last + 1 or not same(seal.mac_before, mac):
            raise Broken(f"The seal of {seal.month} does not follow the one before it: a seal is missing or was moved.")
        last, mac = seal.last, seal.mac_after
    return last, mac


def follow(entries: Iterable[Entry], last: int, mac: str) -> Iterator[Entry]:
    """The entries, each proven to be the one that came after the one before. Raises Broken."""
    for entry in entries:
        if entry.number != last + 1:
            raise Broken(f"{_named(last + 1, entry.number - 1)} missing, before the entry of {_moment(entry.at)}.")
        try:
            good = same(entry.mac, entry_mac(entry, mac))
        except UnknownKey:
            raise Broken(f"Entry {entry.number} was signed with a key that is not in AUDIT_KEYS.") from None
        if not good:
            raise Broken(
                f"Entry {entry.number} of {_moment(entry.at)} is not what was written there: it was changed, put in, "
                "or moved from another place."
            )
        last, mac = entry.number, entry.mac
        yield entry


def _check_head(head: Head, last: int, mac: str) -> None:
    if head.number > last:
        raise Broken(f"{_named(last + 1, head.number)} missing at the end: the trail was cut off.")
    if head.number < last or not same(head.mac, mac):
        raise Broken(f"The head names entry {head.number}, but the last entry is {last}: the head was set back.")


class _Expected:
    """What the file outside the database says about single entries."""

    def __init__(self, known: list[Line]) -> None:
        self._macs = anchor.in_effect(known)

    def meet(self, number: int, mac: str) -> None:
        line = self._macs.get(number)
        if line is not None and not same(line.mac, mac):
            raise Broken(f"Entry {number} is another one than the file knew on {line.at}: the trail was written anew.")

    def check_end(self, last: int) -> None:
        ahead = [line for line in self._macs.values() if line.number > last]
        if ahead:
            line = max(ahead, key=lambda line: line.number)
            raise Broken(
                f"{_named(last + 1, line.number)} missing at the end: the file {anchor.path()} knew entry "
                f"{line.number} on {line.at}. The trail was cut off, or an older backup was put back."
            )

    def check_file(self, anchored: list[int]) -> None:
        """Every head that the trail says was written to the file must be there."""
        there = {line.number for line in anchor.lines()}
        for number in anchored:
            if number not in there:
                raise Broken(f"The file {anchor.path()} lacks its line about entry {number}: it was cut or replaced.")


def _named(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"


def _moment(value: datetime) -> str:
    return f"{value.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}"
