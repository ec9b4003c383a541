"""The components in a real Chromium: nothing breaks the content security policy, axe finds nothing,
nothing sticks out at 390 px, and tables and progress change in place. The page fixture fails on console errors."""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import expect

from portal.ui import menu
from portal.ui.menu import MenuEntry
from tests.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(settings: Any, monkeypatch: pytest.MonkeyPatch, live_server: Any, administrator: Any, page: "Page") -> str:
    """The specimen page, with somebody signed in and a menu of one entry."""
    settings.ROOT_URLCONF = "tests.ui.specimen"
    monkeypatch.setattr(menu, "_entries", {})
    menu.register(MenuEntry("Clients", "specimen", "users"))
    client = Client()
    client.force_login(administrator())
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return f"{live_server.url}/specimen/"


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(address: str, page: "Page", theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(address)
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    page.locator("details.ui-chart-values > summary").click()
    page.locator(".ui-fresh > summary").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_table_sorts_and_turns_its_page_in_place(address: str, page: "Page") -> None:
    page.goto(address)
    page.evaluate("window.stillHere = true")
    page.get_by_role("link", name="Head count").click()
    page.wait_for_url("**/specimen/?sort=people")
    page.locator("th[aria-sort=ascending]").wait_for()
    page.locator(".ui-pages").get_by_role("link", name="2", exact=True).click()
    page.wait_for_url("**/specimen/?sort=people&page=2")
    assert page.evaluate("window.stillHere") is True


def test_a_filter_keeps_the_sort_order(address: str, page: "Page") -> None:
    page.goto(f"{address}?sort=-wage")
    page.get_by_label("Search").fill("bakkerij")
    page.wait_for_url("**/specimen/?q=bakkerij&kind=&sort=-wage")


def test_a_header_clicked_right_after_typing_sorts_what_was_typed(address: str, page: "Page") -> None:
    page.goto(address)
    page.get_by_label("Search").press_sequentially("bakkerij")
    page.get_by_role("link", name="Head count").click()
    page.locator("th[aria-sort=ascending]").wait_for()
    page.wait_for_timeout(800)
    page.wait_for_load_state("networkidle")
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Head count")
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"q": ["bakkerij"], "sort": ["people"]}


def test_leaving_a_field_asks_for_nothing_again(address: str, page: "Page") -> None:
    page.goto(address)
    page.get_by_label("Search").press_sequentially("bakkerij")
    page.wait_for_url("**/specimen/?q=bakkerij*")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/specimen/?" in request.url else None)
    page.get_by_label("Search").blur()
    page.wait_for_timeout(600)
    assert asked == []


def test_the_theme_is_remembered(address: str, page: "Page") -> None:
    page.emulate_media(color_scheme="light")
    page.goto(address)
    page.locator(".ui-user > summary").click()
    page.locator("[data-set-theme=dark]").click()
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_a_chart_is_drawn_in_the_colours_of_the_theme(address: str, page: "Page") -> None:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(address)

    def colours() -> str:
        page.wait_for_timeout(300)
        drawn: str = page.evaluate(
            "Chart.getChart(document.querySelector('canvas[data-chart]')).data.datasets[0].backgroundColor"
        )
        return drawn

    light = colours()
    page.evaluate("window.portalAppearance.setTheme('dark')")
    assert light != colours()


def test_progress_polls_until_the_work_is_finished_and_says_so(address: str, page: "Page") -> None:
    page.goto(address)
    page.locator("#progress-sync:not([hx-get])").wait_for(timeout=5000)
    page.locator("#announcer", has_text="Resync").wait_for(state="attached", timeout=5000)


def test_a_costly_action_asks_first(address: str, page: "Page") -> None:
    page.goto(address)
    dialog = page.locator("dialog#resync")
    page.locator("[data-open-dialog=resync]").click()
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_the_menu_is_a_drawer_on_a_phone(address: str, page: "Page") -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    rail = page.locator("#rail")
    assert not rail.is_visible()
    page.locator(".ui-rail-open").click()
    # The keyboard follows into the drawer, and Escape leads out of it.
    expect(page.locator("#rail:focus, #rail :focus")).to_have_count(1)
    page.keyboard.press("Escape")
    rail.wait_for(state="hidden")


def test_without_script_sorting_and_signing_out_still_work(address: str, page: "Page", chromium: Any) -> None:
    plain = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    quiet = plain.new_page()
    quiet.goto(address)
    assert quiet.locator("#rail").is_visible()
    quiet.locator("thead a", has_text="Head count").click()
    assert quiet.url.endswith("?sort=people")
    quiet.locator(".ui-user > summary").click()
    quiet.locator(".ui-menu-foot button").click()
    assert "/sign-in/" in quiet.url
    plain.close()
