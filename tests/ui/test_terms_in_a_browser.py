"""Explained payroll words in a real browser, as WCAG 2.2 1.4.13 asks: what hover or focus shows can be dismissed,
reached with the pointer, and stays; keys and touch do it too, headings still sort, nothing moves, axe is content.

PICTURES names a folder for pictures.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from portal.accounts.models import Firm, User
from portal.ui.glossary import explanation
from tests.axe import violations
from tests.factories import fetched_everything, make_company, make_debtor, make_environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Long enough for a pointer that rests, and for one that left.
RESTED, LEFT = 600, 500


@pytest.fixture
def clients(page: "Page", live_server: Any, firm: Firm, administrator: Callable[..., User]) -> str:
    """The list of clients, opened by somebody who reads English."""
    debtor = make_debtor(make_environment(firm), "Bakkersgroep", number="1001")
    make_company(debtor, "Brood B.V.")
    fetched_everything(debtor)
    client = Client()
    client.force_login(administrator(language="en"))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    address = f"{live_server.url}/clients/"
    page.goto(address)
    return address


def control(page: "Page", word: str) -> "Locator":
    return page.get_by_role("button", name=f"Explanation: {word}", exact=True)


def shown(page: "Page") -> "Locator":
    return page.locator("#explanation:popover-open")


def test_hover_shows_it_and_it_can_be_reached_and_dismissed(clients: str, page: "Page") -> None:
    before = page.locator("#table thead").bounding_box()
    control(page, "Head count").hover()
    expect(shown(page)).to_have_text(str(explanation("head_count")))
    assert page.locator("#table thead").bounding_box() == before
    # The browser's own tooltip would lie over it.
    assert control(page, "Head count").get_attribute("title") is None
    # The pointer may go onto what it opened, and rest there.
    page.locator("#explanation").hover()
    page.wait_for_timeout(LEFT)
    expect(shown(page)).to_be_visible()
    # Escape takes it away without moving the pointer, and it stays away while the pointer rests.
    page.keyboard.press("Escape")
    expect(shown(page)).to_have_count(0)
    page.wait_for_timeout(RESTED)
    expect(shown(page)).to_have_count(0)
    assert control(page, "Head count").get_attribute("title") == str(explanation("head_count"))
    # The word shows it as well; leaving takes it away.
    page.locator("#table thead a", has_text="Head count").hover()
    expect(shown(page)).to_be_visible()
    page.locator("h1").hover()
    expect(shown(page)).to_have_count(0)


def test_a_pointer_that_passes_shows_nothing(clients: str, page: "Page") -> None:
    control(page, "Head count").hover()
    page.locator("h1").hover()
    page.wait_for_timeout(RESTED)
    expect(shown(page)).to_have_count(0)


def test_the_keyboard_shows_keeps_and_dismisses_it(clients: str, page: "Page") -> None:
    page.locator("#table thead a", has_text="Head count").focus()
    # Arrows go along the headings of a table, and Tab past them.
    page.keyboard.press("ArrowRight")
    expect(control(page, "Head count")).to_be_focused()
    expect(shown(page)).to_have_text(str(explanation("head_count")))
    expect(control(page, "Head count")).to_have_accessible_description(str(explanation("head_count")))
    page.keyboard.press("Escape")
    expect(shown(page)).to_have_count(0)
    expect(control(page, "Head count")).to_be_focused()
    page.keyboard.press("Enter")
    expect(shown(page)).to_be_visible()
    page.keyboard.press("Enter")
    expect(shown(page)).to_have_count(0)
    # Whoever goes on leaves it behind: it does not lie over what has the focus now.
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(shown(page)).to_have_count(0)


def test_a_press_keeps_it_until_the_next_one(clients: str, page: "Page") -> None:
    control(page, "Head count").click()
    page.locator("h1").hover()
    page.wait_for_timeout(LEFT)
    expect(shown(page)).to_be_visible()
    control(page, "Joiners").click()
    expect(shown(page)).to_have_text(str(explanation("joiner")))
    control(page, "Joiners").click()
    expect(shown(page)).to_have_count(0)
    control(page, "Joiners").click()
    page.locator("h1").click()
    expect(shown(page)).to_have_count(0)


def test_a_heading_with_a_term_still_sorts_in_place(clients: str, page: "Page") -> None:
    page.evaluate("window.stillHere = true")
    page.locator("#table thead a", has_text="Head count").click()
    page.wait_for_url("**/clients/?sort=head_count")
    page.locator("th[aria-sort=ascending]").wait_for()
    # What came in place of the old table explains its words as well.
    control(page, "Head count").click()
    expect(shown(page)).to_be_visible()
    assert page.url.endswith("?sort=head_count")
    assert page.evaluate("window.stillHere") is True


def test_a_finger_opens_and_closes_it_and_it_fits_on_a_phone(clients: str, page: "Page", chromium: "Browser") -> None:
    phone = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="nl-NL")
    phone.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    held = phone.new_page()
    held.goto(clients)
    control(held, "Client").or_(control(held, "Head count")).first.scroll_into_view_if_needed()
    control(held, "Head count").tap()
    expect(shown(held)).to_be_visible()
    box = shown(held).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    small = control(held, "Head count").bounding_box()
    assert small is not None
    assert min(small["width"], small["height"]) >= 24
    if folder := os.environ.get("PICTURES"):
        held.screenshot(path=f"{folder}/term-phone.png")
    control(held, "Head count").tap()
    expect(shown(held)).to_have_count(0)
    phone.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_to_say_while_it_is_open(clients: str, page: "Page", theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    control(page, "Contract wage a month (€)").click()
    expect(shown(page)).to_be_visible()
    assert violations(page) == []
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/term-{theme}.png")


def test_without_script_it_is_the_title_of_the_control(clients: str, page: "Page", chromium: "Browser") -> None:
    plain = chromium.new_context(java_script_enabled=False)
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    quiet = plain.new_page()
    quiet.goto(clients)
    assert control(quiet, "Head count").get_attribute("title") == str(explanation("head_count"))
    assert not quiet.locator("#explanation").is_visible()
    plain.close()
