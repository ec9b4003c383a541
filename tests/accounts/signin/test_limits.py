"""Threats 18 and 19: guessing is stopped for all processes together, and the lock shuts nobody out for long."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from portal.audit.models import Entry
from tests.accounts.signin.world import (
    EMAIL,
    PASSWORD,
    code,
    code_step,
    is_in,
    mailed_link,
    password_step,
    refusals,
    signed_in,
    with_app,
)

pytestmark = pytest.mark.pages
LOCKED = ["Too many wrong tries. Wait five minutes, or set a new password with the link below."]
NEW = "blauwe fiets bij de sluis"


def five_wrong(address: str = "10.0.0.1") -> None:
    for number in range(5):
        assert (
            "do not belong together"
            in refusals(password_step(Client(), password=f"wrong {number}", address=address))[0]
        )


def test_threat_18_after_five_wrong_passwords_the_right_one_is_refused_too_also_from_elsewhere(administrator, clock):
    with_app(administrator())
    five_wrong()
    assert refusals(password_step(Client(), address="10.9.9.9")) == LOCKED
    clock.move_to(299)
    assert refusals(password_step(Client(), address="10.9.9.9")) == LOCKED
    clock.move_to(301)
    assert password_step(Client(), address="10.9.9.9")["Location"] == "/sign-in/code/"


def test_an_unknown_address_locks_in_the_same_words(db):
    five_wrong()
    assert refusals(password_step(Client())) == LOCKED


def test_the_lock_is_in_the_trail_and_says_nothing_that_was_typed(administrator):
    person = administrator()
    five_wrong()
    password_step(Client())
    kinds = list(Entry.objects.filter(object_id=person.pk).values_list("kind", flat=True))
    assert kinds.count("sign_in_failed") == 5
    assert kinds.count("locked_out") == 1
    assert PASSWORD not in str(list(Entry.objects.values()))
    assert EMAIL not in str(list(Entry.objects.values()))


def test_wrong_codes_and_the_lock_they_lead_to_are_in_the_trail(administrator, client):
    person = administrator()
    secret = with_app(person)
    password_step(client)
    for wrong in ("000000", "111111", "222222", "333333", "444444"):
        code_step(client, wrong)
    assert refusals(code_step(client, code(secret))) == LOCKED
    of_person = Entry.objects.filter(object_id=person.pk, outcome="refused", actor_id=None)
    assert list(of_person.order_by("number").values_list("kind", "detail")) == [
        *[("sign_in_failed", {"by": "totp"})] * 5,
        ("locked_out", {"by": "code"}),
    ]
    assert {address for (address,) in of_person.values_list("address")} == {"127.0.0.1"}
    assert "444444" not in str(list(Entry.objects.values()))


def test_a_code_that_was_used_before_is_in_the_trail(administrator):
    secret = with_app(administrator())
    signed_in(secret)
    again = Client()
    password_step(again)
    assert "used before" in refusals(code_step(again, code(secret)))[0]
    assert Entry.objects.filter(kind="sign_in_failed").values_list("detail", flat=True).get() == {"by": "totp"}


def test_a_wrong_code_of_somebody_who_is_in_is_in_the_trail(administrator, clock):
    person = administrator()
    client = signed_in(with_app(person))
    clock.move_to(600)
    client.post("/account/confirm/code/", {"code": "000000"})
    assert Entry.objects.filter(kind="sign_in_failed", object_id=person.pk).count() == 1


def test_a_forged_header_does_not_begin_a_new_count(administrator):
    administrator()
    for number in range(10):
        password_step(Client(headers={"X-Forwarded-For": f"10.1.1.{number}"}), email=f"{number}@test.example")
    answer = password_step(Client(headers={"X-Forwarded-For": "10.1.1.99"}), email="another@test.example")
    assert refusals(answer) == LOCKED


def test_behind_a_proxy_the_visitor_behind_it_is_counted_and_cannot_choose_an_address(administrator, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    administrator()

    def try_from(visitor: str, forged: str, number: int):
        client = Client(headers={"X-Forwarded-For": f"{forged}, {visitor}"})
        return refusals(password_step(client, email=f"{number}@test.example", password="wrong"))

    for number in range(10):
        try_from("10.2.2.2", f"10.3.3.{number}", number)
    assert try_from("10.2.2.2", "10.4.4.4", 11) == LOCKED
    assert try_from("10.2.2.3", "10.4.4.4", 12) != LOCKED


def test_many_accounts_one_try_each_from_one_address_are_refused(administrator):
    outcomes = [password_step(Client(), email=f"{number}@test.example") for number in range(100)]
    looked_at = [one for one in outcomes if one.status_code == 200 and refusals(one) != LOCKED]
    assert len(looked_at) == 10
    assert {one.status_code for one in outcomes[30:]} == {429}


def test_threat_19_a_session_that_is_open_keeps_working_while_the_account_is_locked(administrator):
    secret = with_app(administrator())
    client = signed_in(secret)
    five_wrong()
    assert is_in(client)


def test_a_new_password_by_mail_works_while_locked_and_unlocks(administrator, mailoutbox):
    with_app(administrator())
    five_wrong()
    client = Client()
    client.post("/password/", {"email": EMAIL})
    form_page = client.get(mailed_link())["Location"]
    assert client.post(form_page, {"password1": NEW, "password2": NEW})["Location"] == "/password/done/"
    assert password_step(Client(), password=NEW)["Location"] == "/sign-in/code/"


def test_counts_are_kept_in_the_database_with_room_for_an_attack(db):
    options = django_settings.CACHES["default"]
    assert options["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    assert options["OPTIONS"]["MAX_ENTRIES"] >= 100_000
    cache.set("shared", 1)
    assert connection.introspection.table_names().count("portal_cache") == 1


@pytest.mark.django_db(transaction=True)
def test_two_processes_share_the_count(administrator):
    with_app(administrator())
    five_wrong()
    program = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from django.test import Client\n"
        f"form = {{'login': {EMAIL!r}, 'password': {PASSWORD!r}}}\n"
        "answer = Client(SERVER_NAME='localhost').post('/sign-in/', form)\n"
        "print(answer.status_code, 'Location' in answer.headers)\n"
    )
    named = connection.settings_dict
    server = "{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**named)
    where = f"sqlite:///{named['NAME']}" if connection.vendor == "sqlite" else f"postgres://{server}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": where}
    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.stdout == "200 False\n", answer.stderr
