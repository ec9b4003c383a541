"""From the board to a change of several companies in a real browser, and how the mark "check" looks.

PICTURES names a folder for pictures.
"""

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from portal.deadlines import states
from tests.factories import fetched_everything, make_company, make_debtor, make_environment, make_return, make_run

pytestmark = pytest.mark.browser


def test_the_board_leads_to_the_change_of_what_it_shows(page: Page, live_server: Any, firm, administrator):
    environment = make_environment(firm)
    debtors = [
        make_debtor(environment, name, number=number) for name, number in (("Bakkers", "1001"), ("Slagers", "2"))
    ]
    made = [make_company(debtor, name) for debtor in debtors for name in ("Noord B.V.", "Zuid B.V.")]
    for debtor in debtors:
        fetched_everything(debtor)
    make_run(made[0], 2026, 9, locked=True)
    make_return(made[0], 2026, 9)
    states.rewrite([one.pk for one in made])
    client = Client()
    client.force_login(administrator(language="en"))
    url, name = str(live_server), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])

    # The way follows the filter, also one that was set without loading the page.
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{url}/")
    expect(page.locator("#coverage")).to_contain_text("Assign these 4 companies")
    page.fill("#filters-table input[name=q]", "Bakkers")
    expect(page.locator("#coverage")).to_contain_text("Assign these 2 companies")
    page.locator("#coverage a").click()
    expect(page.get_by_label("All 2 of this filter, also on other pages")).to_be_checked()
    page.get_by_label("Due date of a wage-tax return").select_option(index=1)
    page.get_by_label("New due date").fill("2026-12-30")
    page.get_by_label("Reason", exact=False).fill("Letter")
    page.get_by_role("button", name="See what will change").click()
    expect(page.locator("main")).to_contain_text("This covers 2 companies: all of the filter")

    looked_at = (
        ("light", 1440, {"board": "/", "client": f"/clients/{debtors[0].pk}/"}),
        ("dark", 390, {"calendar": f"/calendar/?client={debtors[0].pk}", "several": "/deadlines/?covers=all"}),
    )
    for theme, width, addresses in looked_at:
        page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        for of, address in addresses.items():
            page.goto(f"{url}{address}")
            if folder := os.environ.get("PICTURES"):
                page.screenshot(path=f"{folder}/{of}-{theme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), of
            found = Axe().run(page)
            assert not found.response["violations"], found.generate_report()


def test_the_month_and_what_is_late_follow_a_filter_that_is_typed(page: Page, live_server: Any, firm, administrator):
    environment = make_environment(firm)
    for name, number in (("Bakkers", "1001"), ("Slagers", "2")):
        debtor = make_debtor(environment, name, number=number)
        made = make_company(debtor, f"{name} B.V.")
        fetched_everything(debtor)
        make_run(made, 2026, 9, locked=True)
        make_return(made, 2026, 9)
        states.rewrite([made.pk])
    client = Client()
    client.force_login(administrator(language="en"))
    url, cookie = str(live_server), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": url}])

    for theme, width in (("light", 1440), ("dark", 390)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{url}/calendar/")
        late = page.locator(".ui-panel", has_text="Late from earlier months")
        expect(late.locator("li")).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = Axe().run(page)
        assert not found.response["violations"], found.generate_report()
    # Without loading the page: the list, the month and what is late say the same.
    page.set_viewport_size({"width": 1440, "height": 900})
    day = page.locator(".ui-day-entry", has_text="pay day")
    expect(day).to_contain_text("pay day 2")
    page.fill("#filters-table input[name=q]", "Slagers")
    expect(late.locator("li")).to_have_count(1)
    expect(day).not_to_contain_text("pay day 2")
    page.fill("#filters-table input[name=q]", "nobody")
    expect(late).to_have_count(0)
    expect(page.locator(".ui-day-entry")).to_have_count(0)
