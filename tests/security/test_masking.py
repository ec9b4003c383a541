"""The log masks what must not be in it, also in a traceback of somebody else's code."""

import logging
import logging.config
import sys

import pytest
from django.conf import settings

from portal.settings.masking import MASK, masked


@pytest.mark.parametrize(
    "secret",
    [
        "123456782",
        "NL91ABNA0417164300",
        "NL91 ABNA 0417 1643 00",
        "BE68539007547034",
        "9hZYrBCqT9j4eYfB1LyUzL0qZ0hT6C4DIfTvqQqT5cM=",
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "d" * 40 + "0" * 40,
    ],
)
def test_it_is_masked_wherever_it_stands(secret: str) -> None:
    for text in (secret, f"value {secret}.", f"['{secret}']", f'<a b="{secret}">', f"x={secret}&y", f"({secret})"):
        assert secret not in masked(text)
        assert MASK in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "<Token>abc</Token>",
        "<ns0:Token>abc</ns0:Token>",
        "token=abc",
        "{'token': 'abc'}",
        '{"client_secret": "abc"}',
        "password: abc",
    ],
)
def test_what_is_called_a_token_is_masked_whatever_it_looks_like(text: str) -> None:
    assert "abc" not in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25 09:00:00,123 INFO portal.sync.tasks 123456789 rows",
        "number 1234567821",
        "/srv/portal/sync/tasks.py line 40",
        "test_a_person_whom_nmbrs_refuses_keeps_the_old_records",
        "portal.accounts.signin.middleware.SecondFactorMiddleware",
        "NL00ABNA0417164300",
        "task portal.sync.tasks.work broke: ValueError",
    ],
)
def test_everything_else_stays_readable(text: str) -> None:
    assert masked(text) == text


def test_threat_38_the_portals_log_is_written_through_it() -> None:
    assert {one["formatter"] for one in settings.LOGGING["handlers"].values()} == {"line"}
    formatter = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(
        dict(settings.LOGGING["formatters"]["line"])
    )
    try:
        raise ValueError("no such BSN: 123456782")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "for %s", ("NL91ABNA0417164300",), sys.exc_info())
    written = formatter.format(record)  # type: ignore[union-attr]
    assert "ERROR x for •••" in written
    assert "ValueError: no such BSN: •••" in written
