"""Checks at the start of every command: the keys of the trail are long, and nobody else's."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

SHORTEST_KEY = 50


@register()
def keys_of_the_trail(**_: Any) -> list[CheckMessage]:
    """Whoever could guess a key could write entries; one key for two purposes would give both away at once."""
    others = {settings.SECRET_KEY, settings.HASH_KEY, *settings.VAULT_KEYS}
    found: list[CheckMessage] = []
    if any(len(key) < SHORTEST_KEY for key in settings.AUDIT_KEYS):
        found.append(Error(f"AUDIT_KEYS holds a key of fewer than {SHORTEST_KEY} characters.", id="audit.E001"))
    if others & set(settings.AUDIT_KEYS):
        found.append(Error("AUDIT_KEYS holds a key that is used for something else too.", id="audit.E002"))
    return found
