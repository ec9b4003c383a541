"""S7: with the settings of a real installation every page gets A+, and nothing that was signed in for is kept."""

import json
import re

import pytest
from django.test import Client

from portal.settings.security import security_settings
from portal.settings.signin import signin_settings
from tests.accounts.signin.grader import directives, grade
from tests.house.test_public_pages import EVERY, PUBLIC, address

pytestmark = pytest.mark.pages
MOST_POSSIBLE = 145
LEAST = 130


@pytest.fixture
def production(settings):
    """The settings of a real installation behind https."""
    values = {**security_settings(https=True), **signin_settings(https=True, proxies=0)}
    for name, value in values.items():
        setattr(settings, name, value)
    settings.HTTPS = True
    return settings


def get(client: Client, where: str):
    return client.get(where, secure=True)


def cookie_lines(answer) -> list[str]:
    return [cookie.OutputString() for cookie in answer.cookies.values()]


def test_every_page_gets_a_plus(production, administrator):
    graded = 0
    for who in (None, administrator()):
        for name in sorted(EVERY):
            client = Client()
            if who:
                client.force_login(who)
            answer = get(client, address(name))
            points, why = grade(answer.headers, cookie_lines(answer))
            assert points >= LEAST, (name, points, why)
            graded += answer.headers.get("Content-Type", "").startswith("text/html")
    assert graded > 60


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


def test_no_page_has_anything_inline_and_the_policy_is_the_written_one(production, administrator):
    client = Client()
    client.force_login(administrator())
    seen = 0
    for name in sorted(EVERY):
        for asking in (client, Client()):
            answer = get(asking, address(name))
            if not answer.headers.get("Content-Type", "").startswith("text/html") or not answer.content:
                continue
            seen += 1
            page = answer.content.decode()
            assert re.findall(r"<script(?![^>]*(src=|application/json))[^>]*>", page) == [], name
            assert re.findall(r"<[^>]+\s(?:on[a-z]+|style|hx-on[^=]*)=", page) == [], name
            assert "<style" not in page, name
            policy = directives(answer.headers["Content-Security-Policy"])
            assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
            assert policy["form-action"] == policy["script-src"] == policy["style-src"] == ["'self'"]
    assert seen > 40


def test_no_answer_after_sign_in_is_kept_and_no_feature_of_the_browser_is_on(production, administrator):
    client = Client()
    client.force_login(administrator())
    for name in sorted(EVERY.keys() - PUBLIC):
        answer = get(client, address(name))
        assert answer.headers["Cache-Control"] == "no-store", name
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert "camera=()" in answer.headers["Permissions-Policy"], name
        assert "Access-Control-Allow-Origin" not in answer.headers, name


def test_passkeys_are_allowed_where_everything_else_is_off(production, client):
    policy = get(client, "/sign-in/").headers["Permissions-Policy"]
    assert "publickey-credentials" not in policy
    assert json.dumps(production.PERMISSIONS_POLICY).count("[]") == len(production.PERMISSIONS_POLICY)
