"""Variance in a real browser: other sides and bands are chosen by hand, and it can be read at both widths."""

import os
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client as Browser
from playwright.sync_api import Page

from portal.accounts.models import User
from portal.companies.models import Company
from portal.employees.models import Employee
from tests.dashboards.test_variance import booked, company, office

__all__ = ["company", "office"]

pytestmark = pytest.mark.browser


def test_sides_and_bands_are_chosen_and_it_can_be_read_on_a_phone(
    page: Page, live_server: object, company: Company, office: Employee, administrator: Callable[..., User]
) -> None:
    for name, debit in (("Code 1", "1220"), ("Code 2", "-102.01"), ("Code 3", "90")):
        booked(company, 10, name, debit)
    client = Browser()
    client.force_login(administrator(language="nl"))
    url, name = str(live_server), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    page.goto(f"{url}/companies/{company.pk}/variance/")
    page.locator("#side-before").select_option("2026-08")
    page.locator("#band-large").fill("2,25")
    page.locator("#band-large").press("Enter")
    page.wait_for_url("**against=2026-08**")
    assert page.locator("#band-large").input_value() == "2,25"
    page.locator("tbody a", has_text="Code 1").first.click()
    page.wait_for_url("**code=1**")
    page.locator("tbody a", has_text="A. Vast").click()
    page.wait_for_url("**employee=**")
    for theme in ("light", "dark"):
        page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            for path in ("", "?level=employee", "?against=2026-01"):
                if path and theme == "dark":
                    continue
                page.goto(f"{url}/companies/{company.pk}/variance/{path}")
                fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
                assert page.evaluate(fits), (width, path)
                if folder := os.environ.get("PICTURES"):
                    page.screenshot(path=f"{folder}/variance-{width}-{theme}-{path[1:6]}.png", full_page=True)
