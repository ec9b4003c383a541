"""Threat 20, round the second factor: compulsory on every page, one use for each code, and no seed to be read."""

import base64
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from portal.vault import Misplaced
from tests.accounts.signin.world import (
    ENGLISH,
    code,
    code_step,
    factors,
    is_in,
    password_step,
    refusals,
    signed_in,
    with_app,
    with_codes,
)

pytestmark = pytest.mark.pages
PUBLIC_OR_EARLY = {
    "/sign-in/",
    "/sign-out/",
    "/sign-up/",
    "/language/",
    "/account/enrol/",
    "/account/app/",
    "/account/passkeys/add/",
    "/account/confirm/",
    "/account/confirm/code/",
    "/account/confirm/passkey/",
}


def addresses():
    """Every address, with some values for its parameters."""
    from tests.house.test_public_pages import EVERY, address

    return sorted({address(name) for name in EVERY})


def test_threat_20_with_a_password_only_every_page_leads_to_enrolment(client, administrator):
    administrator()
    assert password_step(client)["Location"] == "/"
    open_, shut = [], []
    for address in addresses():
        answer = client.get(address)
        (shut if answer.headers.get("Location") == "/account/enrol/" else open_).append(address)
    public = {one for one in open_ if Client().get(one).headers.get("Location", "").startswith("/sign-in/?next")}
    assert public - PUBLIC_OR_EARLY == set()
    assert len(shut) > 20
    assert not_shut(client, shut, one_in=11) == []


@pytest.mark.long
def test_threat_20_with_a_password_only_no_method_opens_any_page(client, administrator):
    administrator()
    password_step(client)
    shut = [one for one in addresses() if client.get(one).headers.get("Location") == "/account/enrol/"]
    assert len(shut) > 100
    assert not_shut(client, shut, one_in=1) == []


def not_shut(client, shut, one_in):
    """The requests by other methods that did not lead to enrolment, to addresses that do so when they are opened."""
    asked = [(method, one) for one in shut for method in ("post", "put", "patch", "delete", "options", "head")]
    # Eleven apart, and not ten: of six methods each then has its turn.
    answers = {pair: getattr(client, pair[0])(pair[1]) for pair in asked[::one_in]}
    return [pair for pair, answer in answers.items() if answer.headers.get("Location") != "/account/enrol/"]


def test_threat_06_a_fragment_is_no_way_round(client, administrator):
    administrator()
    password_step(client)
    answer = client.get("/account/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/account/enrol/")


def enrol(client: Client) -> str:
    """Set up an app as somebody does who reads the key from the page; returns the seed."""
    page = client.get("/account/app/", headers=ENGLISH)
    secret = page.context["form"].secret
    assert client.post("/account/app/", {"code": code(secret)})["Location"] == "/account/recovery-codes/"
    return secret


@pytest.mark.django_db(transaction=True)
def test_enrolling_an_app_opens_the_portal_and_shows_recovery_codes_once(client, administrator):
    person = administrator()
    password_step(client)
    enrol(client)
    assert factors(person) == ["recovery_codes", "totp"]
    codes = client.get("/account/recovery-codes/").context["unused_codes"]
    assert len(set(codes)) == 10
    assert is_in(client)
    again = client.get("/account/recovery-codes/").content.decode()
    assert not any(one in again for one in codes)
    assert mail.outbox[-1].to == [person.email]


def test_a_wrong_code_enrols_nothing(client, administrator):
    person = administrator(language="en")
    password_step(client)
    client.get("/account/app/")
    answer = client.post("/account/app/", {"code": "000000"}, headers=ENGLISH)
    assert refusals(answer) == ["This code is wrong or was used before. Wait for the next one and try again."]
    assert factors(person) == []
    assert not is_in(client)


@pytest.mark.django_db(transaction=True)
def test_the_code_that_enrolled_an_app_does_not_sign_in_as_well(client, administrator):
    administrator()
    # In the next half minute it would be another code.
    with time_machine.travel(datetime.now(UTC), tick=False):
        password_step(client)
        secret = enrol(client)
        other = Client()
        password_step(other)
        assert code_step(other, code(secret)).status_code == 200
        assert code_step(other, code(secret, 1)).status_code == 302


def test_who_has_a_factor_cannot_enrol_another_one_with_the_password_alone(client, administrator):
    """As after a way in that signs somebody in by itself: the factor they have is asked for first."""
    from django.contrib.auth import login
    from django.test import RequestFactory

    person = administrator()
    secret = with_app(person)
    request = RequestFactory().get("/elsewhere/")
    request.session = client.session
    login(request, person)
    request.session.save()
    client.cookies["portal-session"] = request.session.session_key
    for address in ("/account/app/", "/account/passkeys/add/", "/account/enrol/", "/account/", "/account/"):
        assert client.get(address)["Location"] == "/account/confirm/code/"
    assert client.post("/account/confirm/code/", {"code": code(secret)}).status_code == 302
    assert is_in(client)


