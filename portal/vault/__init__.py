"""Keys, the encrypted field and the keyed hash."""

from portal.vault.cipher import Misplaced, Sealed, open_text, seal_text
from portal.vault.fields import EncryptedTextField, open_row
from portal.vault.hashing import (
    WIPED,
    differ,
    key_mark,
    keyed_hash,
    keyed_hashes,
    keyed_text,
    purpose_key,
    same_key,
)

__all__ = [
    "WIPED",
    "EncryptedTextField",
    "Misplaced",
    "Sealed",
    "differ",
    "key_mark",
    "keyed_hash",
    "keyed_hashes",
    "keyed_text",
    "open_row",
    "open_text",
    "purpose_key",
    "same_key",
    "seal_text",
]
