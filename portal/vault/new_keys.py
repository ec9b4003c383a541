"""Putting a new key into the file of settings in front of the old one, and taking the old one out of it."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from portal.vault.env_file import fresh_keys

#: Where older values of a key stay: behind the new one, or in a setting of their own.
OLDER = {
    "SECRET_KEY": "SECRET_KEY_FALLBACKS",
    "HASH_KEY": "HASH_KEY_FALLBACKS",
    "VAULT_KEYS": "VAULT_KEYS",
    "AUDIT_KEYS": "AUDIT_KEYS",
}


class NotInFile(Exception):
    """The file does not hold the keys that this portal runs with: the environment of the process does."""


def begin(path: Path, name: str, held: Mapping[str, list[str]], *, older_count: bool = True) -> None:
    """A fresh key in the place of `name`; older ones count on where they stay, or not at all.

    `held` is what the portal runs with, by name of a setting. Raises NotInFile and OSError; the file is whole then.
    """
    fresh = fresh_keys()[name]
    now_older = [held[name][0], *older(name, held)] if older_count else []
    if OLDER[name] == name:
        _write(path, {name: [fresh, *now_older]}, held)
    else:
        _write(path, {name: [fresh], OLDER[name]: now_older}, held)


def older(name: str, held: Mapping[str, list[str]]) -> list[str]:
    """The older keys of `name`."""
    return held[name][1:] if OLDER[name] == name else held[OLDER[name]]


def drop_older(path: Path, name: str, held: Mapping[str, list[str]]) -> None:
    """Take the older keys of `name` out of the file. Raises NotInFile and OSError; the file is whole then."""
    _write(path, {OLDER[name]: held[name][:1] if OLDER[name] == name else []}, held)


def _write(path: Path, changed: Mapping[str, list[str]], held: Mapping[str, list[str]]) -> None:
    path = path.resolve()
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for name, keys in changed.items():
        line = re.compile(rf"^[ \t]*(?:export[ \t]+)?{name}[ \t]*=(.*)$", re.MULTILINE)
        places = list(line.finditer(text))
        there = [_keys(place[1]) for place in places]
        if len(there) > 1 or (there or [[]])[0] != held[name]:
            raise NotInFile(name)
        put = f"{name}={','.join(keys)}"
        if places:
            text = text[: places[0].start()] + put + text[places[0].end() :]
        else:
            text = f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{put}\n"
    _replace(path, text)


def _keys(value: str) -> list[str]:
    value = value.strip()
    if value[:1] in {'"', "'"} and value[-1:] == value[:1]:
        value = value[1:-1]
    return [key.strip() for key in value.split(",") if key.strip()]


def _replace(path: Path, text: str) -> None:
    """The whole new file or the whole old one, for the same owner and nobody else."""
    was = path.stat()
    handle, name = tempfile.mkstemp(prefix=".keys-", dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(was.st_mode & 0o660)
        if (was.st_uid, was.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(made, was.st_uid, was.st_gid)
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
