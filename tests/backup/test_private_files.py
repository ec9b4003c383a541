"""Files with personal data or keys are for the portal's own account alone."""

import os
import stat
import subprocess
import sys

import pytest

from portal.backup.private_files import check_modes, close_database
from portal.vault.env_file import fresh_keys


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def own(tmp_path):
    """A folder that nothing else of the tests writes to."""
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def kept(own, settings):
    """A var folder, backups, a settings file and a head of the trail, all for their owner."""
    settings.VAR_DIR, settings.BACKUP_FOLDER = own / "var", own / "backups"
    settings.ENV_FILE, settings.AUDIT_HEAD_FILE = own / "env", str(own / "head.log")
    for folder in (settings.VAR_DIR, settings.BACKUP_FOLDER):
        folder.mkdir(mode=0o700)
    for name in ("env", "head.log"):
        (own / name).touch(mode=0o600)
    return own


@pytest.mark.parametrize(
    ("name", "open_mode", "hint"),
    [("var", 0o750, "700"), ("backups", 0o701, "700"), ("env", 0o640, "600"), ("head.log", 0o644, "600")],
)
def test_threat_37_what_others_may_open_is_named(kept, name, open_mode, hint):
    quiet = {warning.msg for warning in check_modes()}
    (kept / name).chmod(open_mode)
    [warning] = [warning for warning in check_modes() if warning.msg not in quiet]
    assert warning.msg.startswith(f"{kept / name} ") and warning.hint.startswith(f"chmod {hint} ")
    (kept / name).chmod(int(hint, 8))
    assert {warning.msg for warning in check_modes()} == quiet


def test_what_is_not_there_is_not_named(kept, settings):
    settings.VAR_DIR, settings.ENV_FILE = kept / "none", kept / "neither"
    assert not [warning for warning in check_modes() if str(kept) in warning.msg]


def test_threat_37_a_database_is_made_for_its_owner_whatever_the_umask(own):
    environment = {
        "PATH": os.environ["PATH"],
        "PORTAL_ENV_FILE": os.devnull,
        "PORTAL_VAR": str(own),
        "DATABASE_URL": "",
        **fresh_keys(),
    }
    look = "import django; django.setup(); from django.db import connection; connection.cursor()"
    subprocess.run(
        [sys.executable, "-c", f"import os; os.umask(0o022); {look}"],
        env={**environment, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        check=True,
        timeout=60,
    )
    assert mode(own / "portal.sqlite3") == 0o600


def test_a_database_of_an_earlier_version_is_closed_when_it_is_opened(own):
    class Opened:
        vendor = "sqlite"
        settings_dict = {"NAME": str(own / "portal.sqlite3")}

    for end in ("", "-wal", "-shm"):
        (own / f"portal.sqlite3{end}").touch(mode=0o644)
    close_database(Opened())
    assert {mode(path) for path in own.iterdir()} == {0o600}
