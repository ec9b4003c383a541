"""The demo's door: one click on this machine, and no door anywhere else."""

import os
import subprocess
import sys

import pytest
from django.test import Client

from portal.accounts import doors
from portal.accounts.people import somebody
from portal.accounts.roles import Role
from portal.demo.checks import check_door
from portal.demo.firm import appoint_personas
from portal.demo.personas import PERSONAS
from portal.demo.views import offer

pytestmark = [pytest.mark.pages, pytest.mark.urls("tests.demo.pages")]


@pytest.fixture
def demo(settings, monkeypatch, firm):
    """The settings and people of a demo."""
    settings.DEMO = True
    settings.HTTPS = False
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
    monkeypatch.setattr("portal.demo.door.LOOPBACK_NAMES", {"localhost", "127.0.0.1", "testserver"})
    monkeypatch.setattr(doors, "_doors", [doors.Door("demo/door.html", offer)])
    appoint_personas(firm)
    return settings


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.key)
def test_one_click_signs_in_as_a_persona_whose_session_counts_as_two_factor(client, demo, persona):
    page = client.get("/sign-in/", headers={"Accept-Language": "en"}).content.decode()
    assert f'action="/demo/enter/{persona.key}/"' in page
    assert persona.name in page
    answer = client.post(f"/demo/enter/{persona.key}/", headers={"Accept-Language": "en"})
    assert answer["Location"] == "/"
    assert client.session["second_factor"] == somebody(persona.email).pk
    assert client.get("/").content.decode() == f"{persona.name} en"


def test_a_real_sign_in_does_not_count_as_two_factor(client, demo, administrator):
    administrator()
    client.post("/sign-in/", {"login": "administrator@test.example", "password": "a-good-password"})
    assert "_auth_user_id" in client.session
    assert "second_factor" not in client.session
    assert client.get("/clients/")["Location"] == "/account/enrol/"


def test_the_door_opens_by_post_with_its_token_only(demo):
    assert Client().get("/demo/enter/administrator/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/demo/enter/administrator/").status_code == 403


def test_there_is_no_door_to_somebody_else(client, demo, administrator):
    administrator()
    assert client.post("/demo/enter/owner/").status_code == 404


@pytest.mark.parametrize(
    ("change", "request_"),
    [
        ({"DEMO": False}, {}),
        ({"HTTPS": True}, {}),
        ({"DEBUG": True}, {}),
        ({"ALLOWED_HOSTS": ["localhost", "portal.example"]}, {}),
        ({"ALLOWED_HOSTS": ["*"]}, {}),
        ({"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}, {}),
        ({}, {"REMOTE_ADDR": "192.168.1.20"}),
        ({}, {"REMOTE_ADDR": ""}),
        ({}, {"HTTP_X_FORWARDED_FOR": "192.168.1.20"}),
        ({}, {"HTTP_FORWARDED": "for=192.168.1.20"}),
    ],
    ids=str,
)
def test_the_door_is_shut_and_not_shown_wherever_somebody_else_could_stand_before_it(client, demo, change, request_):
    for name, value in change.items():
        setattr(demo, name, value)
    host = {"HTTP_HOST": "localhost"}
    assert client.post("/demo/enter/administrator/", **host, **request_).status_code == 404
    assert "_auth_user_id" not in client.session
    assert b"/demo/enter/" not in client.get("/sign-in/", **host, **request_).content


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ALLOWED_HOSTS": ["localhost", "portal.example"]}, "portal.example"),
        ({"ALLOWED_HOSTS": ["*"]}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS"),
        ({"HTTPS": True}, "PORTAL_HTTPS"),
        ({"DEBUG": True}, "PORTAL_DEBUG"),
        ({"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}, "PORTAL_BEHIND_PROXY"),
    ],
    ids=str,
)
def test_a_system_check_refuses_the_demo_setting_and_says_why(demo, change, reason):
    assert check_door() == []
    for name, value in change.items():
        setattr(demo, name, value)
    (error,) = check_door()
    assert (error.id, error.is_serious()) == ("demo.E001", True)
    assert reason in error.msg
    demo.DEMO = False
    assert check_door() == []


def test_the_personas_hold_one_role_each_and_repeating_it_changes_nothing(demo, firm):
    appoint_personas(firm)
    roles = set(firm.memberships.values_list("user__email", "role", "debtor"))
    # Without a client the others have nothing to be given yet.
    assert roles == {("anke@demo.example", Role.ADMINISTRATOR, None), ("ruben@demo.example", Role.AUDITOR, None)}


def test_nobody_signs_in_as_a_persona_with_a_password(client, demo):
    for password in ("", "!", "demo", "demo-token"):
        client.post("/sign-in/", {"login": "anke@demo.example", "password": password})
        assert "_auth_user_id" not in client.session


def portal(demo: str, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A program with the portal's own settings and addresses."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_ENV_FILE": os.devnull,
        "SECRET_KEY": "x" * 50,
        "VAULT_KEYS": os.environ["VAULT_KEYS"],
        "HASH_KEY": os.environ["HASH_KEY"],
        "AUDIT_KEYS": os.environ["AUDIT_KEYS"],
        "PORTAL_DEMO": demo,
        **more,
    }
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("setting", "there"), [("no", False), ("yes", True)])
def test_the_address_of_the_door_exists_with_the_demo_setting_only(setting, there):
    code = (
        "import django; django.setup()\n"
        "from django.urls import NoReverseMatch, reverse\n"
        "try:\n    print(reverse('demo:enter', args=['administrator']))\nexcept NoReverseMatch:\n    print('none')"
    )
    assert portal(setting, "-c", code).stdout == ("/demo/enter/administrator/\n" if there else "none\n")


def test_no_command_runs_with_the_demo_setting_on_a_real_installation():
    answer = portal("yes", "manage.py", "check")
    assert answer.returncode == 1
    assert "demo.E001" in answer.stderr
    assert portal("yes", "manage.py", "check", PORTAL_HTTPS="no").returncode == 0
