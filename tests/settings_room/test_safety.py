"""A portal that others can reach does not start with settings that are unsafe."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet

from portal.settings.safety import unsafe_reasons
from portal.vault.env_file import fresh_keys


def made(**changes):
    """Settings of a real installation behind a proxy, with some of them changed."""
    keys = fresh_keys()
    return SimpleNamespace(
        **{
            "ALLOWED_HOSTS": ["portal.example.nl"],
            "HTTPS": True,
            "DEBUG": False,
            "BEHIND_PROXY": True,
            "PROXY_COUNT": 1,
            "SECRET_KEY": keys["SECRET_KEY"],
            "SECRET_KEY_FALLBACKS": [fresh_keys()["SECRET_KEY"]],
            "HASH_KEY": keys["HASH_KEY"],
            "HASH_KEY_FALLBACKS": [fresh_keys()["HASH_KEY"]],
            "VAULT_KEYS": [keys["VAULT_KEYS"]],
            "AUDIT_KEYS": [keys["AUDIT_KEYS"]],
            "CSRF_TRUSTED_ORIGINS": [],
            "PORTAL_URL": "https://portal.example.nl",
            "SIGN_ON_ISSUERS": ["https://accounts.google.com"],
            **changes,
        }
    )


def test_a_real_installation_and_a_demo_on_this_machine_are_safe():
    assert unsafe_reasons(made()) == []
    demo = made(HTTPS=False, BEHIND_PROXY=False, PROXY_COUNT=0, ALLOWED_HOSTS=["localhost", "127.0.0.1", "[::1]"])
    assert unsafe_reasons(demo) == []


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ALLOWED_HOSTS": ["*"]}, "ALLOWED_HOSTS"),
        ({"HTTPS": False, "BEHIND_PROXY": False}, "portal.example.nl"),
        ({"HTTPS": False, "ALLOWED_HOSTS": ["localhost"]}, "behind a proxy"),
        ({"DEBUG": True}, "PORTAL_DEBUG"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "x" * 60}, "SECRET_KEY"),
        ({"SECRET_KEY_FALLBACKS": ["old"]}, "SECRET_KEY_FALLBACKS"),
        ({"HASH_KEY": "y" * 60}, "HASH_KEY"),
        ({"HASH_KEY_FALLBACKS": ["old"]}, "HASH_KEY_FALLBACKS"),
        ({"VAULT_KEYS": ["no key"]}, "VAULT_KEYS"),
        ({"AUDIT_KEYS": ["a"]}, "AUDIT_KEYS"),
        ({"AUDIT_KEYS": ["a strong one", "z" * 60]}, "AUDIT_KEYS"),
        ({"HTTPS": False, "ALLOWED_HOSTS": ["localhost"], "BEHIND_PROXY": False, "AUDIT_KEYS": ["a"]}, "AUDIT_KEYS"),
        ({"CSRF_TRUSTED_ORIGINS": ["http://portal.example.nl"]}, "CSRF_TRUSTED_ORIGINS"),
        ({"PORTAL_URL": "http://portal.example.nl"}, "PORTAL_URL"),
        ({"PORTAL_URL": ""}, "PORTAL_URL is not set"),
        ({"SIGN_ON_ISSUERS": ["http://accounts.example"]}, "SIGN_ON_ISSUERS"),
        ({"PROXY_COUNT": 0}, "PORTAL_PROXY_COUNT"),
        ({"BEHIND_PROXY": False}, "PORTAL_PROXY_COUNT"),
    ],
    ids=str,
)
def test_each_unsafe_setting_is_named(changes, named):
    if "a strong one" in changes.get("AUDIT_KEYS", []):
        # Made here: what tests are called must be the same in every process.
        changes = {"AUDIT_KEYS": [fresh_keys()["AUDIT_KEYS"], *changes["AUDIT_KEYS"][1:]]}
    assert any(named in reason for reason in unsafe_reasons(made(**changes)))


def test_one_secret_may_not_serve_two_purposes():
    same = fresh_keys()["HASH_KEY"]
    assert "the same" in " ".join(unsafe_reasons(made(SECRET_KEY=same, HASH_KEY=same)))
    assert "earlier value" in " ".join(unsafe_reasons(made(SECRET_KEY=same, HASH_KEY_FALLBACKS=[same])))
    assert "earlier value" in " ".join(unsafe_reasons(made(SECRET_KEY_FALLBACKS=[same], HASH_KEY=same)))
    for other in ("SECRET_KEY", "HASH_KEY"):
        assert "something else too" in " ".join(unsafe_reasons(made(**{other: same, "AUDIT_KEYS": [same]})))
    for older in ("SECRET_KEY_FALLBACKS", "HASH_KEY_FALLBACKS"):
        assert "something else too" in " ".join(unsafe_reasons(made(**{older: [same], "AUDIT_KEYS": [same]})))
    vault = fresh_keys()["VAULT_KEYS"]
    assert "something else too" in " ".join(unsafe_reasons(made(VAULT_KEYS=[vault], AUDIT_KEYS=[vault])))


def test_a_portal_for_this_machine_alone_needs_no_address_for_its_mails():
    local = made(BEHIND_PROXY=False, PROXY_COUNT=0, ALLOWED_HOSTS=["localhost", "127.0.0.1"], PORTAL_URL="")
    assert unsafe_reasons(local) == []


@pytest.mark.parametrize(
    "program",
    [("-c", "import portal.wsgi"), ("-c", "import portal.asgi"), ("manage.py", "check"), ("manage.py", "qcluster")],
)
def test_neither_web_server_nor_worker_nor_command_starts_with_an_unsafe_setting(program, tmp_path):
    secret = "nobody-may-read-this-" + Fernet.generate_key().decode()
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_ENV_FILE": os.devnull,
        "PORTAL_VAR": str(tmp_path),
        **fresh_keys(),
        "SECRET_KEY": secret,
        "ALLOWED_HOSTS": "portal.example.nl",
        "PORTAL_DEBUG": "yes",
        "AUDIT_KEYS": secret,
    }
    answer = subprocess.run(
        [sys.executable, *program], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.returncode != 0
    assert "PORTAL_DEBUG is on" in answer.stderr
    assert "AUDIT_KEYS holds" in answer.stderr
    assert "PORTAL_URL is not set" in answer.stderr
    assert secret not in answer.stderr + answer.stdout
