"""Encryption of single values with the portal's own key list (MultiFernet), newest key first.

The keys are not derived from SECRET_KEY: either can be changed without the other.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Sealed(Exception):
    """A stored value cannot be opened with any of the keys in VAULT_KEYS."""


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal_text(text: str) -> str:
    """`text`, encrypted and authenticated, as ASCII."""
    return _cipher(tuple(settings.VAULT_KEYS)).encrypt(text.encode()).decode()


def open_text(sealed: str) -> str:
    """The text behind `sealed`. Raises Sealed when no key fits; the message holds neither value nor key."""
    try:
        return _cipher(tuple(settings.VAULT_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Sealed("A stored secret was encrypted with a key that is not in VAULT_KEYS.") from None
