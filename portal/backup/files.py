"""Names of backups, files that appear whole or not at all, and the folder for what must not stay."""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

STAMP = "%Y%m%d-%H%M%S"
NAME = re.compile(r"portal-(\d{8}-\d{6})\.age(\.part)?")
WORK_PREFIX = "backup-work-"


def free_name(folder: Path, moment: datetime) -> Path:
    """The name of a backup made at `moment` (UTC in the name: no hour happens twice), of later if that is taken."""
    while (path := folder / f"portal-{moment.astimezone(UTC):{STAMP}}.age").exists():
        moment += timedelta(seconds=1)
    return path


@contextmanager
def whole_file(final: Path) -> Iterator[Path]:
    """An empty file for its owner only, which gets its real name when the block has succeeded, else goes."""
    part = final.with_name(f"{final.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield part
        _to_disk(part)
        part.replace(final)
        _to_disk(final.parent)
    finally:
        part.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_old(folder: Path, keep_days: int, moment: datetime) -> list[Path]:
    """Remove backups whose name says that they are older than `keep_days`; no other file is touched.

    What a killed process left half goes after a day.
    """
    removed = []
    for path in sorted(folder.iterdir()):
        if not (form := NAME.fullmatch(path.name)) or not path.is_file():
            continue
        with suppress(ValueError):  # digits that are no date: not a name of ours
            made = datetime.strptime(form[1], STAMP).replace(tzinfo=UTC)
            if made < moment - timedelta(days=1 if form[2] else keep_days):
                path.unlink()
                removed.append(path)
    return removed


@contextmanager
def work_folder(parent: Path) -> Iterator[Path]:
    """A folder for its owner only, gone after the block. Also removes those of processes that were killed."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in parent.glob(f"{WORK_PREFIX}*"):
        with suppress(FileNotFoundError):  # gone meanwhile: its owner or another sweep was faster
            _remove_if_left(left)
    folder = Path(tempfile.mkdtemp(prefix=WORK_PREFIX, dir=parent))
    lock = os.open(folder, os.O_RDONLY)
    try:
        # Held while this process lives, however it ends: an unlocked folder is a left one.
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(lock)


def _remove_if_left(folder: Path) -> None:
    # A very new one may not be locked yet.
    if time.time() - folder.stat().st_mtime < 60:
        return
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    except BlockingIOError:
        return
    finally:
        os.close(lock)


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1_000_000:.2f} MB"
