"""What goes wrong outside this program, in words that say what to do."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, ENOSPC

import psycopg
from django.core.management.base import CommandError
from django.db import Error as DatabaseError
from pyrage import EncryptError

NO_SPACE = (ENOSPC, EDQUOT, EFBIG)
# What SQLite, age and the programs of PostgreSQL say instead of an error number.
NO_SPACE_WORDS = ("disk is full", *(os.strerror(number) for number in NO_SPACE))


class BackupError(CommandError):
    """A backup, restore or drill that stops, with a sentence for whoever started it."""


@contextmanager
def plain_words() -> Iterator[None]:
    """Turn errors of disk, database and encryption into one BackupError in plain words."""
    try:
        yield
    except (OSError, sqlite3.Error, psycopg.Error, DatabaseError, EncryptError) as error:
        raise BackupError(in_words(error)) from error


def in_words(error: Exception) -> str:
    """One line that says what happened and, where it is known, what to do."""
    said = " ".join(str(error).split())
    if full := full_disk(said):
        return full
    if "disk I/O error" in said:
        return f"The disk takes no more or has failed. ({said})"
    if isinstance(error, PermissionError):
        return f"{_named(error)} may not be read or written by this user."
    if isinstance(error, FileNotFoundError):
        return f"{_named(error)} does not exist."
    if isinstance(error, NotADirectoryError | FileExistsError) and error.filename:
        return f"{error.filename} cannot be used: there is a file where a folder is needed, or it exists already."
    if isinstance(error, OSError):
        return f"The disk or the file system refused: {said}."
    return f"The database or the encryption refused: {said}"


def full_disk(said: str) -> str:
    """What to do when `said` tells of a full disk; empty when it tells of something else."""
    if any(words in said for words in NO_SPACE_WORDS):
        return f"The disk is full: make room and try again. ({said})"
    return ""


def _named(error: OSError) -> str:
    return str(error.filename) if error.filename else f"A file ({error})"
