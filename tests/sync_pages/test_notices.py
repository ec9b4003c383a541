"""Administrators are told once by mail that a connection stopped, in their language, without a secret."""

import logging

import pytest
from django.core import mail
from django.urls import reverse

from portal.connections.models import Connection, Health
from portal.source import ConnectionDisabled, CredentialsRefused, Unavailable
from portal.sync.notices import record_and_tell

pytestmark = pytest.mark.pages


@pytest.fixture
def stopped(office, settings):
    """`stopped(error)`: the office's connection after this error."""
    settings.PORTAL_URL = "https://portal.test.example"

    def stop(error=None):
        return record_and_tell(Connection.objects.get(environment=office.environment), error)

    return stop


def test_administrators_of_the_firm_are_told_what_happened_and_what_to_do(stopped, administrator):
    administrator(language="en")
    assert stopped(CredentialsRefused(code=1001))
    (sent,) = mail.outbox
    assert sent.to == ["administrator@test.example"]
    assert sent.subject == "The connection to Nmbrs of demo has stopped"
    assert "Nmbrs refuses the credentials" in sent.body
    assert "No data was lost" in sent.body
    assert "enter a new token" in sent.body
    assert f"https://portal.test.example{reverse('sync:overview')}" in sent.body


def test_a_disabled_environment_asks_for_something_else(stopped, administrator):
    administrator(language="en")
    stopped(ConnectionDisabled(code=1004))
    assert "has disabled the environment demo" in mail.outbox[0].body
    assert "renew its subscription" in mail.outbox[0].body


def test_each_reads_their_own_language(stopped, administrator):
    administrator("nl@test.example", language="nl")
    administrator("en@test.example", language="en")
    stopped(CredentialsRefused())
    subjects = {sent.to[0]: sent.subject for sent in mail.outbox}
    assert subjects["en@test.example"] == "The connection to Nmbrs of demo has stopped"
    assert subjects["nl@test.example"] == "De koppeling met Nmbrs van demo ligt stil"


def test_nobody_else_is_told(office, stopped, administrator, accountant):
    administrator("gone@test.example", is_active=False)
    administrator("other@test.example", of=office.other_firm)
    accountant(office.a)
    stopped(CredentialsRefused())
    assert mail.outbox == []


def test_one_stop_is_told_once(stopped, administrator):
    administrator()
    assert stopped(CredentialsRefused())
    assert not stopped(CredentialsRefused())
    assert len(mail.outbox) == 1
    assert stopped()
    assert stopped(CredentialsRefused())
    assert len(mail.outbox) == 2


def test_what_passes_by_itself_is_not_told(stopped, administrator):
    administrator()
    assert stopped(Unavailable())
    assert stopped()
    assert mail.outbox == []


def test_a_mail_holds_no_secret_and_no_person(stopped, administrator):
    administrator(language="en")
    stopped(CredentialsRefused())
    whole = mail.outbox[0].message().as_string()
    for secret in ("secret-token", "api-user@test.example", "Aardbeien", "127.0.0.1:9"):
        assert secret not in whole


def test_without_an_address_of_the_portal_there_is_no_link(stopped, administrator, settings):
    administrator(language="en")
    settings.PORTAL_URL = ""
    stopped(CredentialsRefused())
    assert "http" not in mail.outbox[0].body
    assert "/sync/" not in mail.outbox[0].body


def test_names_stand_in_a_mail_as_they_are(office, stopped, administrator):
    administrator(language="en")
    office.firm.name = "Jansen & Zoon"
    office.firm.save()
    stopped(CredentialsRefused())
    assert "Jansen & Zoon" in mail.outbox[0].body


def test_a_mail_that_cannot_be_sent_is_logged_by_its_type_and_stops_nothing(stopped, administrator, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    administrator("one@test.example")
    administrator("two@test.example")
    with caplog.at_level(logging.ERROR, "portal.sync.notices"):
        assert stopped(CredentialsRefused())
    assert Connection.objects.filter(health=Health.REFUSED).count() == 1
    assert [record.getMessage().split(": ")[-1] for record in caplog.records] == ["ConnectionRefusedError"] * 2
    assert "@" not in caplog.text
