"""Keyed hashes: equality without the value. Whoever has the hashes but not the key learns nothing from them.

The key is a setting of its own (HASH_KEY), apart from the keys that encrypt and outside every backup of the database.
"""

from functools import lru_cache
from hashlib import blake2b

from django.conf import settings


@lru_cache(maxsize=64)
def _key(purpose: str, secret: str) -> bytes:
    return blake2b(purpose.encode(), key=secret.encode()[:64], digest_size=32).digest()


def purpose_key(purpose: str) -> bytes:
    """32 bytes for one purpose, to be used as the key of a blake2b of one's own."""
    return _key(purpose, settings.HASH_KEY)


def keyed_hash(purpose: str, text: str) -> bytes:
    """16 bytes over `text`. Different purposes give different hashes of one text."""
    return blake2b(text.encode(), key=purpose_key(purpose), digest_size=16).digest()
