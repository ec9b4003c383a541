"""How entries hang together: an HMAC over what an entry says and the HMAC of the one before it.

The keys are AUDIT_KEYS, newest first, kept outside the database: whoever can write to the database cannot make a valid
entry. An entry names its key by a fingerprint, so older entries stay verifiable after a new key.
"""

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings

from portal.audit.models import Entry, Seal

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Part of what is signed: another way of writing entries down would be another version.
VERSION = 1
KEY_ID_BYTES = 4
#: The columns that an entry is bound to, in the order in which they are signed.
SIGNED = (
    "number",
    "at",
    "firm_id",
    "kind",
    "outcome",
    "actor_id",
    "actor_label",
    "look_as_id",
    "object_type",
    "object_id",
    "debtor_id",
    "company_id",
    "employee_id",
    "detail",
    "address",
    "key_id",
)
SEALED = ("month", "first", "last", "sealed_at", "mac_before", "mac_after", "key_id")


#: So many entries are read at a time.
CHUNK = 2000

E = TypeVar("E", bound=Entry)


class UnknownKey(Exception):
    """Something was signed with a key that is not in AUDIT_KEYS."""


def in_order(rows: "QuerySet[E]", after: int = 0) -> Iterator[E]:
    """The entries of `rows` with a number above `after`, by number. No cursor stays open between two chunks."""
    while chunk := list(rows.filter(number__gt=after).order_by("number")[:CHUNK]):
        yield from chunk
        after = chunk[-1].number


def current_key_id() -> str:
    """The fingerprint of the key that new entries are signed with."""
    return next(iter(_keys(tuple(settings.AUDIT_KEYS))))


def entry_mac(entry: Entry, before: str) -> str:
    """The HMAC of an entry that follows one with the HMAC `before` (empty for the very first). Raises UnknownKey."""
    return sign("entry", [getattr(entry, name) for name in SIGNED], before, entry.key_id)


def seal_mac(seal: Seal) -> str:
    """The HMAC of a seal. Raises UnknownKey."""
    return sign("seal", [getattr(seal, name) for name in SEALED], "", seal.key_id)


def sign(what: str, values: list[object], before: str, key_id: str) -> str:
    """HMAC-SHA256 in hexadecimal over `values`. `what` keeps one kind of thing from passing for another."""
    key = _keys(tuple(settings.AUDIT_KEYS)).get(key_id)
    if key is None:
        raise UnknownKey(key_id)
    text = json.dumps([VERSION, what, before, *values], sort_keys=True, separators=(",", ":"), default=_moment)
    return hmac.digest(key, text.encode(), "sha256").hex()


def same(one: str, other: str) -> bool:
    """Whether two HMACs are equal, in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(type(value).__name__)


@lru_cache(maxsize=4)
def _keys(secrets: tuple[str, ...]) -> dict[str, bytes]:
    """Fingerprint -> key, newest first."""
    return {
        blake2b(secret.encode(), person=b"audit key id", digest_size=KEY_ID_BYTES).hexdigest(): blake2b(
            secret.encode(), person=b"audit key", digest_size=32
        ).digest()
        for secret in secrets
    }
