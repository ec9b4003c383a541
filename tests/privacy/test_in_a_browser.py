"""The pages of personal data in a real browser: usable at both widths and in both languages, without any CSP report."""

import os

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from playwright.sync_api import Error

from portal.accounts.models import User
from portal.privacy import removal
from portal.privacy.models import Removal
from tests.factories import fetched_everything
from tests.privacy.conftest import GROUPED, accounts_of

pytestmark = pytest.mark.browser

WIDTHS = (1440, 390)


@pytest.fixture
def signed_in(page, live_server, office):
    """`signed_in(language)`: the page of the administrator."""

    def sign_in(language: str):
        User.objects.filter(pk=office.administrator.pk).update(language=language)
        client = Browser()
        client.force_login(office.administrator)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return page

    return sign_in


def looked_at(page, address: str, name: str) -> None:
    """Open the page at both widths; nothing may stick out at the side. PICTURES names a folder for pictures."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        picture(page, f"{name}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def picture(page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_number_is_revealed_from_the_persons_page(signed_in, live_server, office, language):
    accounts_of(office)
    client = office.clients["a"]
    fetched_everything(client.debtor)
    page = signed_in(language)
    looked_at(page, live_server.url + reverse("employees:person", args=[client.person.pk]), f"person-{language}")
    page.locator('#facts a[href*="/reveal/bank_accounts/"]').click()
    asked = page.url
    assert "4300" in page.locator("main").inner_text()
    assert GROUPED not in page.content()
    looked_at(page, asked, f"reveal-{language}")
    page.locator("select[name=reason]").select_option("check_payment")
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()
    assert GROUPED in page.locator("main").inner_text()
    picture(page, f"revealed-{language}")
    assert page.url == asked
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "0417" not in stored
    company = reverse("companies:records", args=[client.company.pk, "company_bank_account"])
    page.goto(live_server.url + company)
    assert page.locator('a[href*="/reveal/company_bank_account/"]').count() == 1
    picture(page, f"company-account-{language}")
    page.goto(asked)
    page.locator("select[name=reason]").select_option("check_payment")
    page.locator("main form button[type=submit]").click()
    page.wait_for_load_state()
    page.goto(live_server.url + reverse("administration:agreements"))
    # The browser kept no copy to go back to, and does not ask again by itself.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_client_is_removed_after_its_name_was_typed(signed_in, live_server, office, language):
    accounts_of(office)
    client = office.clients["a"]
    page = signed_in(language)
    for name in ("agreements", "retention", "removals"):
        looked_at(page, live_server.url + reverse(f"administration:{name}"), f"{name}-{language}")
    hand_out = reverse("privacy:hand_out", args=[client.person.pk])
    looked_at(page, live_server.url + hand_out, f"hand-out-{language}")
    agreement = reverse("administration:agreement", args=[client.debtor.pk])
    looked_at(page, live_server.url + agreement, f"agreement-{language}")
    terms = reverse("administration:client_terms", args=[client.debtor.pk])
    looked_at(page, live_server.url + terms, f"terms-{language}")
    page.goto(live_server.url + agreement)
    page.locator(f'a[href$="/clients/{client.debtor.pk}/remove/"]').click()
    looked_at(page, page.url, f"remove-{language}")
    page.locator("input[name=typed]").fill("a")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/privacy/removals/*/")
    looked_at(page, page.url, f"removal-{language}")
    while removal.work(removal.left_behind()[0]):
        pass
    looked_at(page, page.url, f"removed-{language}")
    assert client.debtor.name in page.locator("h1").inner_text()
    lift = reverse("administration:lift_removal", args=[Removal.objects.get().pk])
    assert page.locator(f'form[action="{lift}"]').count() == 1
