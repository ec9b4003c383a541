"""From the board to a change of several companies in a real browser, and how the mark "check" looks.

PICTURES names a folder for pictures.
"""

import os
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from portal import clock
from portal.deadlines import arranging, states
from portal.deadlines.models import Ending
from portal.deadlines.year_dates import of_year
from portal.periods import PeriodType
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


def test_the_dates_of_a_year_are_pasted_looked_over_and_set(page: Page, live_server: Any, firm, administrator):
    company = make_company(make_debtor(make_environment(firm), "Bakkers", number="1001"), "Noord B.V.")
    fetched_everything(company.debtor)
    states.rewrite([company.pk])
    boss, ends = administrator(language="en"), date(2020, 12, 31)
    arranging.stop(boss, [company.pk], Ending.PENSION, after=ends, reason="Left the fund")
    client = Client()
    client.force_login(boss)
    url, cookie = str(live_server), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": url}])
    letter = of_year(PeriodType.MONTH, clock.today().year)
    for theme, width in (("light", 1440), ("dark", 390)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{url}/companies/{company.pk}/deadlines/")
        expect(page.locator("main")).to_contain_text("No pension return after 31 Dec 2020")
        _is_well(page, f"company-{theme}")
        page.get_by_role("link", name="Enter the dates of a year").click()
        page.get_by_label("Year", exact=True).select_option(str(clock.today().year))
        page.get_by_role("button", name="Show this year").click()
        page.get_by_label("Or paste all dates").fill("\n".join(f"{row.computed:%d-%m-%Y}" for row in letter))
        page.get_by_role("button", name="Set these dates").click()
        expect(page.locator("main")).to_contain_text("Nothing is set yet")
        expect(page.get_by_label(str(letter[11]))).to_have_value(letter[11].computed.isoformat())
        page.get_by_label("Where these dates come from").fill("Letter")
        _is_well(page, f"year-{theme}")
    page.get_by_role("button", name="Set these dates").click()
    expect(page.locator("main")).to_contain_text("are set for 1 company")
    assert company.moveddates.count() == 12


def _is_well(page: Page, name: str) -> None:
    """Nothing runs out of the window, and nothing is out of reach for who does not see it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
