"""S7: headers and cookies of errors and of a whole sign-in with the settings of a real installation.

Every page is graded in tests/access/test_headers.py.
"""

import json

import pytest
from django.test import Client

from portal.settings.security import security_settings
from portal.settings.signin import signin_settings
from tests.accounts.signin.grader import grade

pytestmark = pytest.mark.pages
MOST_POSSIBLE = 145
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


def test_passkeys_are_allowed_where_everything_else_is_off(production, client):
    policy = get(client, "/sign-in/").headers["Permissions-Policy"]
    assert "publickey-credentials" not in policy
    assert json.dumps(production.PERMISSIONS_POLICY).count("[]") == len(production.PERMISSIONS_POLICY)
