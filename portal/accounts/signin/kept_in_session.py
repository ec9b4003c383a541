"""Secrets that wait in a session between two requests: the table of sessions holds their ciphertext only."""

from typing import Any

from portal.vault import Sealed
from portal.vault.cipher import open_bound, seal_bound


def keep(session: Any, name: str, secret: str) -> None:
    """Let `secret` wait under `name`."""
    session[name] = seal_bound(secret, _place(name))


def kept(session: Any, name: str) -> str | None:
    """What waits under `name`; None when nothing does, or when the keys were changed meanwhile."""
    sealed = session.get(name)
    if not isinstance(sealed, str):
        return None
    try:
        return open_bound(sealed, _place(name))
    except Sealed:
        return None


def _place(name: str) -> list[str]:
    return ["session", name]
