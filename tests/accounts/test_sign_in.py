"""Signing in and out, and what nobody sees without it."""

from collections.abc import Callable

import pytest
from django.test import Client

from portal.accounts.models import User

pytestmark = [pytest.mark.database, pytest.mark.urls("tests.accounts.pages")]

EMAIL = "administrator@test.example"
PASSWORD = "a-good-password"


def sign_in(client: Client, email: str = EMAIL, password: str = PASSWORD, **more: str):
    form = {"username": email, "password": password, **more}
    return client.post("/sign-in/", form, headers={"Accept-Language": "en"})


def test_a_person_signs_in_with_address_and_password_and_lands_on_the_clients_page(client, administrator):
    administrator()
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/clients/")
    assert client.get("/clients/").content.startswith(b"Administrator")


def test_the_case_of_the_address_does_not_matter(client, administrator):
    administrator()
    assert sign_in(client, email="ADMINISTRATOR@Test.Example").status_code == 302


def test_every_refusal_reads_the_same_so_it_tells_nothing_about_who_has_an_account(client, administrator):
    administrator()
    administrator("gone@test.example", is_active=False)
    User.objects.create_user("never@test.example", "Without a password")
    answers = [
        sign_in(client, password="wrong"),
        sign_in(client, email="nobody@test.example"),
        sign_in(client, email="gone@test.example"),
        sign_in(client, email="never@test.example", password=""),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert {tuple(answer.context["form"].non_field_errors()) for answer in answers[:3]} == {
        ("This e-mail address and password do not belong together. Check both and try again.",)
    }
    assert "_auth_user_id" not in client.session


def test_signing_in_makes_a_new_session(client, administrator):
    administrator()
    client.get("/sign-in/")
    session = client.session
    session["before"] = "1"
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_after_signing_in_one_comes_back_to_the_page_one_asked_for(client, administrator):
    administrator()
    asked = client.get("/clients/?page=2")
    assert asked["Location"] == "/sign-in/?next=/clients/%3Fpage%3D2"
    assert sign_in(client, next="/clients/?page=2")["Location"] == "/clients/?page=2"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(client, administrator, elsewhere):
    administrator()
    assert sign_in(client, next=elsewhere)["Location"] == "/clients/"


def test_the_form_refuses_a_post_without_its_token(administrator):
    administrator()
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_somebody_who_is_signed_in_is_sent_on_from_the_sign_in_page(client, administrator):
    client.force_login(administrator())
    assert client.get("/sign-in/")["Location"] == "/clients/"


def test_signing_out_ends_the_session_and_happens_by_post_only(client, administrator):
    client.force_login(administrator())
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/clients/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/clients/").status_code == 302


def test_a_deactivated_person_is_refused_at_the_next_request(client, administrator):
    person = administrator()
    client.force_login(person)
    assert client.get("/clients/").status_code == 200
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/clients/")["Location"].startswith("/sign-in/")


def test_a_changed_password_ends_the_other_sessions(client, administrator):
    person = administrator()
    client.force_login(person)
    person.set_password("another-good-password")
    person.save()
    assert client.get("/clients/").status_code == 302


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
