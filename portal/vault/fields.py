"""A model field whose database column holds ciphertext only."""

from typing import TYPE_CHECKING, Any

from django.db import models

from portal.vault.cipher import open_text, seal_text

if TYPE_CHECKING:
    _Base = models.TextField[str, str]
else:
    _Base = models.TextField


class EncryptedTextField(_Base):
    """Text that is encrypted on its way into the database and opened on its way out. Cannot be searched."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value in (None, "") else seal_text(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value in (None, "") else open_text(value)
