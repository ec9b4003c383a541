"""What pages say on paper: whose they are, the filter, the period or day, how old the data is, who printed it and when;
charts with their values, headings on every page, and nothing that can only be pressed.

PICTURES names a folder for the printed pages.
"""

import os
import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from portal.accounts.models import Firm, User
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_salary,
    make_schedule,
    summed,
)

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COLOUR = "one => getComputedStyle(one).color"
TIME = re.compile(r"\d{1,2} \w{3,4} \d{4} \d{2}:\d{2}")


@pytest.fixture
def debtor(page: "Page", live_server: Any, firm: Firm, administrator: Callable[..., User]) -> Debtor:
    """A client with sixty people, looked at by somebody who reads English and likes it dark."""
    debtor = make_debtor(make_environment(firm), "Bakkersgroep", number="1001")
    company = make_company(debtor, "Brood B.V.")
    for number in range(60):
        person = make_person(company, f"Person {number:02d}")
        make_employment(person, date(2024, 1, 1))
        make_salary(person, str(2500 + number), date(2024, 1, 1))
        make_schedule(person, date(2024, 1, 1))
    fetched_everything(debtor)
    summed(company)
    client = Client()
    client.force_login(administrator(language="en"))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return debtor


def on_paper(page: "Page", name: str) -> "Locator":
    """The page as it is printed."""
    page.wait_for_load_state("networkidle")
    if folder := os.environ.get("PICTURES"):
        page.pdf(path=f"{folder}/{name}.pdf", prefer_css_page_size=True)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.set_viewport_size({"width": 703, "height": 1000})
    page.emulate_media(media="print")
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    return page.locator("body")


def says_whose_and_how_old(page: "Page") -> None:
    paper = page.locator("body").inner_text()
    assert "Kantoor Test" in paper
    assert re.search(r"Data from Nmbrs: .*; oldest part of \d+ \w+ \d{4} \d{2}:\d{2}", paper)
    assert re.search(rf"Printed by Administrator {TIME.pattern}", paper)
    for pressed in (".ui-rail", ".ui-topbar", ".ui-filters", ".ui-tools summary", ".ui-main .btn", ".ui-term-open"):
        expect(page.locator(pressed).locator("visible=true")).to_have_count(0)
    assert page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"
    # Dark letters, in whatever look the page was.
    assert page.evaluate("getComputedStyle(document.querySelector('main h1')).color") in (
        "rgb(0, 0, 0)",
        "rgb(16, 24, 40)",
    )


def test_a_list_says_its_filter_its_day_and_its_pages(debtor: Debtor, page: "Page", live_server: Any) -> None:
    page.goto(f"{live_server.url}/clients/{debtor.pk}/employees/?on=2026-11-22")
    assert page.locator(".ui-print").locator("visible=true").count() == 0
    # The filter is changed without loading the page; the paper says what the table shows.
    page.fill("#filters-table input[name=q]", "Person")
    page.wait_for_url("**q=Person**")
    # Fourteen columns lie on their side: a sheet of A4 is 842 points wide then.
    assert re.search(rb"/MediaBox ?\[0 0 84\d", page.pdf(prefer_css_page_size=True))
    on_paper(page, "people")
    says_whose_and_how_old(page)
    expect(page.locator(".ui-print-filter")).to_have_text(re.compile("^Filters: .*Search: Person"))
    expect(page.locator(".ui-printed")).to_contain_text("Bakkersgroep")
    expect(page.locator(".ui-subtitle").first).to_contain_text("22 Nov 2026")
    expect(page.locator(".ui-table-foot")).to_contain_text("of 60 people")
    # Nothing is cut off at the side or kept in a box that scrolls; headings come on every page, the total once.
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.ui-table-region > .ui-scroll')).maxHeight") == "none"
    )
    display = "part => getComputedStyle(document.querySelector(`.ui-table > ${part}`)).display"
    assert page.evaluate(display, "thead") == "table-header-group"
    assert page.evaluate(display, "tfoot") == "table-row-group"
    assert page.evaluate("getComputedStyle(document.querySelector('.ui-table tbody tr')).breakInside") == "avoid"


def test_a_list_without_a_filter_says_none_and_its_total_once(debtor: Debtor, page: "Page", live_server: Any) -> None:
    page.goto(f"{live_server.url}/clients/")
    on_paper(page, "clients")
    says_whose_and_how_old(page)
    expect(page.locator(".ui-print-filter")).to_have_count(0)
    assert page.locator("#table tfoot").evaluate("one => getComputedStyle(one).display") == "table-row-group"


def test_a_dashboard_prints_its_charts_with_their_values(debtor: Debtor, page: "Page", live_server: Any) -> None:
    page.goto(f"{live_server.url}/clients/{debtor.pk}/?month=2026-11")
    values = page.locator(".ui-chart-values table").first
    assert not values.is_visible()
    on_paper(page, "dashboard")
    says_whose_and_how_old(page)
    expect(page.locator(".ui-main")).to_contain_text("November 2026")
    expect(values).to_be_visible()
    # The chart itself is drawn in the colours of paper.
    assert page.locator("html").get_attribute("data-bs-theme") == "light"


def test_a_chart_prints_its_values_without_script(
    debtor: Debtor, page: "Page", chromium: Any, live_server: Any
) -> None:
    plain = chromium.new_context(java_script_enabled=False, color_scheme="dark")
    plain.add_cookies(page.context.cookies())
    quiet = plain.new_page()
    quiet.goto(f"{live_server.url}/clients/{debtor.pk}/?month=2026-11")
    quiet.emulate_media(media="print")
    expect(quiet.locator(".ui-chart-values table").first).to_be_visible()
    expect(quiet.locator("body")).to_contain_text("Printed by Administrator")
    plain.close()


def test_the_page_of_a_person_says_the_day_and_where_they_work(debtor: Debtor, page: "Page", live_server: Any) -> None:
    person = Employee.objects.order_by("pk").first()
    assert person is not None
    page.goto(f"{live_server.url}/employees/{person.pk}/?on=2026-11-22")
    on_paper(page, "person")
    says_whose_and_how_old(page)
    expect(page.locator(".ui-printed")).to_contain_text("Brood B.V.")
    expect(page.locator("#facts h2")).to_have_text(re.compile("As of 22 Nov 2026"))
