"""The watch over the log of every test sees what it is for."""

import logging

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret

from portal.nmbrs.sandbox.firm.numbers import bsn, iban
from tests.security.leak_log import leaks, watched

#: As an app's seed looks.
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_a_new_seed_is_one_of_the_secrets() -> None:
    assert len(generate_totp_secret()) == len(SEED)
    assert leaks(f"seed {generate_totp_secret()}")


@pytest.mark.logs_secrets
@pytest.mark.parametrize(
    "secret",
    ["demo-token", bsn(3), iban(3), "NL91ABNA0417164300", SEED],
)
def test_a_secret_that_is_logged_is_noticed_and_not_repeated(secret: str) -> None:
    with watched() as log:
        logging.getLogger("some.library").warning("sent %s", [secret])
        try:
            raise ValueError(f"<x>{secret}</x>")
        except ValueError:
            logging.getLogger("some.library").exception("broke")
    assert len(log.found) == 2
    assert secret not in "".join(log.found)
    assert "some.library (ERROR)" in log.found[1]


def test_ordinary_lines_pass() -> None:
    for text in ("2026-11-25 09:00:00 sync of 123456789 rows", "NL00 0000", "0999000306", "token"):
        assert leaks(text) == []


@pytest.mark.logs_secrets
def test_every_level_is_watched_when_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAK_LOG", "DEBUG")
    with watched() as log:
        logging.getLogger("some.library").debug("sent demo-token")
    assert log.found == ["some.library (DEBUG) was given the token"]


def test_every_test_is_watched(request: pytest.FixtureRequest) -> None:
    assert "no_secret_in_the_log" in request.fixturenames
