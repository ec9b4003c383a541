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
    """A new SECRET_KEY and a new VAULT_KEYS.

    Letters and digits only in the first: readers of environment files take `$` for a reference.
    """
    return {
        "SECRET_KEY": "".join(secrets.choice(LETTERS_AND_DIGITS) for _ in range(64)),
        "VAULT_KEYS": Fernet.generate_key().decode(),
    }


def write_env_file(path: Path, values: Mapping[str, str]) -> None:
    """Write `values` as NAME=value lines that only the owner can read.

    Raises FileExistsError when there is a file already: the keys in it open data that nothing else opens.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())


if __name__ == "__main__":
    write_env_file(Path(sys.argv[1]), fresh_keys())
