"""`manage.py mail_test` tells whether mails leave this machine, and if not, why."""

import socket
import threading
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

TO = "anke@test.example"


@pytest.fixture
def server(settings):
    """`server(MAIL="550 no")`: a mail server that answers 250 to everything else."""
    listening = socket.create_server(("127.0.0.1", 0))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
    settings.EMAIL_TIMEOUT = 2
    settings.DEFAULT_FROM_EMAIL = "portal@test.example"
    threads = []

    def serve(answers):
        client, _ = listening.accept()
        with client, client.makefile("rwb", buffering=0) as lines:
            lines.write(b"220 ready\r\n")
            body = False
            for line in lines:
                if body:
                    body = line.strip() != b"."
                    if body:
                        continue
                    lines.write(b"250 taken\r\n")
                    continue
                word = line.split()[0].decode().upper()
                answer = answers.get(
                    word, {"DATA": "354 go on", "QUIT": "221 bye"}.get(word, "250-here\r\n250 AUTH PLAIN")
                )
                body = word == "DATA" and answer.startswith("354")
                lines.write(answer.encode() + b"\r\n")
                if word == "QUIT":
                    return

    def start(**answers):
        threads.append(threading.Thread(target=serve, args=(answers,), daemon=True))
        threads[-1].start()

    yield start
    listening.close()
    for thread in threads:
        thread.join(timeout=3)


def refused():
    with pytest.raises(CommandError) as caught:
        call_command("mail_test", TO)
    return str(caught.value)


def said():
    out = StringIO()
    call_command("mail_test", TO, stdout=out)
    return out.getvalue()


def test_a_server_that_takes_the_mail_is_good_news(server):
    server()
    assert f"took a mail for {TO}" in said()


def test_a_refused_sign_in_names_the_setting_and_not_the_password(server, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "hunter2"
    server(AUTH="535 go away, hunter2")
    text = refused()
    assert "refuses the user or the password in MAIL_URL" in text
    assert "(code 535)" in text
    assert "hunter2" not in text


def test_a_refused_sender_or_receiver_is_named(server):
    server(MAIL="550 no")
    assert "does not let this user send as MAIL_FROM (portal@test.example)" in refused()
    server(RCPT="550 no")
    assert f"does not take mail for {TO}" in refused()


def test_a_server_without_encryption_is_said_so(server, settings):
    settings.EMAIL_USE_TLS = True
    server()
    assert "offers no encryption" in refused()


def test_where_nothing_listens_the_address_is_named(server, settings):
    settings.EMAIL_PORT = 9
    assert "Nothing listens at 127.0.0.1:9" in refused()


def test_a_server_that_keeps_silent_is_said_so(server, settings):
    settings.EMAIL_TIMEOUT = 0.2
    assert "did not answer in time" in refused()


def test_without_a_server_the_mail_is_printed_and_that_is_said(settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "MAIL_URL names no mail server" in said()
    assert "The payroll portal can send mail." in capsys.readouterr().out


def test_an_address_that_is_none_is_refused_before_anything_is_sent():
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("mail_test", "anke")
    assert mail.outbox == []
