"""Lists in a real browser: columns by keyboard, a view on a phone, a file, and a choice that says what it covers.

PICTURES names a folder for pictures.
"""

import os
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from portal.accounts.models import Firm, User
from tests.factories import fetched_everything, make_company, make_debtor, make_environment

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
