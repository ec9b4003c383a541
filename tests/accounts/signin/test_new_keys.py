"""Each key of the settings can be replaced by a command, works on while it is, and the old one goes when it may."""

import json
import os
import stat
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core import signing
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts import invitations
from portal.accounts.rights import Place, Refused
from portal.accounts.roles import Role
from portal.audit import anchor, verifying
from portal.audit.kinds import Kind
from portal.audit.models import Entry
from portal.audit.recording import record
from portal.connections.models import Connection, Environment
from portal.deadlines import feeds
from portal.deadlines.models import CalendarFeed
from portal.vault.env_file import fresh_keys

pytestmark = pytest.mark.database

NAMES = ("SECRET_KEY", "VAULT_KEYS", "HASH_KEY", "AUDIT_KEYS")


@pytest.fixture
def file(settings, tmp_path) -> Path:
    """The settings that this portal runs with, as a file."""
    keys = fresh_keys()
    settings.SECRET_KEY, settings.HASH_KEY = keys["SECRET_KEY"], keys["HASH_KEY"]
    settings.VAULT_KEYS, settings.AUDIT_KEYS = [keys["VAULT_KEYS"]], [keys["AUDIT_KEYS"]]
    settings.ENV_FILE = tmp_path / ".env"
    settings.AUDIT_HEAD_FILE = str(tmp_path / "heads.log")
    lines = [f"{name}={value}" for name, value in keys.items()]
    settings.ENV_FILE.write_text("# of the office\n" + "\n".join(lines) + "\nPORTAL_HTTPS=no\n")
    settings.ENV_FILE.chmod(0o600)
    return settings.ENV_FILE


def restarted(settings) -> None:
    """What a portal that starts now takes from the file: by its own settings, in a process of its own."""
    names = [*NAMES, "SECRET_KEY_FALLBACKS", "HASH_KEY_FALLBACKS"]
    code = f"import json; from portal import settings; print(json.dumps([getattr(settings, one) for one in {names}]))"
    bare = {"PATH": os.environ["PATH"], "PORTAL_ENV_FILE": str(settings.ENV_FILE)}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=bare).stdout
    for name, value in zip(names, json.loads(said), strict=True):
        setattr(settings, name, value)


