"""Settings: strict readers, safe defaults, and the reasons behind the numbers."""

import os
import subprocess
import sys
from math import ceil
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from portal.settings.database import database_settings
from portal.settings.parsers import folder, items, required, switch, whole_number
from portal.settings.security import security_settings
from portal.settings.worker import worker_options

VAR = Path("/srv/portal")


def env(**values: str) -> Env:
    reader = Env()
    reader.ENVIRON = values
    reader.escape_proxy = True
    return reader


@pytest.mark.parametrize(
    ("text", "meant"),
    [("yes", True), ("TRUE", True), (" on ", True), ("1", True), ("no", False), ("False", False), ("0", False)],
)
def test_a_switch_knows_its_words(text, meant):
    assert switch(env(X=text), "X", default=not meant) is meant


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_or_missing_switch_has_its_default(default):
    assert switch(env(X=""), "X", default=default) is default
    assert switch(env(), "X", default=default) is default


@pytest.mark.parametrize("typo", ["Ture", "of", "ja", "2"])
def test_a_switch_with_a_typing_error_stops_the_start(typo):
    with pytest.raises(ImproperlyConfigured, match=typo.lower()):
        switch(env(X=typo), "X", default=True)


def test_a_list_has_no_blanks_around_its_items():
    assert items(env(X=" a.nl, b.nl ,,"), "X") == ["a.nl", "b.nl"]


@pytest.mark.parametrize("values", [{}, {"X": ""}])
def test_a_required_value_that_is_missing_or_empty_says_what_to_do(values):
    with pytest.raises(ImproperlyConfigured, match=r"X is not set\. Do this"):
        required(env(**values), "X", "Do this.")


def test_a_secret_may_begin_with_a_dollar_sign():
    assert required(env(X=r"\$abc"), "X", "") == "$abc"


def test_a_whole_number_is_one_and_large_enough():
    assert whole_number(env(X=" 7 "), "X", default=1) == 7
    assert whole_number(env(X=""), "X", default=1) == 1
    for wrong in ("7.5", "many", "-1"):
        with pytest.raises(ImproperlyConfigured, match="X="):
            whole_number(env(X=wrong), "X", default=1)


def test_a_folder_is_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert folder(env(X="var"), "X", default=VAR) == tmp_path / "var"
    assert folder(env(X=""), "X", default=VAR) == VAR


# --- database --------------------------------------------------------------------------------------------------------


def test_without_an_address_the_database_is_a_file_in_the_var_folder():
    config = database_settings("", VAR)
    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.sqlite3", str(VAR / "portal.sqlite3"))


def test_sqlite_waits_for_its_turn_instead_of_failing():
    config = database_settings("", VAR)
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert config["OPTIONS"]["timeout"] >= 20
    assert "journal_mode=WAL" in config["OPTIONS"]["init_command"]
    assert config["ATOMIC_REQUESTS"] is False


@pytest.mark.filterwarnings("ignore:SQLite URL contains host component")
@pytest.mark.parametrize("url", ["sqlite://portal.sqlite3", "sqlite:///portal.sqlite3", "sqlite://:memory:"])
def test_an_sqlite_file_that_two_processes_would_not_share_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="four slashes"):
        database_settings(url, VAR)


def test_postgres_is_reached_by_its_address_and_keeps_options_of_the_address():
    config = database_settings("postgres://u:p%2Fw@db:5433/portal?sslmode=require", VAR)
    assert (config["HOST"], config["PORT"], config["NAME"], config["PASSWORD"]) == ("db", 5433, "portal", "p/w")
    assert config["OPTIONS"] == {"options": "-c jit=off", "sslmode": "require"}
    assert config["CONN_HEALTH_CHECKS"] is True


def test_whoever_wants_compiled_statements_on_postgres_says_so_in_the_address():
    config = database_settings("postgres://u:p@db/portal?options=-c%20jit%3Don", VAR)
    assert config["OPTIONS"] == {"options": "-c jit=on"}


def test_another_database_is_refused():
    with pytest.raises(ImproperlyConfigured, match="sqlite:// or postgres://"):
        database_settings("mysql://u@h/portal", VAR)


# --- worker ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [0, 1, 2, 4])
@pytest.mark.parametrize("engine", ["django.db.backends.sqlite3", "django.db.backends.postgresql"])
def test_no_task_is_handed_out_again_while_it_can_still_be_running(engine, workers):
    options = worker_options(engine=engine, workers=workers)
    waiting = ceil((options["queue_limit"] + options["bulk"]) / options["workers"])
    assert options["retry"] > options["timeout"] * (1 + waiting)


def test_the_queue_keeps_no_results_and_tries_nothing_by_itself():
    options = worker_options(engine="django.db.backends.sqlite3")
    assert (options["workers"], options["save_limit"], options["max_attempts"]) == (1, 0, 1)
    assert options["ack_failures"] is True
    assert options["catch_up"] is False
    assert worker_options(engine="django.db.backends.postgresql")["workers"] == 2


# --- security --------------------------------------------------------------------------------------------------------


def test_with_https_cookies_are_bound_to_the_host_and_sent_over_https_only():
    settings = security_settings(https=True)
    for cookie in ("SESSION", "CSRF"):
        assert settings[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert settings[f"{cookie}_COOKIE_SECURE"] is True
        assert settings[f"{cookie}_COOKIE_HTTPONLY"] is True
    assert settings["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert settings["SECURE_SSL_REDIRECT"] is True


def test_without_https_there_is_no_promise_of_https():
    settings = security_settings(https=False)
    assert settings["SECURE_HSTS_SECONDS"] == 0
    assert settings["SESSION_COOKIE_SECURE"] is False


def test_no_page_may_run_inline_scripts_or_be_framed():
    directives = security_settings(https=True)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert directives["frame-ancestors"] == ["'none'"]
    assert not any("unsafe" in source or "*" in source for sources in directives.values() for source in sources)


# --- the whole -------------------------------------------------------------------------------------------------------


def start(**values: str) -> subprocess.CompletedProcess[str]:
    """Load the real settings in a process of their own and print what matters here."""
    code = "from django.conf import settings as s; print(s.HTTPS, s.DEBUG, s.DEMO, s.LANGUAGE_CODE)"
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTAL_ENV_FILE": os.devnull,
            **values,
        },
    )


def test_the_defaults_are_those_of_a_real_installation():
    assert start(SECRET_KEY="x" * 50, VAULT_KEYS="y", HASH_KEY="z", AUDIT_KEYS="a").stdout == "True False False nl\n"


@pytest.mark.parametrize("missing", ["SECRET_KEY", "VAULT_KEYS", "HASH_KEY", "AUDIT_KEYS"])
def test_nothing_starts_without_its_keys(missing):
    keys = {"SECRET_KEY": "x" * 50, "VAULT_KEYS": "y", "HASH_KEY": "z", "AUDIT_KEYS": "a"} | {missing: ""}
    answer = start(**keys)
    assert answer.returncode == 1
    assert f"{missing} is not set" in answer.stderr


def test_a_file_named_by_the_environment_is_read_and_a_variable_that_is_set_wins(tmp_path):
    file = tmp_path / "portal.env"
    file.write_text("SECRET_KEY=abc\nVAULT_KEYS=def\nHASH_KEY=ghi\nAUDIT_KEYS=jkl\nPORTAL_HTTPS=no\nPORTAL_DEBUG=yes\n")
    assert start(PORTAL_ENV_FILE=str(file), PORTAL_DEBUG="no").stdout == "False False False nl\n"
