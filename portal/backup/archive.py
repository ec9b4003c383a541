"""The file of a backup: a packed tar of manifest.json and the database, encrypted with age.

Nothing in it is read before the whole file has been opened and found undamaged.
"""

import io
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyrage
from pyrage import x25519

from portal.backup.errors import BackupError
from portal.backup.manifest import NOT_OURS, Manifest

MANIFEST = "manifest.json"
DATABASE = "database"
MANIFEST_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True)
class Archive:
    """An opened backup: its packed tar in a work folder."""

    packed: Path
    manifest: Manifest

    def extract(self, target: Path) -> None:
        """Write the database of the backup into the existing file `target`."""
        try:
            with tarfile.open(self.packed, "r:gz") as tar, target.open("wb") as file:
                shutil.copyfileobj(_member(tar, DATABASE), file, 1024 * 1024)
        except (tarfile.TarError, EOFError):
            raise BackupError(NOT_OURS) from None


def seal(manifest: Manifest, database: Path, work: Path, target: Path, recipient: x25519.Recipient) -> None:
    """Write the encrypted backup into the existing file `target`; plain steps stay in `work`."""
    packed = work / "sealing.tar.gz"
    text = manifest.to_json()
    about = tarfile.TarInfo(MANIFEST)
    about.size = len(text)
    with tarfile.open(packed, "w:gz", compresslevel=1) as tar:
        tar.addfile(about, io.BytesIO(text))
        tar.add(database, arcname=DATABASE)
    pyrage.encrypt_file(str(packed), str(target), [recipient])
    packed.unlink()


def unseal(file: Path, work: Path, identity: x25519.Identity) -> Archive:
    """Open a backup. Raises BackupError for a wrong key, a damaged file and a file of another kind."""
    packed = work / "opened.tar.gz"
    if not file.is_file():
        raise BackupError(f"There is no backup {file}.")
    try:
        pyrage.decrypt_file(str(file), str(packed), [identity])
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise BackupError(f"This key does not open {file}: it was encrypted for another key.") from None
        raise BackupError(f"{file} is damaged or no backup: {error}.") from None
    except OSError as error:
        # age's own word for a piece that was changed or cut off; the disk's errors read differently.
        if str(error) != "decryption error":
            raise
        raise BackupError(f"{file} is damaged: part of it was changed or is missing. Use another backup.") from None
    try:
        with tarfile.open(packed, "r:gz") as tar:
            text = _member(tar, MANIFEST).read(MANIFEST_LIMIT)
    except (tarfile.TarError, EOFError):
        raise BackupError(NOT_OURS) from None
    return Archive(packed, Manifest.from_json(text))


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    """The next file of the tar that is called `name`: asking by name would unpack the whole tar first."""
    while (member := tar.next()) is not None:
        if member.name == name and (source := tar.extractfile(member)) is not None:
            return source
    raise BackupError(NOT_OURS)
