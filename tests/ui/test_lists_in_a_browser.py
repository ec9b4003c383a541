"""Lists in a real browser: columns by keyboard, a view on a phone, a file, and a choice that says what it covers.

PICTURES names a folder for pictures.
"""

import os
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from portal.accounts.models import Firm, Team, TeamDebtor, User
from portal.debtors.models import DebtorTag
from tests.factories import fetched_everything, make_company, make_debtor, make_environment, mirrored

pytestmark = pytest.mark.browser


def test_columns_views_files_and_what_a_choice_covers(
    page: Page, live_server: Any, firm: Firm, administrator: Callable[..., User]
) -> None:
    environment = make_environment(firm)
    for number in range(4):
        debtor = make_debtor(environment, f"Client {number}", number=f"{1001 + number}")
        make_company(debtor, f"Company {number} B.V.")
        fetched_everything(debtor)
    client = Client()
    client.force_login(administrator(language="en"))
    url, name = str(live_server), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])

    # By keyboard: filter, then open the columns, untick one, show.
    page.goto(f"{url}/clients/")
    page.fill("#filters-table input[name=q]", "Client 1")
    expect(page.locator("#table tbody tr")).to_have_count(1)
    page.locator(".ui-tools summary", has_text="Columns").focus()
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Joiners").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Show these").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#table thead", has_text="Head count")).to_be_visible()
    expect(page.locator("#table thead", has_text="Joiners")).to_have_count(0)
    # The filter that was set without loading the page went along.
    expect(page.locator("#table tbody tr")).to_have_count(1)

    # On a phone, in both themes: nothing sticks out and axe has nothing to say.
    for theme in ("dark", "light"):
        page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 844})
            page.reload()
            for tool in ("View", "Columns", "Export"):
                page.locator(".ui-tools summary", has_text=tool).click()
                if folder := os.environ.get("PICTURES"):
                    page.screenshot(path=f"{folder}/{tool}-{theme}-{width}.png")
                assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            found = Axe().run(page, context="#table")
            assert not found.response["violations"], found.generate_report()

    page.locator(".ui-tools summary", has_text="View").click()
    page.get_by_label("Keep what is shown").fill("One client")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator(".ui-tools summary", has_text="View: One client")).to_be_visible()
    page.locator(".ui-tools summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    with download.value.path().open("rb") as file:
        rows = list(openpyxl.load_workbook(file).active.values)
    assert [row[0] for row in rows[-2:]] == ["Client 1", "Total"]
    assert "Joiners" not in rows[-3]

    # What a change of several covers follows the filter and the ticks.
    page.set_viewport_size({"width": 1440, "height": 844})
    page.goto(f"{url}/deadlines/")
    coverage = page.locator("#coverage")
    expect(coverage).to_contain_text("All 4 in the list")
    page.locator("#table tbody input[type=checkbox]").first.check()
    expect(coverage).to_contain_text("(1 of 4 in the list)")
    page.get_by_role("button", name="Tick or untick all").click()
    expect(coverage).to_contain_text("(4 of 4 in the list)")
    page.fill("#filters-table input[name=q]", "Company 2")
    expect(coverage).to_contain_text("All 1 of this filter")
    expect(coverage).to_contain_text("(0 of 1 in the list)")
    assert page.locator("#coverage input[name=filter]").input_value() == "q=Company+2"
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.fixture
def office(page: Page, live_server: Any, firm: Firm, administrator: Callable[..., User]) -> str:
    """The address of the portal, with somebody signed in who has sixty clients."""
    environment = make_environment(firm)
    for number in range(60):
        debtor = make_debtor(environment, f"Client {number:02}", number=f"{1001 + number}")
        make_company(debtor, f"Company {number:02} B.V.")
        fetched_everything(debtor)
    client = Client()
    client.force_login(administrator(language="en"))
    url, name = str(live_server), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return url


def has_focus(page: Page, text: str) -> None:
    """A link with this text has the focus, and is to be seen."""
    there = page.locator(":focus")
    expect(there).to_have_text(text)
    expect(there).to_be_in_viewport()


def test_a_table_by_keyboard(page: Page, office: str) -> None:
    keys = page.keyboard
    page.goto(f"{office}/clients/?per_page=25")
    table = page.locator("#table .ui-scroll")
    # The table, its headings, a row, then what is below it: four stops, not one for each link.
    table.focus()
    for place in ("thead a", "tbody tr:first-child th a"):
        keys.press("Tab")
        expect(page.locator(f"#table {place}").first).to_be_focused()
    keys.press("Tab")
    assert page.evaluate("!document.activeElement.closest('.ui-scroll')")
    keys.press("Shift+Tab")
    has_focus(page, "Client 00")

    # Rows: up, down, by leaps, to both ends; letters as well.
    for key, name in (
        ("ArrowDown", "Client 01"),
        ("j", "Client 02"),
        ("k", "Client 01"),
        ("PageDown", "Client 11"),
        ("PageUp", "Client 01"),
        ("End", "Client 24"),
        ("ArrowDown", "Client 24"),
        ("Home", "Client 00"),
    ):
        keys.press(key)
        has_focus(page, name)

    # Above the first row are the headings; Enter sorts, and the focus stays where it was.
    keys.press("ArrowUp")
    keys.press("ArrowRight")
    keys.press("ArrowLeft")
    expect(page.locator("#table thead a").first).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#table tbody th a").first).to_have_text("Client 00")
    expect(page.locator("#table thead th[aria-sort]")).to_have_count(1)
    expect(page.locator("#table thead a").first).to_be_focused()

    # Pages: forth and back, the focus on the first row.
    keys.press("ArrowDown")
    keys.press("n")
    has_focus(page, "Client 25")
    keys.press("p")
    has_focus(page, "Client 00")
    keys.press("p")
    has_focus(page, "Client 00")

    # What the keys are is said while the table has the focus, and in full by ?.
    hint, help_ = page.locator("#table-keys-hint"), page.locator("#table-keys")
    expect(hint).to_be_visible()
    assert table.get_attribute("aria-describedby") == "table-keys-hint"
    keys.press("?")
    expect(help_).to_be_visible()
    assert not Axe().run(page).response["violations"]
    keys.press("j")
    keys.press("Escape")
    expect(help_).to_be_hidden()
    has_focus(page, "Client 00")

    # Escape leaves, and outside of the table a letter is a letter, and nothing.
    keys.press("Escape")
    expect(table).to_be_focused()
    keys.press("Escape")
    expect(page.locator("#main")).to_be_focused()
    expect(hint).to_be_hidden()
    for key in ("j", "n", "x", "?"):
        keys.press(key)
    expect(page.locator("#main")).to_be_focused()
    expect(help_).to_be_hidden()
    field = page.locator("#filters-table input[name=q]")
    field.focus()
    keys.type("jxn?")
    expect(field).to_have_value("jxn?")
    expect(page.locator("#table")).to_contain_text("Nothing matches this filter")

    # Enter opens. With a modifier a key is the browser's.
    page.goto(f"{office}/clients/")
    page.locator("#table tbody th a").nth(4).focus()
    keys.press("Control+ArrowDown")
    has_focus(page, "Client 04")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Client 05")


def test_rows_are_ticked_by_keyboard(page: Page, office: str) -> None:
    keys = page.keyboard
    page.goto(f"{office}/deadlines/")
    boxes = page.locator("#table tbody input[type=checkbox]")
    page.locator("#table .ui-scroll").focus()
    keys.press("ArrowDown")
    keys.press("x")
    expect(boxes.nth(0)).to_be_checked()
    keys.press("ArrowDown")
    keys.press("Space")
    expect(boxes.nth(1)).to_be_checked()
    expect(page.locator("#coverage")).to_contain_text("(2 of 60 in the list)")
    keys.press("x")
    expect(boxes.nth(1)).not_to_be_checked()
    # On the box itself Space ticks as ever, and Enter opens the row, where it would send the form off.
    keys.press("Shift+Tab")
    expect(boxes.nth(1)).to_be_focused()
    keys.press("Space")
    expect(boxes.nth(1)).to_be_checked()
    name = page.locator("#table tbody tr").nth(1).locator("a").first.inner_text()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_without_its_script_every_link_of_a_table_is_a_stop(page: Page, office: str) -> None:
    page.route("**/keys*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{office}/clients/?per_page=25")
    assert stops_of(page.locator("#table .ui-scroll")) > 30
    page.unroute("**/keys*.js")
    page.goto(f"{office}/clients/?per_page=25")
    assert stops_of(page.locator("#table .ui-scroll")) == 2


def stops_of(table: Locator) -> int:
    """The stops of Tab within a table."""
    return int(
        table.evaluate("one => [...one.querySelectorAll('a, button, input')].filter(e => e.tabIndex === 0).length")
    )


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_filters_of_the_board_take_two_lines_at_most_and_its_buttons_stand_together(
    page: Page, live_server: Any, firm: Firm, administrator: Callable[..., User], language: str
) -> None:
    environment = make_environment(firm)
    debtor = make_debtor(environment)
    make_company(debtor)
    # With a team and a tag to choose from, all filters are there.
    TeamDebtor.objects.create(team=Team.objects.create(firm=firm, name="Salarisadministratie Noord"), debtor=debtor)
    mirrored(DebtorTag, environment, debtor=debtor, number=1, text="Wekelijks overleg", valid_from=date(2026, 1, 1))
    fetched_everything(debtor)
    client = Client()
    client.force_login(administrator(language=language))
    url, name = str(live_server), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])

    def ends(what: str) -> set[int]:
        bottom = "all => all.map(one => Math.round(one.getBoundingClientRect().bottom))"
        found: list[int] = page.locator(what).evaluate_all(bottom)
        return set(found)

    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(url)
    assert page.locator(".ui-filter").count() == 11
    assert len(ends(".ui-filter, .ui-filters-acts > *")) == 2
    assert len(ends(".ui-filters-acts > *")) == 1
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".ui-filters-fold > summary").click()
    assert len(ends(".ui-filter")) == 11
    assert len(ends(".ui-filters-acts > *")) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
