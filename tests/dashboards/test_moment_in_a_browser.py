"""Stepping back in a real browser: August stays August from the list of clients to a person and up again."""

import os
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client as Browser
from playwright.sync_api import Page

from portal.accounts.models import Firm, User
from portal.deadlines import states
from tests.dashboards.test_moment import Office

pytestmark = pytest.mark.browser


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/moment-{name}.png", full_page=True)


def test_a_month_is_kept_down_to_a_person_and_up_again(
    page: Page, live_server: object, firm: Firm, administrator: Callable[..., User]
) -> None:
    client = Browser()
    client.force_login(administrator(language="en"))
    office = Office(firm, client)
    url, name = str(live_server), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    page.goto(f"{url}/clients/?month=2026-08")
    picture(page, "clients")
    page.locator("tbody a").first.click()
    page.wait_for_url(f"**/clients/{office.debtor.pk}/?month=2026-08")
    picture(page, "client")
    page.locator("tbody a", has_text="Monthly").first.click()
    page.wait_for_url(f"**/companies/{office.monthly.pk}/?period=2026-08")
    page.locator("tbody a", has_text="Joined in August").first.click()
    page.wait_for_url(f"**/employees/{office.person.pk}/?on=2026-08-31")
    # Another day is swapped in without a new page; the way up and the menu go along.
    with page.expect_response("**on=2026-09-15**"):
        page.locator("#on").fill("2026-09-15")
        page.locator("#on").dispatch_event("change")
    # So does the menu; changing the language comes back to the day that is shown.
    page.locator('#rail a[href="/clients/?month=2026-09"]').wait_for()
    assert "on=2026-09-15" in page.locator('#language input[name="next"]').get_attribute("value")
    page.locator(f'.ui-crumbs a[href="/companies/{office.monthly.pk}/?period=2026-09"]').click()
    page.wait_for_url(f"**/companies/{office.monthly.pk}/?period=2026-09")


def test_what_the_board_looks_back_is_kept_to_other_pages_and_back(
    page: Page, live_server: object, firm: Firm, administrator: Callable[..., User]
) -> None:
    client = Browser()
    client.force_login(administrator(language="en"))
    office = Office(firm, client)
    states.rewrite([office.monthly.pk, office.weekly.pk])
    url, name = str(live_server), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    menu = page.locator(".ui-rail")
    page.goto(url)
    for back in (1, 2):
        page.get_by_role("link", name="One period back").click()
        page.wait_for_url(f"**/?back={back}")
    menu.get_by_role("link", name="Calendar").click()
    page.wait_for_url("**/calendar/?month=2026-09")
    picture(page, "calendar")
    page.get_by_role("link", name="Previous month").click()
    page.wait_for_url("**/calendar/?month=2026-08*")
    menu.get_by_role("link", name="Clients").click()
    page.wait_for_url("**/clients/?month=2026-08")
    menu.get_by_role("link", name="Start").click()
    page.wait_for_url("**/?on=2026-08-31")
    picture(page, "board")
    page.locator("tbody a", has_text="Weekly").first.click()
    page.wait_for_url(f"**/companies/{office.weekly.pk}/?period=2026-09")
    menu.get_by_role("link", name="Start").click()
    # The last day of those four weeks.
    page.wait_for_url("**/?on=2026-09-06")
    page.get_by_role("link", name="Current period").click()
    page.wait_for_url("**/?on=")
    menu.get_by_role("link", name="Calendar").click()
    page.wait_for_url("**/calendar/")
