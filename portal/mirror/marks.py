"""What tells a record from others whose key cannot be read."""

from collections.abc import Mapping
from hashlib import blake2b

from portal.mirror.resource import Resource
from portal.source import Record
from portal.vault import key_mark, purpose_key


def mark_of(record: Record) -> bytes:
    """A keyed hash of a record's texts, its key's mark before it: another one once it is corrected."""
    texts, mark = repr(sorted(record.items())).encode(), key_mark("fingerprint")
    return mark + blake2b(texts, key=purpose_key("fingerprint"), digest_size=16 - len(mark)).digest()


def columns_of(window: str | Mapping[str, str]) -> tuple[str, ...]:
    """The columns of the mirrored row that hold the value of a loop."""
    return (window,) if isinstance(window, str) else tuple(window)


def given_in(record: Record, resource: Resource) -> dict[str, str]:
    """What the record says of the columns by which its kind is asked: ids, years, numbers of periods."""
    windows = [loop.window for loop in resource.loops.values() if loop.window]
    return {column: _text(column, record) for window in windows for column in columns_of(window)}


def _text(column: str, record: Record) -> str:
    name, _, part = column.partition("__")
    text = (record.get(name) or "").strip()
    return text[:4] if part == "year" else text
