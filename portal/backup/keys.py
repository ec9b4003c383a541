"""The key pair: whoever makes backups needs the public half only; the identity opens them and is kept elsewhere."""

import os
from pathlib import Path

from pyrage import IdentityError, RecipientError, x25519

from portal.backup.errors import BackupError
from portal.clock import now

IDENTITY = "AGE-SECRET-KEY-"


def recipient(text: str) -> x25519.Recipient:
    """The public key in the setting BACKUP_RECIPIENT."""
    if not text.strip():
        raise BackupError(
            "BACKUP_RECIPIENT is not set, and a backup is never written unencrypted. "
            "`manage.py backup_key FILE` makes a key pair and says what to write in .env."
        )
    try:
        return x25519.Recipient.from_str(text.strip())
    except RecipientError:
        raise BackupError(
            "BACKUP_RECIPIENT is not a public key of age: it starts with age1. `manage.py backup_key FILE` makes one."
        ) from None


def write_key_pair(path: Path) -> str:
    """Write a new identity to `path`, for its owner only, and return the public key."""
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupError(f"{path} exists already; a key that opens backups is never overwritten.") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"# created: {now().isoformat(timespec='seconds')}\n# public key: {public}\n{identity}\n")
    return public


def read_identity(path: Path) -> x25519.Identity:
    """The identity in a file as `backup_key` and age-keygen write it."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    keys = [line.strip() for line in lines if line.startswith(IDENTITY)]
    if len(keys) == 1:
        try:
            return x25519.Identity.from_str(keys[0])
        except IdentityError:
            pass
    raise BackupError(f"{path} holds no key that opens backups: it needs one line that starts with {IDENTITY}")
