"""Changes in a real browser: found by the number in the menu, marked, and readable at both widths in both themes."""

import os
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client as Browser
from playwright.sync_api import Page

from portal import clock
from portal.accounts.models import Firm, User
from portal.mirror.models import Change, ChangeKind
from tests.factories import fetched_everything, make_company, make_debtor, make_environment, make_person

pytestmark = pytest.mark.browser


def test_what_is_new_is_found_read_and_marked(
    page: Page, live_server: object, firm: Firm, administrator: Callable[..., User]
) -> None:
    environment = make_environment(firm)
    now = clock.now()
    for name in ("Bakkerij De Gouden Aar", "Zaagmolen De Eenhoorn en Zonen te Westerwijtwerd"):
        debtor = make_debtor(environment, name)
        company = make_company(debtor, f"{name} B.V.")
        person = make_person(company, "J. de Vries-van den Broek")
        fetched_everything(debtor)
        for resource, field, old, new in (
            ("salaries", "amount", "3000", "3200.5"),
            ("contracts", "end_date", "", "2027-03-31"),
            ("bank_accounts", "iban", "", ""),
        ):
            Change.objects.create(
                environment=environment,
                debtor=debtor,
                company=company,
                employee=person,
                resource=resource,
                row_key=field,
                field=field,
                old=old,
                new=new,
                kind=ChangeKind.CHANGED,
                sensitive=field == "iban",
                effective=date(2026, 12, 1),
                learned_at=now - timedelta(hours=1),
            )
    client = Browser()
    client.force_login(administrator(language="nl"))
    url, name = str(live_server), settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    page.goto(f"{url}/clients/{debtor.pk}/")
    page.locator(".ui-rail-number", has_text="6").wait_for()
    for theme in ("light", "dark"):
        page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            for address in ("/changes/", f"/changes/{debtor.pk}/", f"/clients/{debtor.pk}/"):
                page.goto(url + address)
                if folder := os.environ.get("PICTURES"):
                    page.screenshot(
                        path=f"{folder}/{address.strip('/').replace('/', '-')}-{theme}-{width}.png", full_page=True
                    )
                assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{url}/changes/")
    page.locator(f'form[action="/changes/{debtor.pk}/seen/"] button').click()
    page.locator(".ui-rail-number", has_text="3").wait_for()
    assert page.locator("main section h2").count() == 1
