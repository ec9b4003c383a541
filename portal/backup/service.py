"""Make a backup, restore one, and prove that a restore works."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from pyrage import x25519

from portal.backup import archive, audit, files, keys
from portal.backup.engine import Engine
from portal.backup.errors import BackupError, plain_words
from portal.backup.manifest import Manifest, differences, portal_version, unknown_migrations
from portal.backup.postgres import Postgres
from portal.backup.sqlite import Sqlite
from portal.clock import now

DRILL_LOG = "backup-drills.log"


@dataclass(frozen=True)
class Made:
    """A backup that was made, and the old ones that went."""

    path: Path
    manifest: Manifest
    removed: list[Path]


@dataclass(frozen=True)
class Drill:
    """What a successful drill measured; sizes in bytes, times in seconds. `entries`: of the audit trail."""

    moment: datetime
    manifest: Manifest
    database: int
    file: int
    backup: float
    restore: float
    entries: int
    audit: float

    def line(self) -> str:
        """The line for the log of drills."""
        return (
            f"{self.moment:%Y-%m-%d %H:%M:%S}Z {self.manifest.engine} equal: "
            f"{len(self.manifest.content.tables)} tables, {self.manifest.rows} rows; "
            f"database {files.megabytes(self.database)}, backup {files.megabytes(self.file)}; "
            f"backup {self.backup:.2f} s, restore and compare {self.restore:.2f} s; "
            f"audit trail whole: {self.entries} entries in {self.audit:.2f} s"
        )


def current_engine() -> Engine:
    """The database of the settings."""
    name = connection.settings_dict["NAME"]
    return Sqlite(Path(name).resolve()) if connection.vendor == "sqlite" else Postgres(name)


def make_backup(folder: Path, keep_days: int) -> Made:
    """Write one encrypted backup into `folder`, then remove those older than `keep_days`."""
    recipient = keys.recipient(settings.BACKUP_RECIPIENT)
    moment = now()
    with plain_words(), files.work_folder(settings.VAR_DIR) as work:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        final = files.free_name(folder, moment)
        with files.whole_file(final) as part:
            manifest, _ = _write(current_engine(), part, work, recipient, moment)
        return Made(final, manifest, files.remove_old(folder, keep_days, moment))


def restore_backup(file: Path, identity_file: Path, *, force: bool) -> Manifest:
    """Replace the database of the settings by that in `file`."""
    engine = current_engine()
    with plain_words(), files.work_folder(settings.VAR_DIR) as work:
        identity = keys.read_identity(identity_file)
        if not force and (filled := engine.filled()):
            raise BackupError(
                f"The database is not empty ({', '.join(filled[:3])}{', …' if len(filled) > 3 else ''}). "
                "With --force everything in it is replaced. Nothing was changed."
            )
        opened = archive.unseal(file, work, identity)
        _refuse_unfit(opened.manifest, engine)
        connection.close()
        engine.restore(opened, work)
        return opened.manifest


def drill() -> Drill:
    """Back up with a key that is thrown away, restore into a scratch database, compare, prove the audit trail there.

    What came of it is written in the log.
    """
    moment = now()
    log = settings.VAR_DIR / DRILL_LOG
    try:
        with plain_words(), files.work_folder(settings.VAR_DIR) as work:
            done = _drill(current_engine(), work, moment)
    except BackupError as error:
        _append(log, f"{moment:%Y-%m-%d %H:%M:%S}Z FAILED: {error}")
        raise
    _append(log, done.line())
    return done


def _drill(engine: Engine, work: Path, moment: datetime) -> Drill:
    identity = x25519.Identity.generate()
    # Before the backup: the trail in it then holds every entry that the file knows of.
    known = audit.file_of_heads()
    started = time.monotonic()
    with files.whole_file(work / "drill.age") as part:
        manifest, size = _write(engine, part, work, identity.to_public(), moment)
    between = time.monotonic()
    with engine.scratch(work) as scratch:
        opened = archive.unseal(work / "drill.age", work, identity)
        _refuse_unfit(opened.manifest, scratch)
        scratch.restore(opened, work)
        # Read once more, and from the database instead of what was about to become it.
        again = work / "again"
        again.touch(mode=0o600)
        if wrong := differences(manifest.content, scratch.dump(again)):
            raise BackupError(f"The restored database differs in: {', '.join(wrong)}.")
        ended = time.monotonic()
        entries = audit.prove(scratch.name, known)
        proven = time.monotonic()
    file = (work / "drill.age").stat().st_size
    return Drill(
        moment, manifest, size, file, between - started, ended - between, entries=entries, audit=proven - ended
    )


def _write(
    engine: Engine, target: Path, work: Path, recipient: x25519.Recipient, moment: datetime
) -> tuple[Manifest, int]:
    """Dump, pack and encrypt into the existing file `target`; also returns the size of the plain dump."""
    dump = work / "dump"
    dump.touch(mode=0o600)
    manifest = Manifest(portal_version(), engine.vendor, moment, engine.dump(dump))
    archive.seal(manifest, dump, work, target, recipient)
    size = dump.stat().st_size
    dump.unlink()
    return manifest, size


def _refuse_unfit(manifest: Manifest, engine: Engine) -> None:
    if manifest.engine != engine.vendor:
        raise BackupError(
            f"This is a backup of {manifest.engine}, and DATABASE_URL names {engine.vendor}: restore it into "
            f"{manifest.engine}. Nothing was changed."
        )
    if unknown := unknown_migrations(manifest):
        raise BackupError(
            f"This backup was made by version {manifest.portal} of the portal and is newer than this one "
            f"({portal_version()}): {unknown[0]} is not known here. A downgrade is not possible; install that "
            "version, or a newer one, and restore then. Nothing was changed."
        )


def _append(log: Path, line: str) -> None:
    with plain_words(), log.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
