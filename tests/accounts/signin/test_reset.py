"""Threats 21, 22 and 25: links work once, tell nothing, and name the host of the settings."""

import logging
import re

import pytest
from django.core import mail
from django.test import Client

from portal.audit.models import Entry
from tests.accounts.signin.world import (
    EMAIL,
    ENGLISH,
    PASSWORD,
    code,
    code_step,
    is_in,
    mailed_link,
    password_step,
    with_app,
)

pytestmark = pytest.mark.pages
NEW = "blauwe fiets bij de sluis"


def ask(client: Client, email: str = EMAIL, **headers: str):
    return client.post("/password/", {"email": email}, headers={**ENGLISH, **headers})


def choose(client: Client, link: str, password: str = NEW):
    page = client.get(link, headers=ENGLISH)
    if page.status_code != 302:
        return page
    return client.post(page["Location"], {"password1": password, "password2": password}, headers=ENGLISH)


def test_a_reset_never_signs_in_and_never_skips_the_second_step(administrator):
    person = administrator()
    secret = with_app(person)
    client, open_session = Client(), Client()
    open_session.force_login(person)
    ask(client)
    choose(client, mailed_link())
    assert "_auth_user_id" not in client.session
    assert not is_in(client)
    assert not is_in(open_session)
    assert password_step(client, password=NEW)["Location"] == "/sign-in/code/"
    assert not is_in(client)
    assert code_step(client, code(secret)).status_code == 302
    assert list(
        Entry.objects.filter(kind__startswith="password_reset").order_by("number").values_list("kind", flat=True)
    ) == [
        "password_reset_asked",
        "password_reset",
    ]


def test_a_link_works_once(administrator):
    administrator()
    client = Client()
    ask(client)
    link = mailed_link()
    choose(client, link)
    again = Client()
    assert b"does not work any more" in choose(again, link, "een heel ander wachtwoord").content
    assert password_step(again, password=NEW).status_code == 302


def test_a_link_works_for_an_hour(administrator, clock):
    administrator()
    ask(Client())
    link = mailed_link()
    clock.move_to(59 * 60)
    assert Client().get(link).status_code == 302
    clock.move_to(61 * 60)
    assert b"does not work any more" in Client().get(link, headers=ENGLISH).content


def test_a_link_dies_with_the_address_it_was_sent_to_and_with_a_sign_in(administrator):
    person = administrator()
    secret = with_app(person)
    ask(Client())
    link = mailed_link()
    person.email = "moved@test.example"
    person.save()
    assert Client().get(link).status_code == 200
    person.email = EMAIL
    person.save()
    assert Client().get(link).status_code == 302
    client = Client()
    password_step(client)
    code_step(client, code(secret))
    assert Client().get(link).status_code == 200


def test_a_mail_scanner_that_opens_the_link_uses_nothing_up(administrator):
    administrator()
    ask(Client())
    link = mailed_link()
    for method in ("get", "head", "options"):
        scanner = Client()
        answer = getattr(scanner, method)(link)
        if answer.status_code == 302:
            scanner.get(answer["Location"])
    assert choose(Client(), link)["Location"] == "/password/done/"


def test_the_key_of_the_link_is_not_in_the_address_of_the_form_and_in_no_log(administrator, caplog):
    caplog.set_level(logging.DEBUG)
    administrator()
    ask(Client())
    link = mailed_link()
    page = Client().get(link)
    assert page["Location"].endswith("-set-password/")
    assert link.rsplit("-", 1)[-1] not in page["Location"]
    assert page["Referrer-Policy"] == "same-origin"
    assert choose(Client(), link)["Location"] == "/password/done/"
    assert choose(Client(), link).status_code == 200
    assert link.rsplit("-", 1)[-1].strip("/") not in caplog.text


def test_the_key_of_the_link_is_readable_neither_in_the_session_nor_in_a_log(administrator, caplog):
    caplog.set_level(logging.DEBUG)
    administrator()
    client = Client()
    ask(client)
    link = mailed_link()
    key = link.strip("/").split("-", 1)[1]
    page = client.get(link)
    assert client.get(page["Location"]).status_code == 200
    assert "_password_reset_key" in client.session
    assert key not in str(dict(client.session))
    assert key not in caplog.text
    client.post(page["Location"], {"password1": NEW, "password2": NEW})
    assert "_password_reset_key" not in client.session
    assert password_step(Client(), password=NEW).status_code == 302


def without_tokens(page: bytes) -> bytes:
    return re.sub(rb"[A-Za-z0-9]{64}", b"", page)


def test_threat_22_known_unknown_and_deactivated_addresses_get_the_same_answer_and_a_mail(administrator):
    administrator()
    administrator("gone@test.example", is_active=False)
    answers = []
    for email in (EMAIL, "nobody@test.example", "gone@test.example"):
        client = Client()
        answer = ask(client, email)
        page = client.get(answer["Location"], headers=ENGLISH)
        answers.append((answer.status_code, dict(answer.headers), answer.content, without_tokens(page.content)))
    assert answers[0] == answers[1] == answers[2]
    assert [one.to for one in mail.outbox] == [[EMAIL], ["nobody@test.example"], ["gone@test.example"]]
    assert ["/password/" in one.body for one in mail.outbox] == [True, False, False]


def test_threat_25_the_link_names_the_address_of_the_settings_and_no_host_of_a_visitor(administrator, settings):
    settings.PORTAL_URL = "https://portal.example.nl"
    settings.ALLOWED_HOSTS = ["portal.example.nl", "other.example.nl"]
    administrator()
    client = Client(SERVER_NAME="other.example.nl")
    ask(client)
    assert "https://portal.example.nl/password/" in mail.outbox[-1].body
    assert "other.example.nl" not in mail.outbox[-1].body
    assert ask(Client(SERVER_NAME="evil.example")).status_code == 400
    ask(Client(SERVER_NAME="portal.example.nl", headers={"X-Forwarded-Host": "evil.example"}))
    assert "evil.example" not in mail.outbox[-1].body


@pytest.mark.parametrize("weak", ["short1", "password1234", "qwertyuiop123", "administrator@test.example"])
def test_a_short_or_common_password_is_refused(administrator, weak):
    administrator()
    client = Client()
    ask(client)
    assert choose(client, mailed_link(), weak).status_code == 200
    assert password_step(Client(), password=PASSWORD).status_code == 302


@pytest.mark.parametrize("fine", ["kleine letters alleen", "éé één twee drie vier", "x" * 80 + "yz"])
def test_any_long_password_will_do_without_rules_of_composition(administrator, fine):
    administrator()
    client = Client()
    ask(client)
    assert choose(client, mailed_link(), fine)["Location"] == "/password/done/"


def test_the_person_is_told_of_every_change_in_their_own_language(administrator):
    person = administrator(language="en")
    secret = with_app(person)
    client = Client()
    ask(client, **{"Accept-Language": "nl"})
    assert mail.outbox[-1].subject == "Your new password"
    choose(client, mailed_link())
    assert mail.outbox[-1].subject == "Your password was changed"
    password_step(client, password=NEW)
    code_step(client, code(secret))
    newer = "groene fiets bij de sluis"
    client.post("/account/password/", {"oldpassword": NEW, "password1": newer, "password2": newer})
    assert (mail.outbox[-1].subject, mail.outbox[-1].to) == ("Your password was changed", [person.email])
    assert newer not in mail.outbox[-1].body
