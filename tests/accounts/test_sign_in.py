"""Signing in and out, and what nobody sees without it."""

from collections.abc import Callable

import pytest
from django.test import Client

from portal.accounts.models import User
from tests.accounts.signin.world import code, code_step, is_in, password_step, refusals, signed_in, with_app

pytestmark = [pytest.mark.pages, pytest.mark.urls("tests.accounts.pages")]


def test_a_person_signs_in_with_password_and_code_and_lands_on_the_first_page(client, administrator):
    secret = with_app(administrator())
    assert password_step(client)["Location"] == "/sign-in/code/"
    assert "_auth_user_id" not in client.session
    answer = code_step(client, code(secret))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").content.startswith(b"Administrator")


def test_the_case_of_the_address_does_not_matter(client, administrator):
    with_app(administrator())
    assert password_step(client, email="ADMINISTRATOR@Test.Example").status_code == 302


def test_every_refusal_reads_the_same_so_it_tells_nothing_about_who_has_an_account(client, administrator):
    administrator()
    administrator("gone@test.example", is_active=False)
    User.objects.create_user("never@test.example", "Without a password")
    answers = [
        password_step(client, password="wrong"),
        password_step(client, email="nobody@test.example"),
        password_step(client, email="gone@test.example"),
        password_step(client, email="never@test.example", password="!"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert {tuple(refusals(answer)) for answer in answers} == {
        ("This e-mail address and password do not belong together. Check both and try again.",)
    }
    assert "_auth_user_id" not in client.session


def test_signing_in_makes_a_new_session(client, administrator):
    secret = with_app(administrator())
    client.get("/sign-in/")
    session = client.session
    session["before"] = "1"
    session.save()
    before = session.session_key
    signed_in(secret, client)
    assert client.session.session_key != before
    assert not type(client.session)().exists(before)


def test_after_signing_in_one_comes_back_to_the_page_one_asked_for(client, administrator):
    secret = with_app(administrator())
    asked = client.get("/clients/?page=2")
    assert asked["Location"] == "/sign-in/?next=/clients/%3Fpage%3D2"
    password_step(client, next="/clients/?page=2")
    assert code_step(client, code(secret))["Location"] == "/clients/?page=2"


def test_the_form_refuses_a_post_without_its_token(administrator):
    administrator()
    assert password_step(Client(enforce_csrf_checks=True)).status_code == 403


def test_somebody_who_is_signed_in_is_sent_on_from_the_sign_in_page(client, administrator):
    client.force_login(administrator())
    assert client.get("/sign-in/")["Location"] == "/"


def test_signing_out_ends_the_session_and_happens_by_post_only(client, administrator):
    client.force_login(administrator())
    key = client.session.session_key
    assert client.get("/sign-out/").status_code == 405
    assert is_in(client, "/clients/")
    answer = client.post("/sign-out/")
    assert answer["Location"] == "/sign-in/"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client, "/clients/")
    client.cookies["portal-session"] = key
    assert not is_in(client, "/clients/")


def test_a_sign_in_can_be_stopped_before_the_second_step(client, administrator):
    with_app(administrator())
    password_step(client)
    assert client.get("/sign-in/")["Location"] == "/sign-in/code/"
    client.post("/sign-out/")
    assert client.get("/sign-in/").status_code == 200


def test_a_fragment_asked_for_without_sign_in_is_answered_with_an_order_to_sign_in(client, db):
    answer = client.get(
        "/clients/", headers={"HX-Request": "true", "HX-Current-URL": "https://portal.example/clients/?page=2"}
    )
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer["HX-Redirect"] == "/sign-in/?next=/clients/%3Fpage%3D2"


def test_no_answer_of_a_view_may_be_kept_or_embedded(client: Client, administrator: Callable[..., User]):
    answers = [client.get("/sign-in/"), client.get("/clients/")]
    client.force_login(administrator())
    answers += [client.get("/clients/"), client.get("/missing/"), client.get("/sign-out/"), client.get("/nowhere/")]
    assert [answer.status_code for answer in answers] == [200, 302, 200, 404, 405, 404]
    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}
    assert {answer["Cross-Origin-Resource-Policy"] for answer in answers} == {"same-origin"}


def test_a_person_reads_in_the_language_of_their_account_whatever_the_browser_asks_for(client, administrator):
    client.force_login(administrator(language="en"))
    answer = client.get("/clients/", headers={"Accept-Language": "nl"})
    assert answer.content == b"Administrator en"
    assert answer["Content-Language"] == "en"


def test_before_sign_in_the_browser_decides_on_the_language(client, db):
    assert client.get("/sign-in/", headers={"Accept-Language": "en"})["Content-Language"] == "en"
    assert client.get("/sign-in/", headers={"Accept-Language": "de"})["Content-Language"] == "nl"


def test_the_language_chosen_in_the_top_bar_stays_with_the_person(client, administrator):
    person = administrator()
    client.force_login(person)
    client.post("/language/", {"language": "en", "next": "/clients/"})
    person.refresh_from_db()
    assert person.language == "en"
    assert client.get("/clients/").content == b"Administrator en"


def test_nobody_signs_up(client, db):
    page = client.get("/sign-up/", headers={"Accept-Language": "en"})
    assert b"By invitation only" in page.content
    form = {"email": "new@test.example", "password1": "a-long-enough-password"}
    assert b"By invitation only" in client.post("/sign-up/", form, headers={"Accept-Language": "en"}).content
    assert not User.objects.exists()
