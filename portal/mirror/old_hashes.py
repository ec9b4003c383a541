"""Wiping what was hashed with a HASH_KEY that is not the key any more, where no sync hashes it anew.

Those are rows that no answer holds any more or that no sync asks for: people who left, values that are over, runs and
periods of long ago, kinds and companies that are not read.
"""

from collections.abc import Iterator
from secrets import token_bytes
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from portal.mirror.models import Quarantine
from portal.mirror.resource import registry
from portal.vault import WIPED, key_mark

#: Rows in one statement: others that write wait for a moment only.
CHUNK = 500
#: Bytes of a fingerprint and of a mark in quarantine.
SIZE = 16
#: In place of a fingerprint. An empty one would make the row count as changed.
NOTHING = WIPED.encode()


def wipe() -> int:
    """Take out the hashes of other keys; returns how many there were. Rows, days and changes stay as they are.

    Nothing is lost by it: what is read again gets its hash again and does not count as changed. It can be repeated, and
    while others write.
    """
    newest = key_mark("fingerprint")
    wiped = 0
    for resource in registry:
        rows = resource.model.everything
        others = rows.exclude(_begins("fingerprint", newest)).exclude(fingerprint__in=(b"", NOTHING))
        wiped += _wipe(others, fingerprint=NOTHING)
        for column, purpose in resource.keyed.items():
            own = Q(**{f"{column}__startswith": key_mark(purpose).hex()})
            wiped += _wipe(rows.exclude(own).exclude(**{f"{column}__in": ("", WIPED)}), **{column: WIPED})
    marked = Quarantine.objects.exclude(mark=b"").exclude(_begins("mark", newest))
    for pk in list(marked.values_list("pk", flat=True)):
        with transaction.atomic():
            # A sync may let it go meanwhile.
            for row in marked.select_for_update().filter(pk=pk):
                _mark_anew(row, newest + token_bytes(SIZE - len(newest)))
                wiped += 1
    return wiped


def _begins(column: str, mark: bytes) -> Q:
    rest = SIZE - len(mark)
    return Q(**{f"{column}__gte": mark + bytes(rest), f"{column}__lte": mark + b"\xff" * rest})


def _wipe(rows: "QuerySet[Any]", **values: Any) -> int:
    """Set `values` in `rows`, part by part. What got another value meanwhile is left alone."""
    return sum(rows.filter(pk__in=pks).update(**values) for pks in _parts(rows))


def _parts(rows: "QuerySet[Any]") -> Iterator[list[int]]:
    after = 0
    while pks := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield pks
        after = pks[-1]


def _mark_anew(row: Quarantine, mark: bytes) -> None:
    """It stays until its record is read again; the mark stands in what tells the row from others, too."""
    old, new = bytes(row.mark).hex(), mark.hex()
    # Its texts are encrypted together with what is changed here: opened as it was, encrypted as it is.
    texts = str(row.raw)
    row.mark, row.row_key, row.field = mark, row.row_key.replace(old, new), row.field.replace(old, new)
    row.raw = texts
    row.save(update_fields=["mark", "row_key", "field", "raw"])
