"""The sign-in page of the demo in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.accounts import doors
from portal.accounts.models import User
from portal.connections.models import Environment
from portal.demo.firm import appoint_personas
from portal.demo.personas import PERSONAS
from portal.demo.views import offer

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.demo.whole")]


@pytest.fixture
def address(settings, monkeypatch, transactional_db, firm, live_server) -> str:
    settings.DEMO = True
    settings.HTTPS = False
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["localhost"]
    monkeypatch.setattr(doors, "_doors", [doors.Door("demo/door.html", offer)])
    appoint_personas(firm)
    # Without a connection an administrator begins with making one.
    Environment.objects.create(firm=firm, domain="demo")
    return f"{live_server.url}/sign-in/"


def test_one_click_on_a_person_opens_the_portal(page, address):
    page.goto(address)
    page.get_by_role("button", name="Anke de Boer").click()
    page.get_by_role("heading", level=1, name="Start", exact=True).wait_for()
    assert page.locator("header .ui-user-name").inner_text() == "Anke de Boer"


def test_a_wrong_password_is_said_where_one_looks_and_the_address_stays_filled_in(page, address):
    User.objects.create_user("sofie@test.example", "Sofie", "a-good-password")
    page.goto(address)
    page.fill("#id_login", "sofie@test.example")
    page.fill("#id_password", "wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.input_value("#id_login") == "sofie@test.example"
    page.fill("#id_password", "a-good-password")
    page.keyboard.press("Enter")
    # Somebody without a second step has to set one up first.
    page.wait_for_url("**/account/enrol/")


def test_everything_can_be_reached_by_keyboard_in_reading_order(page, address):
    page.goto(address)
    seen = []
    for _ in range(20):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("(document.activeElement.id || document.activeElement.innerText).trim()"))
    first = seen.index("Anke de Boer")
    expected = [*(persona.name for persona in PERSONAS), "id_login", "id_password"]
    assert seen[first : first + len(expected)] == expected


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_nothing_hinders_anybody(page, address, width, scheme):
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
