"""S7: with the settings of a real installation every page gets A+, and nothing that was signed in for is kept."""

import json
import re
from dataclasses import dataclass

import pytest
from django.test import Client, override_settings

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from portal.accounts.signin import second_factor
from portal.settings.security import security_settings
from portal.settings.signin import signin_settings
from tests.access.browser import undone
from tests.accounts.signin.grader import directives, grade
from tests.house.test_public_pages import EVERY, PUBLIC, address

pytestmark = pytest.mark.pages
MOST_POSSIBLE = 145
LEAST = 130
PRODUCTION = {**security_settings(https=True), **signin_settings(https=True, proxies=0)}


@pytest.fixture
def production(settings):
    """The settings of a real installation behind https."""
    for name, value in PRODUCTION.items():
        setattr(settings, name, value)
    settings.HTTPS = True
    return settings


def get(client: Client, where: str):
    return client.get(where, secure=True)


def cookie_lines(answer) -> list[str]:
    return [cookie.OutputString() for cookie in answer.cookies.values()]


@dataclass(frozen=True)
class Page:
    """What somebody gets at a page."""

    name: str
    signed_in: bool
    headers: dict[str, str]
    cookies: list[str]
    content: bytes

    @property
    def is_html(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")


@pytest.fixture(scope="module")
def every_page(django_db_setup, django_db_blocker) -> list[Page]:
    """Every page as a stranger and as an administrator get it with the settings of a real installation, asked once."""
    with django_db_blocker.unblock(), undone(), override_settings(HTTPS=True, **PRODUCTION):
        user = User.objects.create_user("administrator@test.example", "Administrator")
        Membership.objects.create(user=user, firm=Firm.objects.create(name="Kantoor"), role=Role.ADMINISTRATOR)
        return [page_of(name, by) for name in sorted(EVERY) for by in (None, user)]


def page_of(name: str, by: User | None) -> Page:
    client = Client()
    if by:
        client.force_login(by)
        session = client.session
        session[second_factor.KEY] = by.pk
        session.save()
    answer = get(client, address(name))
    content = b"" if answer.streaming else answer.content
    return Page(name, by is not None, dict(answer.headers), cookie_lines(answer), content)


def test_every_page_gets_a_plus(every_page):
    for page in every_page:
        points, why = grade(page.headers, page.cookies)
        assert points >= LEAST, (page.name, points, why)
    assert sum(page.is_html for page in every_page) > 60


def test_error_pages_get_a_plus_too(production, client, administrator):
    client.force_login(administrator())
    answers = [
        get(client, "/nowhere/"),
        get(client, "/sign-out/"),
        client.get("/", secure=True, HTTP_HOST="evil.example"),
    ]
    assert [answer.status_code for answer in answers] == [404, 405, 400]
    assert {grade(answer.headers, cookie_lines(answer))[0] for answer in answers} == {MOST_POSSIBLE}


def test_a_whole_sign_in_gets_the_most_there_is_and_its_cookies_are_bound_to_the_host(
    production, client, administrator
):
    client.force_login(administrator())
    answer = get(client, "/account/")
    assert grade(answer.headers, cookie_lines(answer)) == (MOST_POSSIBLE, [])
    page = get(Client(), "/sign-in/")
    names = {cookie.key for cookie in page.cookies.values()} | set(client.cookies)
    assert {"__Host-portal-session", "__Host-portal-csrf"} == names
    for line in cookie_lines(page):
        assert "Path=/" in line
        assert "Domain" not in line


def test_the_grader_is_not_kind():
    assert grade({}, [])[0] == 100 - 25 - 20 - 20 - 5
    good = {"Content-Security-Policy": "script-src 'self' 'unsafe-inline'", "Strict-Transport-Security": "max-age=1"}
    assert "scripts may be inline" in grade(good, [])[1]
    assert "cookie without Secure: a-session" in grade({}, ["a-session=1; HttpOnly; SameSite=Lax"])[1]
    assert "other sites may read this" in grade({"Access-Control-Allow-Origin": "*"}, [])[1]


def test_no_page_has_anything_inline_and_the_policy_is_the_written_one(every_page):
    seen = [page for page in every_page if page.is_html and page.content]
    for page in seen:
        text = page.content.decode()
        assert re.findall(r"<script(?![^>]*(src=|application/json))[^>]*>", text) == [], page.name
        assert re.findall(r"<[^>]+\s(?:on[a-z]+|style|hx-on[^=]*)=", text) == [], page.name
        assert "<style" not in text, page.name
        policy = directives(page.headers["Content-Security-Policy"])
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
        assert policy["form-action"] == policy["script-src"] == policy["style-src"] == ["'self'"]
    assert len(seen) > 40


def test_no_answer_after_sign_in_is_kept_and_no_feature_of_the_browser_is_on(every_page):
    kept_from_all = [page for page in every_page if page.signed_in and page.name not in PUBLIC]
    assert len(kept_from_all) == len(EVERY.keys() - PUBLIC)
    for page in kept_from_all:
        assert page.headers["Cache-Control"] == "no-store", page.name
        assert page.headers["Cross-Origin-Resource-Policy"] == "same-origin", page.name
        assert "camera=()" in page.headers["Permissions-Policy"], page.name
        assert "Access-Control-Allow-Origin" not in page.headers, page.name


def test_passkeys_are_allowed_where_everything_else_is_off(production, client):
    policy = get(client, "/sign-in/").headers["Permissions-Policy"]
    assert "publickey-credentials" not in policy
    assert json.dumps(production.PERMISSIONS_POLICY).count("[]") == len(production.PERMISSIONS_POLICY)
