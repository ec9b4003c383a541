"""One visit, as README promises it: the demo's own programs, sign-in, clients, a client, a person, a date, a resync.

The page fixture fails the test on console errors, script errors and reports of the content security policy.
"""

import os
import re
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.axe import violations
from tests.demo.running import Demo, free_port
from tests.demo.test_demo import processes_with

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("visit") / "demo"
    running = Demo(folder, free_port(), free_port())
    try:
        running.wait_until_open()
        yield running
        assert running.stop() == 0
    finally:
        for pid in processes_with(str(folder)):
            os.kill(pid, signal.SIGKILL)
        running.end()


def test_from_sign_in_to_a_finished_resync(demo: Demo, page: "Page") -> None:
    page.goto(demo.address)
    assert violations(page) == []
    page.get_by_role("button", name=re.compile("Sjoerd Hofstra")).click()

    expect(page.locator("h1")).to_be_visible()
    companies = page.locator("table.ui-table tbody tr")
    expect(companies.first).to_be_visible()
    assert companies.count() >= 3
    assert violations(page) == []

    page.locator("nav a[href='/calendar/']").first.click()
    page.wait_for_url(re.compile(r"/calendar/"))
    expect(page.locator(".ui-month-grid")).to_be_visible()
    assert violations(page) == []

    page.locator("nav a[href='/clients/']").first.click()
    page.wait_for_url(re.compile(r"/clients/$"))
    clients = page.locator("table.ui-table tbody tr")
    expect(clients.first).to_be_visible()
    assert violations(page) == []

    clients.filter(has=page.get_by_text("4W")).or_(clients).first.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/clients/\d+/"))
    expect(page.locator(".ui-figure-value").first).to_have_text(re.compile(r"\d"))
    expect(page.locator("canvas").first).to_be_visible()
    assert violations(page) == []
    client_page = page.url

    page.locator("a[href$='/employees/']").last.click()
    page.wait_for_url(re.compile("/employees/"))
    people = page.locator("table.ui-table tbody tr")
    expect(people.first).to_be_visible()
    assert violations(page) == []
    people.first.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/employees/\d+/"))
    assert violations(page) == []

    page.evaluate("window.sameDocument = true")
    page.locator("input[type=date]").first.fill("2025-01-31")
    page.locator("input[type=date]").first.press("Enter")
    page.wait_for_url(re.compile("on=2025-01-31"))
    expect(page.locator("input[type=date]").first).to_have_value("2025-01-31")

    page.goto(client_page)
    button = re.compile("Ververs|Haal|Resync|opnieuw", re.IGNORECASE)
    page.get_by_role("button", name=button).first.click()
    page.get_by_role("dialog").get_by_role("button", name=button).click()
    expect(page.locator("progress")).to_be_visible()
    expect(page.get_by_text(re.compile("Klaar:"))).to_be_visible(timeout=90_000)
    expect(page.locator("progress")).to_have_attribute("value", "100")
    assert violations(page) == []