def test_the_same_code_of_the_app_works_once_also_one_step_later(administrator, time_machine_at):
    secret = with_app(administrator())
    with time_machine_at(0) as travel:
        used = code(secret)
        signed_in(secret)
        for later in (1, 20, 31, 59):
            travel.move_to(later)
            client = Client()
            password_step(client)
            assert code_step(client, used).status_code == 200
            assert not is_in(client)


def test_a_recovery_code_signs_in_once(administrator):
    person = administrator()
    with_app(person)
    first, second, *_ = with_codes(person)
    client = Client()
    password_step(client)
    assert code_step(client, first).status_code == 302
    assert is_in(client)
    again = Client()
    password_step(again)
    assert code_step(again, first).status_code == 200
    assert code_step(again, second).status_code == 302


def test_five_wrong_codes_lock_the_second_step(administrator):
    secret = with_app(administrator())
    client = Client()
    password_step(client)
    for _ in range(5):
        code_step(client, "000000")
    answer = code_step(client, code(secret))
    assert answer.status_code == 200
    assert "Too many wrong tries" in refusals(answer)[0]


def test_the_second_step_of_one_person_is_worth_nothing_for_another(client, administrator):
    """The mark in the session names its person."""
    person, other = administrator(), administrator("other@test.example")
    client.force_login(person)
    session = client.session
    session["second_factor"] = other.pk
    session.save()
    assert client.get("/account/")["Location"] == "/account/enrol/"


def test_no_seed_is_in_the_database_neither_while_enrolling_nor_after(client, administrator):
    person = administrator()
    secret, codes = with_app(person), with_codes(person)
    client.force_login(administrator("second@test.example"))
    waiting = client.get("/account/app/").context["form"].secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(data AS TEXT) FROM mfa_authenticator")
        stored = " ".join(row[0] for row in cursor.fetchall())
    stored += " ".join(str(one.get_decoded()) for one in Session.objects.all())
    for canary in (secret, waiting, *codes):
        for form in (canary, base64.b64encode(canary.encode()).decode(), canary[::-1], canary.encode().hex()):
            assert form not in stored
    assert Authenticator.objects.count() == 2


def test_a_seed_in_somebody_elses_row_does_not_open(administrator, accountant, caplog):
    """Threat 36: whoever can write to the database cannot give somebody a second factor that they know themselves."""
    own, victim = accountant(), administrator()
    known, theirs = with_app(own), with_app(victim)
    with_codes(own)
    with_codes(victim)
    for kind in ("totp", "recovery_codes"):
        mine = Authenticator.objects.get(user=own, type=kind)
        Authenticator.objects.filter(user=victim, type=kind).update(data=mine.data)
    client = Client()
    password_step(client)
    for given in (code(known), code(theirs)):
        assert refusals(code_step(client, given)) == [
            "This code is wrong or was used before. Wait for the next one and try again."
        ]
    assert "_auth_user_id" not in client.session
    assert "does not belong to the row it lies in" in caplog.text
    assert own.email not in caplog.text
    assert victim.email not in caplog.text


def test_a_seed_that_waits_in_a_session_is_worth_nothing_in_a_row(client, administrator, accountant):
    victim, own = administrator(), accountant()
    with_app(victim)
    client.force_login(own)
    client.get("/account/app/")
    waiting = client.session["mfa.totp.secret"]
    Authenticator.objects.filter(user=victim).update(data={"secret": waiting})
    with pytest.raises(Misplaced):
        Authenticator.objects.get(user=victim).wrap().validate_code("123456")


def test_the_last_factor_stays(client, administrator):
    person = administrator()
    with_app(person)
    client.force_login(person)
    page = client.get("/account/app/remove/", headers=ENGLISH)
    assert b'<button class="btn btn-danger' not in page.content
    client.post("/account/app/remove/")
    assert factors(person) == ["totp"]


def test_nobody_touches_the_passkey_of_somebody_else(client, administrator):
    other = administrator("other@test.example")
    passkey = Authenticator.objects.create(user=other, type="webauthn", data={"name": "x", "credential": {}})
    person = administrator()
    with_app(person)
    client.force_login(person)
    for act in ("rename", "remove"):
        assert client.post(f"/account/passkeys/{passkey.pk}/{act}/", {"name": "mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_there_is_no_other_way_in(db):
    from django.conf import settings

    assert settings.AUTHENTICATION_BACKENDS == ["portal.accounts.signin.backend.PersonBackend"]
    assert settings.MFA_TRUST_ENABLED is settings.ACCOUNT_LOGIN_BY_CODE_ENABLED is False
    assert not hasattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE")
    assert get_resolver().reverse_dict.getlist("mfa_trust") == []
