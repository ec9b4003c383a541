"""Mail settings: printed by default, a server by one address, and no password in a refusal."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.settings.mail import TIMEOUT, mail_settings

CONSOLE = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def test_without_an_address_mails_are_printed():
    found = mail_settings("", "")
    assert found["EMAIL_BACKEND"] == CONSOLE
    assert found["DEFAULT_FROM_EMAIL"] == "portal@localhost"


@pytest.mark.parametrize(
    ("url", "port", "secure"),
    [
        ("smtp+tls://portal:p%40ss@mail.test.example", 587, "EMAIL_USE_TLS"),
        ("smtp+ssl://portal:p%40ss@mail.test.example", 465, "EMAIL_USE_SSL"),
        ("smtp+tls://portal:p%40ss@mail.test.example:2525", 2525, "EMAIL_USE_TLS"),
    ],
)
def test_a_server_is_one_address(url, port, secure):
    found = mail_settings(url, "portal@test.example")
    assert found["EMAIL_BACKEND"] == SMTP
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.test.example", port)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("portal", "p@ss")
    assert found[secure] is True
    assert found["DEFAULT_FROM_EMAIL"] == found["SERVER_EMAIL"] == "portal@test.example"
    assert found["EMAIL_TIMEOUT"] == TIMEOUT


def test_a_server_without_a_sign_in_gets_none():
    found = mail_settings("smtp://127.0.0.1:25", "portal@test.example")
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("", "")


@pytest.mark.parametrize("url", ["mail.test.example", "http://portal:hunter2@mail", "smtp+tls://portal:hunter2@mail:x"])
def test_another_address_stops_the_start_without_repeating_the_password(url):
    with pytest.raises(ImproperlyConfigured, match="MAIL_URL must look like") as caught:
        mail_settings(url, "portal@test.example")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_server_needs_a_sender():
    with pytest.raises(ImproperlyConfigured, match="MAIL_FROM"):
        mail_settings("smtp+tls://portal:secret@mail.test.example", "")
