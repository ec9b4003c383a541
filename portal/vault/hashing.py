"""Keyed hashes: equality without the value. Whoever has the hashes but not the key learns nothing from them.

The key is a setting of its own (HASH_KEY), apart from the keys that encrypt and outside every backup of the database.
Nothing can be hashed anew when it changes, because the values are not kept: what must still be found is looked for
with the older keys (HASH_KEY_FALLBACKS) too, and what is compared begins with a mark of the key it was made with.
"""

from functools import lru_cache
from hashlib import blake2b

from django.conf import settings

#: Bytes that tell a key, and as many as say nothing about it; a keyed text begins with them in hexadecimal signs.
MARK = 4
#: What stands in the place of a hash that was wiped: of no key, so nobody can tell from what it differs.
WIPED = "-"


@lru_cache(maxsize=64)
def _key(purpose: str, secret: str) -> bytes:
    return blake2b(purpose.encode(), key=secret.encode()[:64], digest_size=32).digest()


def purpose_key(purpose: str) -> bytes:
    """32 bytes for one purpose, to be used as the key of a blake2b of one's own."""
    return _key(purpose, settings.HASH_KEY)


def keyed_hash(purpose: str, text: str) -> bytes:
    """16 bytes over `text`. Different purposes give different hashes of one text."""
    return _hash(purpose_key(purpose), text)


def keyed_hashes(purpose: str, text: str) -> list[bytes]:
    """The hashes under which `text` may be stored: that of the newest key first, then those of older ones."""
    return [_hash(_key(purpose, secret), text) for secret in (settings.HASH_KEY, *settings.HASH_KEY_FALLBACKS)]


def keyed_text(purpose: str, text: str) -> str:
    """32 hexadecimal signs over `text`, of which the first tell the key, for `differ`."""
    digest = blake2b(text.encode(), key=purpose_key(purpose), digest_size=16 - MARK)
    return key_mark(purpose).hex() + digest.hexdigest()


def key_mark(purpose: str) -> bytes:
    """The bytes that tell the newest key, to stand before a hash that is compared later on."""
    return _mark(purpose_key(purpose))


def same_key(one: bytes, other: bytes) -> bool:
    """Whether two hashes with a mark before them were made with one key, so that they can be compared at all."""
    return one[:MARK] == other[:MARK]


def differ(one: str, other: str) -> bool:
    """Whether two keyed texts were made of different values. Of two keys: nobody can tell, so it is not said."""
    return one != other and not (one and other and one[: 2 * MARK] != other[: 2 * MARK])


@lru_cache(maxsize=64)
def _mark(key: bytes) -> bytes:
    return blake2b(b"", key=key, person=b"mark of a key", digest_size=MARK).digest()


def _hash(key: bytes, text: str) -> bytes:
    return blake2b(text.encode(), key=key, digest_size=16).digest()
