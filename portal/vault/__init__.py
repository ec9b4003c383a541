"""Keys, the encrypted field and the keyed hash."""

from portal.vault.cipher import Sealed, open_text, seal_text
from portal.vault.fields import EncryptedTextField

__all__ = ["EncryptedTextField", "Sealed", "open_text", "seal_text"]
