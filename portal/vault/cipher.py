"""Encryption of single values with the portal's own key list, newest key first.

The keys are not derived from SECRET_KEY: either can be changed without the other. There are two kinds of ciphertext:
one bound to its place in the database (AES-256-GCM, the place as associated data), which opens nowhere else, and a free
one (Fernet) for values that have no place of their own. Values of encrypted columns from before places were bound are
free ones too; `manage.py rotate_keys` binds them.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

#: What a bound ciphertext begins with. A free one begins with the version byte of Fernet, "gA".
BOUND = "b1."
KEY_NAME_BYTES, NONCE_BYTES = 4, 12


class Sealed(Exception):
    """A stored value cannot be opened with any of the keys in VAULT_KEYS."""


class Misplaced(Sealed):
    """A stored value was sealed for another place in the database than the one it lies in, or was changed there."""


@dataclass(frozen=True)
class _Key:
    """A key for bound values. `name` tells which key a value needs; it says nothing about the key."""

    name: bytes
    cipher: AESGCM


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


@lru_cache(maxsize=4)
def _keys(keys: tuple[str, ...]) -> tuple[_Key, ...]:
    """Keys of their own for bound values, from the same list: one key is never used with two ciphers."""
    made = (
        HKDF(SHA256(), 32 + KEY_NAME_BYTES, None, b"portal.vault bound 1").derive(urlsafe_b64decode(key))
        for key in keys
    )
    return tuple(_Key(both[32:], AESGCM(both[:32])) for both in made)


def seal_text(text: str) -> str:
    """`text`, encrypted and authenticated, as ASCII. It opens wherever it lies: for values without a place."""
    return _cipher(tuple(settings.VAULT_KEYS)).encrypt(text.encode()).decode()


def open_text(sealed: str) -> str:
    """The text behind `sealed`. Raises Sealed when no key fits; the message holds neither value nor key."""
    try:
        return _cipher(tuple(settings.VAULT_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Sealed("A stored secret was encrypted with a key that is not in VAULT_KEYS.") from None


def seal_bound(text: str, place: Sequence[str]) -> str:
    """`text`, encrypted and authenticated together with `place`, as ASCII: it opens with the same place only."""
    key = _keys(tuple(settings.VAULT_KEYS))[0]
    nonce = os.urandom(NONCE_BYTES)
    sealed = key.cipher.encrypt(nonce, text.encode(), _associated(place))
    return BOUND + urlsafe_b64encode(key.name + nonce + sealed).decode()


def open_bound(sealed: str, place: Sequence[str]) -> str:
    """The text behind `sealed`, which lies at `place`. Free values open too, until they are bound.

    Raises Misplaced when it was sealed for another place or changed, Sealed when its key is missing. The messages hold
    neither value nor key.
    """
    if not sealed.startswith(BOUND):
        return open_text(sealed)
    name, nonce, rest = _parts(sealed)
    for key in _keys(tuple(settings.VAULT_KEYS)):
        if key.name == name:
            try:
                return key.cipher.decrypt(nonce, rest, _associated(place)).decode()
            except InvalidTag:
                raise Misplaced(
                    f"A stored secret in {place[0]}.{place[1]} does not belong to the row it lies in, or was changed "
                    "outside the portal."
                ) from None
    raise Sealed("A stored secret was encrypted with a key that is not in VAULT_KEYS.")


def is_bound_with_newest_key(sealed: str) -> bool:
    """Whether a value is bound, and with the first of VAULT_KEYS, so that nothing is left to do."""
    if not sealed.startswith(BOUND):
        return False
    return _parts(sealed)[0] == _keys(tuple(settings.VAULT_KEYS))[0].name


def _associated(place: Sequence[str]) -> bytes:
    """The place as bytes, so that no two places give the same."""
    return json.dumps(list(place), ensure_ascii=True, separators=(",", ":")).encode()


def _parts(sealed: str) -> tuple[bytes, bytes, bytes]:
    try:
        raw = urlsafe_b64decode(sealed[len(BOUND) :].encode())
    except (NotBase64, ValueError):
        raw = b""
    if len(raw) < KEY_NAME_BYTES + NONCE_BYTES:
        raise Misplaced("A stored secret was changed outside the portal.")
    return raw[:KEY_NAME_BYTES], raw[KEY_NAME_BYTES : KEY_NAME_BYTES + NONCE_BYTES], raw[KEY_NAME_BYTES + NONCE_BYTES :]