def new_key(*arguments: str) -> str:
    said = StringIO()
    call_command("new_key", *arguments, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_the_new_one_is_first_and_the_old_one_counts_until_it_is_dropped(file, settings, name):
    before = file.read_text()
    old = [getattr(settings, one) for one in NAMES]
    assert f"{file} has a new {name}. Restart portal and worker." in new_key(name)
    restarted(settings)
    now = dict(zip(NAMES, [getattr(settings, one) for one in NAMES], strict=True))
    for one, was in zip(NAMES, old, strict=True):
        if one != name:
            assert now[one] == was
        elif isinstance(was, list):
            assert now[one][1:] == was
            assert now[one][0] not in was
        else:
            assert getattr(settings, f"{one}_FALLBACKS") == [was]
            assert now[one] != was
    kept = [line for line in before.splitlines() if not line.startswith(f"{name}=")]
    assert [line for line in file.read_text().splitlines() if name not in line] == kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == [".env"]
    assert Entry.objects.get(kind=Kind.KEYS_ROTATED).detail == {"what": f"{name.lower()}_new"}


@pytest.mark.parametrize("name", ["SECRET_KEY", "HASH_KEY"])
def test_one_that_leaked_counts_no_more(file, settings, name):
    new_key(name)
    restarted(settings)
    first = getattr(settings, name)
    said = new_key(name, "--leaked")
    assert "work no more" in said
    assert ("manage.py wipe_hashes" in said) == (name == "HASH_KEY")
    restarted(settings)
    assert getattr(settings, f"{name}_FALLBACKS") == []
    assert first not in file.read_text()


@pytest.mark.parametrize("name", ["VAULT_KEYS", "AUDIT_KEYS"])
def test_what_nothing_could_be_read_without_is_never_thrown_away_at_once(file, name):
    before = file.read_text()
    with pytest.raises(CommandError, match="without it"):
        new_key(name, "--leaked")
    assert file.read_text() == before


def test_signed_things_of_before_are_good_until_the_old_secret_key_is_dropped(file, settings):
    signed = signing.dumps("a link")
    new_key("SECRET_KEY")
    restarted(settings)
    assert signing.loads(signed) == "a link"
    assert "The older keys are gone" in new_key("SECRET_KEY", "--drop-old")
    restarted(settings)
    with pytest.raises(signing.BadSignature):
        signing.loads(signed)
    assert "holds no older key" in new_key("SECRET_KEY", "--drop-old")


def test_an_old_key_of_the_vault_is_kept_until_everything_is_encrypted_anew(file, settings, firm):
    environment = Environment.objects.create(firm=firm, domain="demo")
    Connection.objects.create(environment=environment, host="http://127.0.0.1", user="u@example.nl", token="the-token")
    new_key("VAULT_KEYS")
    restarted(settings)
    with pytest.raises(CommandError, match="1 values are encrypted with one of them"):
        new_key("VAULT_KEYS", "--drop-old")
    call_command("rotate_keys", stdout=StringIO())
    new_key("VAULT_KEYS", "--drop-old")
    restarted(settings)
    assert len(settings.VAULT_KEYS) == 1
    assert Connection.objects.get().token == "the-token"


def test_an_old_key_of_the_trail_is_kept_for_good_and_the_words_say_so(file, settings):
    record(Kind.SETTINGS_CHANGED)
    anchor.write_head()
    # Nobody is told to wait for what never comes: seals and lines are kept for good.
    assert "The old key stays for good" in new_key("AUDIT_KEYS")
    restarted(settings)
    verifying.verify()
    with pytest.raises(CommandError, match=r"signed with one of them\. Seals and lines are kept for good"):
        new_key("AUDIT_KEYS", "--drop-old")
    assert len(settings.AUDIT_KEYS) == 2
    verifying.verify()


def test_an_old_hash_key_opens_invitations_and_calendars_of_before(file, settings, firm, administrator):
    boss = administrator()
    place = Place(firm.pk, Role.AUDITOR)
    first = invitations.invite(boss, place, email="one@people.example", name="One", language="en").token
    second = invitations.invite(boss, place, email="two@people.example", name="Two", language="en").token
    calendar = feeds.make(boss, own_only=False).token
    new_key("HASH_KEY")
    restarted(settings)
    assert invitations.found(first) is not None
    invitations.accept_as_new(first, name="One", password="a quiet sentence of words")
    before = bytes(CalendarFeed.objects.get().token_hash)
    assert Browser().get(reverse("deadlines:feed", args=[calendar])).status_code == 200
    assert bytes(CalendarFeed.objects.get().token_hash) != before
    new_key("HASH_KEY", "--drop-old")
    restarted(settings)
    assert invitations.found(second) is None
    with pytest.raises(Refused):
        invitations.accept_as_new(second, name="Two", password="a quiet sentence of words")
    assert Browser().get(reverse("deadlines:feed", args=[calendar])).status_code == 200


def test_keys_that_the_environment_sets_are_not_changed_in_the_file(file, settings):
    before = file.read_text()
    settings.HASH_KEY = "of the environment" * 4
    with pytest.raises(CommandError, match="the environment of the process sets it"):
        new_key("HASH_KEY")
    assert file.read_text() == before
    assert not Entry.objects.filter(kind=Kind.KEYS_ROTATED).exists()
    file.unlink()
    with pytest.raises(CommandError, match="the environment of the process sets it"):
        new_key("SECRET_KEY")


def test_a_file_that_cannot_be_written_stays_as_it_is_and_nothing_is_entered(file, monkeypatch):
    before = file.read_text()

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CommandError, match=r"No space left on device\. It is as it was"):
        new_key("HASH_KEY")
    assert file.read_text() == before
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == [".env"]
    assert not Entry.objects.filter(kind=Kind.KEYS_ROTATED).exists()


def test_quoted_and_exported_values_are_found(file, settings):
    text = file.read_text().replace(f"HASH_KEY={settings.HASH_KEY}", f'export HASH_KEY = "{settings.HASH_KEY}"')
    file.write_text(text)
    old = settings.HASH_KEY
    new_key("HASH_KEY")
    restarted(settings)
    assert [old] == settings.HASH_KEY_FALLBACKS


@pytest.mark.parametrize("name", NAMES)
def test_a_key_is_printed_and_nothing_changed(file, name):
    before = file.read_text()
    key = new_key(name, "--print").strip()
    assert len(key) > 40
    assert key not in before
    assert file.read_text() == before
    if name == "VAULT_KEYS":
        Fernet(key)
