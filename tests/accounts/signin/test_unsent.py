"""A form that was sent after the session had ended: nothing is done, one comes back to its page, and it is said."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from portal.accounts.signin import sessions
from tests.accounts.signin.world import ENGLISH, code, code_step, password_step, signed_in, with_app

pytestmark = pytest.mark.pages
HOUR = 3600
BEFORE = b"What you sent was not carried out, because you were no longer signed in"
AFTER = b"You had been signed out, so what you sent last was not carried out"
#: Takes a POST alone, so that coming back to it would end in an empty page.
ACT, PAGE = "/account/sessions/end-others/", "/account/?of=1"


def sent_from(client: Client, page: str) -> str:
    """Where somebody is led who sends the form of a page."""
    answer = client.post(ACT, headers={"Referer": page} if page else {})
    assert answer.status_code == 302
    return str(answer["Location"])


def signs_in(client: Client, secret: str, page: str, steps: int = 0) -> str:
    assert password_step(client, next=page)["Location"] == "/sign-in/code/"
    return str(code_step(client, code(secret, steps))["Location"])


@pytest.mark.parametrize("how", ["idle", "ended elsewhere"])
def test_one_comes_back_to_the_page_of_the_form_and_is_told_before_and_after(administrator, clock, how):
    person = administrator(language="en")
    secret = with_app(person)
    client = signed_in(secret)
    clock.move_to(2 * HOUR)
    if how == "ended elsewhere":
        sessions.end_all(person)
    rows = Session.objects.count()
    assert sent_from(client, f"http://testserver{PAGE}") == "/sign-in/?next=/account/%3Fof%3D1"
    # An ended session leaves a note of why it ended; the form leaves nothing in the database.
    assert Session.objects.count() == rows
    page = client.get("/sign-in/", headers=ENGLISH).content
    assert BEFORE in page
    assert (b"you did nothing for a while" in page) is (how == "idle")
    assert signs_in(client, secret, PAGE) == PAGE
    assert AFTER in client.get(PAGE).content
    assert AFTER not in client.get(PAGE).content
    assert BEFORE not in Client().get("/sign-in/", headers=ENGLISH).content


@pytest.mark.parametrize("page", ["", "https://evil.example/account/", "http://testserver//evil.example/", "http://["])
def test_of_any_other_page_one_begins_at_the_first(client, db, page):
    assert sent_from(client, page) == "/sign-in/?next=/"


def test_a_page_that_was_only_read_says_nothing(client, administrator):
    assert client.get(PAGE)["Location"] == "/sign-in/?next=/account/%3Fof%3D1"
    assert BEFORE not in client.get("/sign-in/", headers=ENGLISH).content
    client.force_login(administrator(language="en"))
    assert AFTER not in client.get(PAGE).content


def test_what_htmx_sent_is_told_too_and_on_a_whole_page(client, administrator):
    asks = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{PAGE}"}
    answer = client.post(ACT, headers=asks)
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/sign-in/?next=/account/%3Fof%3D1")
    client.force_login(administrator(language="en"))
    assert AFTER not in client.get(PAGE, headers=asks).content
    assert AFTER in client.get(PAGE).content


@pytest.mark.parametrize(
    ("language", "said"), [("en", "This address is not a page"), ("nl", "Dit adres is geen pagina")]
)
def test_an_address_that_only_a_form_can_use_says_so_when_it_is_opened(client, administrator, language, said):
    client.force_login(administrator(language=language))
    answer = client.get(ACT)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert said in answer.text
    # A piece of a page has its own words, and programs need none.
    assert client.get(ACT, headers={"HX-Request": "true"}).content == b""
    assert client.delete("/account/").content == b""
    assert said in Client().get("/sign-out/", headers={"Accept-Language": language}).text
