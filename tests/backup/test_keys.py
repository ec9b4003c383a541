"""The key pair for backups."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.backup.keys import read_identity, recipient


def test_the_identity_is_for_its_owner_only_and_belongs_to_the_public_key_shown(tmp_path):
    path, out = tmp_path / "keys" / "portal.key", StringIO()
    call_command("backup_key", path, stdout=out)
    assert path.stat().st_mode & 0o777 == 0o600
    public = str(read_identity(path).to_public())
    assert f"BACKUP_RECIPIENT={public}" in out.getvalue()
    assert str(recipient(public)) == public
    assert "AGE-SECRET-KEY" not in out.getvalue()
    assert "another place" in out.getvalue()


def test_a_key_is_never_overwritten(tmp_path):
    path = tmp_path / "portal.key"
    call_command("backup_key", path, stdout=StringIO())
    before = path.read_bytes()
    with pytest.raises(CommandError, match="never overwritten"):
        call_command("backup_key", path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["", "age1abc\n", "AGE-SECRET-KEY-1BAD\n", "\xff\xfe"])
def test_a_file_without_a_key_is_refused(text, tmp_path):
    path = tmp_path / "file"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(CommandError, match="holds no key"):
        read_identity(path)
