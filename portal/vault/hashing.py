"""Keyed hashes: equality without the value. Whoever has the hashes but not the key learns nothing from them.

The key is a setting of its own (HASH_KEY), apart from the keys that encrypt and outside every backup of the database.
Nothing can be hashed anew when it changes, because the values are not kept: what must still be found is looked for
with the older keys (HASH_KEY_FALLBACKS) too, and what is compared says with which key it was made.
"""

from functools import lru_cache
from hashlib import blake2b

from django.conf import settings

#: Hexadecimal signs of a keyed text that tell its key; as many as say nothing about it.
MARK = 8


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
    key = purpose_key(purpose)
    mark = blake2b(b"", key=key, person=b"mark of a key", digest_size=MARK // 2).hexdigest()
    return mark + blake2b(text.encode(), key=key, digest_size=16 - MARK // 2).hexdigest()


def differ(one: str, other: str) -> bool:
    """Whether two keyed texts were made of different values. Of two keys: nobody can tell, so it is not said."""
    return one != other and not (one and other and one[:MARK] != other[:MARK])


def _hash(key: bytes, text: str) -> bytes:
    return blake2b(text.encode(), key=key, digest_size=16).digest()
