"""Sensitive acts ask who somebody is, unless they just said so; what was posted is not kept meanwhile."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.views.generic import View

from portal.accounts.fresh import FreshSignInMixin, fresh_sign_in_required
from portal.accounts.signin import second_factor
from portal.accounts.signin.seeds import opened
from tests.access.passkeys import add_passkey
from tests.accounts.signin.world import ENGLISH, PASSWORD, code, password_step, signed_in, with_app, with_codes

pytestmark = [pytest.mark.pages, pytest.mark.urls(__name__)]


@fresh_sign_in_required
def reveal(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"revealed {request.method}")


class Token(FreshSignInMixin, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("kept")


urlpatterns = [
    path("reveal/", reveal, name="reveal"),
    path("token/", Token.as_view(), name="token"),
    path("", include("portal.urls")),
]


@pytest.fixture
def old(administrator, clock) -> Client:
    """Somebody who signed in six minutes ago."""
    client = signed_in(with_app(administrator(language="en")))
    clock.move_to(6 * 60)
    return client


def test_right_after_signing_in_nothing_is_asked_again(administrator, clock):
    client = signed_in(with_app(administrator()))
    clock.move_to(4 * 60)
    assert client.get("/reveal/").content == b"revealed GET"


def now_shown() -> str:
    """What the app of the only person shows."""
    return code(opened(Authenticator.objects.get().data["secret"]))


def test_later_the_second_factor_is_asked_and_one_comes_back_to_the_page(old):
    assert old.get("/reveal/?of=1")["Location"] == "/account/confirm/code/?next=%2Freveal%2F%3Fof%3D1"
    wrong = old.post("/account/confirm/code/", {"code": "000000", "next": "/reveal/?of=1"}, headers=ENGLISH)
    assert b"This code is wrong" in wrong.content
    right = {"code": now_shown(), "next": "/reveal/?of=1"}
    assert old.post("/account/confirm/code/", right)["Location"] == "/reveal/?of=1"
    assert old.get("/reveal/").status_code == 200


def test_of_who_has_a_second_factor_the_password_is_not_enough(old):
    answer = old.post("/account/confirm/", {"password": PASSWORD, "next": "/reveal/"})
    assert answer["Location"].startswith("/account/confirm/code/")
    assert old.get("/reveal/").status_code == 302
    assert b"Use my password" not in old.get("/account/confirm/code/", headers=ENGLISH).content


def test_of_who_has_none_yet_the_password_is_asked(administrator, clock):
    administrator(language="en")
    client = Client()
    password_step(client)
    clock.move_to(6 * 60)
    answer = client.get("/account/app/")
    assert answer["Location"] == "/account/confirm/?next=%2Faccount%2Fapp%2F"
    wrong = client.post("/account/confirm/", {"password": "wrong", "next": "/account/app/"}, headers=ENGLISH)
    assert b"This is not your password" in wrong.content
    assert client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/app/"}).status_code == 302
    assert client.get("/account/app/").status_code == 200


def test_it_is_asked_again_after_five_minutes(old, clock):
    old.post("/account/confirm/code/", {"code": now_shown()})
    clock.move_to((6 + 4) * 60)
    assert old.get("/reveal/").status_code == 200
    clock.move_to((6 + 6) * 60)
    assert old.get("/reveal/").status_code == 302


def test_what_was_posted_is_done_by_nobody_and_kept_nowhere(old):
    canary = "kan-secret-token-a1b2"
    answer = old.post("/token/", {"token": canary}, headers={"Referer": "http://testserver/token-page/"})
    assert answer["Location"] == "/account/confirm/code/?next=http%3A%2F%2Ftestserver%2Ftoken-page%2F"
    assert canary not in str([one.get_decoded() for one in Session.objects.all()])
    done = old.post("/account/confirm/code/", {"code": now_shown(), "next": "/sync/"})
    assert done["Location"] == "/sync/"
    assert canary not in str([one.get_decoded() for one in Session.objects.all()])


def without_password(user, client: Client | None = None) -> Client:
    """Somebody who came in by single sign-on, six minutes ago: nobody knows a password of theirs."""
    user.set_unusable_password()
    user.save()
    client = client or Client()
    client.force_login(user)
    session = client.session
    session[second_factor.KEY] = user.pk
    session.save()
    return client


def test_without_a_password_the_second_factor_is_asked_anew(administrator, clock):
    person = administrator()
    secret = with_app(person)
    client = without_password(person)
    assert client.get("/reveal/").status_code == 200
    clock.move_to(6 * 60)
    assert client.get("/reveal/?of=1")["Location"] == "/account/confirm/code/?next=%2Freveal%2F%3Fof%3D1"
    assert client.get("/account/confirm/")["Location"] == "/account/confirm/code/"
    assert client.post("/account/confirm/code/", {"code": "000000", "next": "/reveal/"}).status_code == 200
    assert client.get("/reveal/").status_code == 302
    answer = client.post("/account/confirm/code/", {"code": code(secret), "next": "/reveal/"})
    assert answer["Location"] == "/reveal/"
    assert client.get("/reveal/").status_code == 200


def test_whose_only_factor_is_a_passkey_is_asked_for_that(administrator, clock):
    person = administrator()
    add_passkey(person, "phone")
    with_codes(person)
    client = without_password(person)
    clock.move_to(6 * 60)
    assert client.get("/reveal/")["Location"] == "/account/confirm/passkey/?next=%2Freveal%2F"


def test_who_has_neither_signs_in_anew_and_enrols_nothing_meanwhile(administrator, clock):
    person = administrator()
    client = without_password(person)
    clock.move_to(6 * 60)
    answer = client.get("/account/app/")
    assert answer["Location"].startswith("/sign-in/?next=")
    assert "_auth_user_id" not in client.session
    assert b"Sign in once more to go on" in client.get("/sign-in/", headers=ENGLISH).content
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_strange_page_is_not_come_back_to(old, page):
    answer = old.post("/token/", headers={"Referer": page})
    assert answer["Location"] == "/account/confirm/code/?next=%2F"


def test_a_fragment_is_answered_with_an_order_to_load_the_question(old):
    answer = old.get("/reveal/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people/"})
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer["HX-Redirect"] == "/account/confirm/code/?next=http%3A%2F%2Ftestserver%2Fpeople%2F"


@pytest.mark.parametrize("address", ["/account/app/remove/", "/account/passkeys/add/", "/account/recovery-codes/new/"])
def test_changing_the_second_step_is_a_sensitive_act(old, address):
    assert old.get(address)["Location"].startswith("/account/confirm/code/?next=")
    assert old.post(address)["Location"].startswith("/account/confirm/code/?next=")


STRANGE = [
    start + "evil.example" + end
    for start in (
        "https://",
        "http://",
        "//",
        "///",
        "/\\",
        "\\\\",
        "https:",
        "http:///",
        "http:\\\\",
        "/\t/",
        " //",
        "ftp://",
    )
    for end in ("", "/", "/x?next=/", "#/", "%0d%0aSet-Cookie:x=1")
]


@pytest.mark.parametrize("address", ["/sign-in/", "/account/confirm/code/"])
def test_sixty_addresses_elsewhere_lead_nowhere(old, address, clock):
    """Threat 24."""
    assert len(STRANGE) == 60
    for place, strange in enumerate([*STRANGE, "javascript:alert(1)", "data:text/html,x"]):
        clock.move_to(6 * 60 + place * 61)
        if address == "/sign-in/":
            answer = old.get(address, {"next": strange})
        else:
            answer = old.post(address, {"code": now_shown(), "next": strange})
        assert answer.status_code == 302
        assert answer["Location"] == "/", strange


def test_sixty_addresses_elsewhere_lead_nowhere_after_a_password_either(administrator, client, clock):
    """Threat 24: of somebody without a second step, who is asked for the password."""
    administrator()
    password_step(client)
    for place, strange in enumerate([*STRANGE, "javascript:alert(1)", "data:text/html,x"]):
        clock.move_to(6 * 60 + place * 61)
        answer = client.post("/account/confirm/", {"password": PASSWORD, "next": strange})
        assert (answer.status_code, answer["Location"]) == (302, "/"), strange
    assert client.post("/account/confirm/", {"password": PASSWORD, "next": "/people/"})["Location"] == "/people/"
