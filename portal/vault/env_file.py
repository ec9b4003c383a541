"""Fresh keys, and the file of settings that holds them: `python -m portal.vault.env_file PATH`."""

import os
import secrets
import string
import sys
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet

LETTERS_AND_DIGITS = string.ascii_letters + string.digits


def fresh_keys() -> dict[str, str]:
    """A new SECRET_KEY, VAULT_KEYS, HASH_KEY and AUDIT_KEYS.

    Letters and digits only where we choose: readers of environment files take `$` for a reference.
    """
    return {
        "SECRET_KEY": "".join(secrets.choice(LETTERS_AND_DIGITS) for _ in range(64)),
        "VAULT_KEYS": Fernet.generate_key().decode(),
        "HASH_KEY": "".join(secrets.choice(LETTERS_AND_DIGITS) for _ in range(64)),
        "AUDIT_KEYS": "".join(secrets.choice(LETTERS_AND_DIGITS) for _ in range(64)),
    }


def write_env_file(path: Path, values: Mapping[str, str]) -> None:
    """Write `values` as NAME=value lines that only the owner can read.

    Raises FileExistsError when there is a file already: the keys in it open data that nothing else opens.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())


def complete_env_file(path: Path) -> None:
    """Add the keys that a file of an earlier version lacks; what is in it stays as it is."""
    with path.open(encoding="utf-8") as file:
        there = {line.partition("=")[0].strip() for line in file}
    missing = {name: value for name, value in fresh_keys().items() if name not in there}
    if missing:
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in missing.items())


if __name__ == "__main__":
    _path = Path(sys.argv[1])
    if _path.is_file():
        complete_env_file(_path)
    else:
        write_env_file(_path, fresh_keys())
