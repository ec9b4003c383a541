"""The file outside the database that the head is written to, line by line: a trail that was cut off shows against it.

Each line is signed, so lines cannot be made without a key. Best kept on another disk or machine (AUDIT_HEAD_FILE), and
every line also goes to the log, for those who send their log elsewhere.
"""

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from portal import clock
from portal.audit.about import About
from portal.audit.chain import UnknownKey, current_key_id, same, sign
from portal.audit.kinds import Kind
from portal.audit.models import Entry, Head, Seal
from portal.audit.recording import locked_head, record

logger = logging.getLogger(__name__)

#: Lines that say what the head was, and those that accept a loss.
HEAD, LOSS = "head", "loss"


class BadLine(Exception):
    """A line of the file that was not written by this portal, or was changed. The text says which."""


@dataclass(frozen=True)
class Line:
    """At `at` the entry `number` was the last one. A loss: the entries from `first` to `number` are gone, knowingly."""

    what: str
    at: str
    first: int
    number: int
    mac: str


def path() -> Path:
    """The file of the settings, or the one in the portal's own folder."""
    return Path(settings.AUDIT_HEAD_FILE or Path(settings.VAR_DIR) / "audit-head.log")


def write_head() -> bool:
    """Append the head to the file, and enter that it was; False when nothing but that entry is new since the last time.

    The file comes first: a line without its entry does no harm, an entry without its line means a lost file.
    """
    head = Head.objects.first()
    if head is None or head.number == 0:
        return False
    known = lines()
    if known and (same(known[-1].mac, head.mac) or _only_anchored(head, known[-1])):
        return False
    append(Line(HEAD, clock.now().isoformat(timespec="seconds"), head.number, head.number, head.mac))
    record(Kind.TRAIL_ANCHORED, About(object_type="entry", object_id=head.number))
    return True


def accept_loss() -> tuple[int, int] | None:
    """Take the trail as it is now for whole, where the file knows of later entries: after an older backup came back.

    Returns the first and the last number that are given up; None when nothing is lost. The entry about it stays.
    """
    known = in_effect(lines())
    with transaction.atomic():
        head = locked_head()
        macs = dict(Entry.objects.filter(number__in=list(known)).values_list("number", "mac"))
        sealed = Seal.objects.order_by("-last").values_list("last", flat=True).first() or 0
        gone = [number for number, line in known.items() if number > sealed and macs.get(number) != line.mac]
        if not gone:
            return None
        lost = min(gone), max(gone)
        append(Line(LOSS, clock.now().isoformat(timespec="seconds"), lost[0], lost[1], head.mac))
        record(Kind.TRAIL_LOSS, About(object_type="entry", object_id=lost[1]), detail={"first": lost[0]})
    return lost


def _only_anchored(head: Head, last: Line) -> bool:
    """Whether nothing was entered since the last line but that it was written."""
    entry = Entry.objects.filter(number=head.number, kind=Kind.TRAIL_ANCHORED).first()
    return entry is not None and entry.object_id == last.number == head.number - 1


def lines() -> list[Line]:
    """Every line of the file, oldest first; no file: none. Raises BadLine."""
    if not path().is_file():
        return []
    with path().open(encoding="utf-8", errors="replace") as file:
        return [_read(number, text) for number, text in enumerate(file, 1) if text.strip()]


def in_effect(known: list[Line]) -> dict[int, Line]:
    """What the lines say about single entries, by number, without those that were given up later."""
    found: dict[int, Line] = {}
    for line in known:
        if line.what == LOSS:
            found = {number: one for number, one in found.items() if not line.first <= number <= line.number}
        else:
            # The older of two: were they to differ, the trail was written anew.
            found.setdefault(line.number, line)
    return found


def signed_with_older_keys() -> int:
    """How many lines of the file need an older one of AUDIT_KEYS. Raises BadLine."""
    newest = current_key_id()
    if not lines():
        return 0
    with path().open(encoding="utf-8", errors="replace") as file:
        return sum(json.loads(text)[-2] != newest for text in file if text.strip())


def append(line: Line) -> None:
    """Add a line that is on the disk when this returns. Raises OSError."""
    key_id = current_key_id()
    values = [line.what, line.at, line.first, line.number, line.mac]
    text = json.dumps([*values, key_id, sign("line", list(values), "", key_id)])
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    logger.info("audit trail %s: %s", line.what, text)


def _read(place: int, text: str) -> Line:
    try:
        *values, key_id, mac = json.loads(text)
        line = Line(*values)
        good = same(str(mac), sign("line", values, "", key_id))
    except (ValueError, TypeError):
        raise BadLine(f"Line {place} of {path()} cannot be read.") from None
    except UnknownKey:
        raise BadLine(f"Line {place} of {path()} was signed with a key that is not in AUDIT_KEYS.") from None
    if not good:
        raise BadLine(f"Line {place} of {path()} was changed, or was not written by this portal.")
    return line
