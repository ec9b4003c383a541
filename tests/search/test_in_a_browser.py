"""Search by keyboard in a real browser: opened, chosen, closed, and nothing that axe objects to.

PICTURES names a folder for pictures.
"""

import os
from itertools import count

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PICTURES = count(1)


@pytest.fixture
def open_page(page, live_server, office, boss):
    """`open_page(address)`: the page of the portal for an administrator who reads English."""
    client = Client()
    client.force_login(boss)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    def go(address):
        page.goto(live_server.url + address)
        return page

    return go


def assert_accessible(page):
    for theme in ("light", "dark"):
        page.evaluate("theme => window.portalAppearance.setTheme(theme)", theme)
        violations = Axe().run(page, "#search, #search-found, .ui-search-opener").response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == [], theme
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/search-{page.viewport_size['width']}-{theme}-{next(PICTURES)}.png")


def test_somebody_finds_and_opens_a_person_without_touching_the_mouse(open_page, office):
    page = open_page("/employees/")
    field, dialog = page.get_by_role("combobox", name="Search by name or number"), page.locator("#search")
    page.get_by_role("link", name="Skip to the content").focus()
    for keys in ("Control+k", "Control+Space", "/"):
        page.keyboard.press(keys)
        expect(dialog).to_be_visible()
        expect(field).to_be_focused()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type("berg")
    expect(page.locator("#search-status")).to_have_text("2 results")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(field).to_have_attribute("aria-activedescendant", "search-option-0")
    assert_accessible(page)
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "search-option-1")
    expect(dialog.get_by_role("option", selected=True)).to_contain_text("Steenbergen, K.")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "search-option-0")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Steenbergen, K.")

    # Enter before the answer has come opens what that answer begins with, not what stood there before.
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Steenbergen, K.")).to_be_visible()
    page.keyboard.type("postma")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Postma, W.")


def test_in_a_field_the_key_is_a_letter_and_it_can_be_switched_off(open_page):
    page = open_page("/employees/")
    page.get_by_label("Search", exact=True).press("/")
    expect(page.locator("#search")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.get_by_label("The key / opens search").uncheck()
    page.keyboard.press("Escape")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_hidden()
    page.reload()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_hidden()


def test_the_page_of_results_follows_what_is_typed_and_fits_a_phone(open_page):
    page = open_page("/search/?q=hendriks")
    page.set_viewport_size({"width": 390, "height": 800})
    page.evaluate("window.sameDocument = true")
    expect(page.get_by_role("link", name="Garage Hendriks 2001")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("searchbox").fill("bergxyz")
    expect(page.get_by_text("Nothing found", exact=True)).to_be_visible()
    page.get_by_role("searchbox").fill("berg")
    expect(page.locator("#announcer")).to_have_text("2 results")
    expect(page).to_have_url(page.url.split("?")[0] + "?q=berg")
    assert page.evaluate("window.sameDocument")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.locator(".ui-search-opener").click()
    page.keyboard.type("ozdemri")
    expect(page.locator("#search-option-0")).to_be_visible()
    assert_accessible(page)
    expect(page.locator("#search-input")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
