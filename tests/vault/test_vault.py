"""Encryption of stored values, rotation of its keys, and the file that holds fresh ones."""

import os
import re
import stat
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

from portal.connections.models import Connection
from portal.vault import Sealed, keyed_hash, open_text, seal_text
from portal.vault.cipher import open_bound
from portal.vault.env_file import complete_env_file, fresh_keys, write_env_file

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_sealed_opens_again_and_shows_nothing(settings):
    settings.VAULT_KEYS = [OLD]
    sealed = seal_text("geheim")
    assert "geheim" not in sealed
    assert open_text(sealed) == "geheim"
    assert seal_text("geheim") != sealed


def test_old_values_open_while_their_key_is_listed_and_new_ones_use_the_first_key(settings):
    settings.VAULT_KEYS = [OLD]
    before = seal_text("geheim")
    settings.VAULT_KEYS = [NEW, OLD]
    after = seal_text("geheim")
    assert open_text(before) == open_text(after) == "geheim"
    settings.VAULT_KEYS = [NEW]
    assert open_text(after) == "geheim"
    with pytest.raises(Sealed):
        open_text(before)


@pytest.mark.parametrize("spoilt", ["", "plain text", "gAAAAABn"])
def test_a_value_that_cannot_be_opened_is_an_error_that_names_neither_value_nor_key(settings, spoilt):
    settings.VAULT_KEYS = [OLD]
    with pytest.raises(Sealed) as error:
        open_text(spoilt)
    assert OLD not in str(error.value)
    assert not spoilt or spoilt not in str(error.value)
    assert error.value.__suppress_context__


@pytest.mark.database
def test_a_field_is_open_in_python_and_sealed_in_the_database(connected):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM connections_connection")
        stored = cursor.fetchone()[0]
    assert Connection.objects.get().token == "demo-token"
    assert "demo-token" not in stored
    assert (
        open_bound(stored, ["connections.connection", "token", f"{connected.environment.pk}", "soap"]) == "demo-token"
    )


def test_fresh_keys_differ_each_time_and_hold_no_sign_that_environment_files_read_specially():
    first, second = fresh_keys(), fresh_keys()
    assert set(first) == {"SECRET_KEY", "VAULT_KEYS", "HASH_KEY", "AUDIT_KEYS"}
    assert not set(first.values()) & set(second.values())
    assert first["SECRET_KEY"].isalnum()
    assert len(first["SECRET_KEY"]) == 64
    Fernet(first["VAULT_KEYS"])


def test_the_file_of_keys_is_for_its_owner_only_and_is_never_overwritten(tmp_path):
    path = tmp_path / "new" / ".env"
    previous = os.umask(0)
    try:
        write_env_file(path, {"SECRET_KEY": "abc"})
    finally:
        os.umask(previous)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_env_file(path, {"SECRET_KEY": "def"})
    assert path.read_text() == "SECRET_KEY=abc\n"


def test_the_keys_can_be_made_before_there_are_any_settings(tmp_path):
    path = tmp_path / ".env"
    bare = {"PATH": os.environ["PATH"], "PORTAL_ENV_FILE": os.devnull}
    subprocess.run([sys.executable, "-m", "portal.vault.env_file", str(path)], check=True, env=bare)
    assert path.read_text().startswith("SECRET_KEY=")


def test_a_file_of_an_earlier_version_gets_the_keys_that_it_lacks_and_keeps_the_others(tmp_path):
    path = tmp_path / ".env"
    path.write_text("SECRET_KEY=abc\nVAULT_KEYS=def\n# mine\nPORTAL_HTTPS=no\n")
    complete_env_file(path)
    kept, added = path.read_text().split("PORTAL_HTTPS=no\n")
    assert kept == "SECRET_KEY=abc\nVAULT_KEYS=def\n# mine\n"
    assert re.fullmatch(r"HASH_KEY=[A-Za-z0-9]{64}\nAUDIT_KEYS=[A-Za-z0-9]{64}\n", added)
    complete_env_file(path)
    assert path.read_text().count("HASH_KEY") == 1


def test_a_keyed_hash_tells_equal_texts_by_purpose_and_key(settings):
    first = keyed_hash("iban", "NL91ABNA0417164300")
    assert keyed_hash("iban", "NL91ABNA0417164300") == first
    assert keyed_hash("bsn", "NL91ABNA0417164300") != first
    settings.HASH_KEY = "other" * 10
    assert keyed_hash("iban", "NL91ABNA0417164300") != first
