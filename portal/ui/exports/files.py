"""Where files lie until they expire: a folder of the portal that nobody else on the machine can read."""

import os
import secrets
import shutil
import time
from pathlib import Path
from typing import IO

from django.conf import settings


def folder() -> Path:
    """The folder, made when it is not there. Never below what the web server gives out."""
    found = Path(settings.VAR_DIR) / "exports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def fresh_name() -> str:
    """A name that nobody guesses and that says nothing."""
    return secrets.token_hex(24)


def create(name: str) -> IO[bytes]:
    """A new file, readable for its owner only. Raises FileExistsError."""
    handle = os.open(folder() / name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "w+b")


def opened(name: str) -> IO[bytes] | None:
    """The file; None where it was removed."""
    try:
        return (folder() / name).open("rb")
    except FileNotFoundError:
        return None


def remove_older(seconds: float) -> None:
    """Remove what nobody touched for so long."""
    for path in folder().iterdir():
        if time.time() - path.stat().st_mtime <= seconds:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def remove(name: str) -> None:
    """Away with it, if it is there."""
    if name:
        (folder() / name).unlink(missing_ok=True)
