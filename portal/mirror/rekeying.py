"""Rows whose fingerprint was made with another HASH_KEY, or with none that is known any more.

Their fingerprints can be compared with nothing, so what they say is compared instead: a key that was replaced is no
change. It needs no older key, which may be gone because it leaked.
"""

from collections.abc import Mapping
from typing import Any

from portal.mirror.dating import Observed
from portal.mirror.resource import Resource, columns
from portal.vault import differ, open_row

#: Rows in one question.
CHUNK = 500

Values = dict[str, Any]


def rekeyed(resource: Resource, drafts: Mapping[int, Values]) -> dict[int, Values]:
    """Of `drafts`, by primary key of the row that we have, those that say what the row says.

    They are completed with what a row keeps as long as nothing in it changes, ready to be written over it. What a keyed
    hash of another key was made of cannot be told and counts as the same. One query for 500 rows.
    """
    # What is observed has its days from us, not from the record.
    ours = resource.dating.computed if isinstance(resource.dating, Observed) else ()
    told = [column for column in columns(resource.model) if column.name not in ours]
    names = [column.attname for column in told if column.name not in resource.keyed]
    kept = ("key", "first_seen", "last_changed", "missing_since", *ours)
    wanted = ("pk", "environment_id", *(column.attname for column in told), *kept)
    found: dict[int, Values] = {}
    pks = list(drafts)
    for start in range(0, len(pks), CHUNK):
        for stored in resource.model.everything.filter(pk__in=pks[start : start + CHUNK]).values(*wanted):
            row, values = open_row(resource.model, stored), drafts[stored["pk"]]
            if any(row[name] != values.get(name) for name in names):
                continue
            if any(differ(row[name], values[name]) for name in resource.keyed):
                continue
            values |= {name: row[name] for name in kept}
            found[stored["pk"]] = values
    return found
