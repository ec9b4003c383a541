"""What an entry may tell beside ids: names of fields, filters and kinds, and counts. Anything else is refused."""

import json
import re
from collections.abc import Mapping, Sequence

Plain = str | int | bool
Detail = Mapping[str, Plain | Sequence[Plain]]

#: Identifiers of ours: no capitals, no spaces, no @. Eight digits in a row could be a citizen service number.
_NAME = re.compile(r"(?!.*[0-9]{8})[a-z0-9_.:/-]{0,80}")
_KEY = re.compile(r"[a-z_]{1,40}")
_LARGEST = 10**8
_LONGEST = 4000


def checked(detail: Detail) -> dict[str, object]:
    """`detail` as it is stored. Raises ValueError for anything that could be a value; its text never repeats it."""
    kept: dict[str, object] = {}
    for key, value in detail.items():
        if not _KEY.fullmatch(key):
            raise ValueError("A name in the detail of an entry may hold small letters and underscores only.")
        several = isinstance(value, Sequence) and not isinstance(value, str)
        parts = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        if not all(_is_plain(part) for part in parts):
            raise ValueError(f"The detail {key!r} of an entry is neither a name of ours nor a small number.")
        kept[key] = [_plain(part) for part in parts] if several else _plain(parts[0])
    if len(json.dumps(kept)) > _LONGEST:
        raise ValueError("The detail of an entry is too long.")
    return kept


def _is_plain(value: object) -> bool:
    if isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) < _LARGEST
    return isinstance(value, str) and bool(_NAME.fullmatch(value))


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value
