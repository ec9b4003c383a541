"""Starting, following and stopping a sync in a real browser, with a real worker and an embedded Nmbrs."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.sync.estimate import estimate
from portal.sync.models import SyncPlan
from portal.sync.service import sync_now
from portal.sync.worker import Worker

pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(page, live_server, administrator):
    """`open_page(address)`: the page of the portal for an administrator who reads English."""
    client = Client()
    client.force_login(administrator(language="en"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    def go(address):
        page.goto(live_server.url + address)
        return page

    return go


def test_a_sync_is_started_followed_and_finished_without_a_reload(open_page, connected):
    page = open_page("/sync/")
    page.get_by_role("button", name="Resync everything").click()
    page.get_by_role("dialog").get_by_role("button", name="Resync everything").click()
    expect(page.locator("progress")).to_be_visible()
    expect(page.get_by_role("button", name="Stop this sync")).to_be_visible()
    page.evaluate("window.sameDocument = true")

    Worker(connected.connection).work()

    expect(page.get_by_text("Done:")).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text("finished")
    expect(page.get_by_role("row", name="Salaries")).to_contain_text("2 / 2")
    expect(page.get_by_role("button", name="Stop this sync")).to_have_count(0)
    assert page.evaluate("window.sameDocument")


def test_a_client_is_resynced_without_leaving_its_page(open_page, synced):
    debtor = Debtor.objects.order_by("pk").first()
    page = open_page(f"/clients/{debtor.pk}/")
    address = page.url
    page.get_by_role("button", name="Resync this client").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("calls to Nmbrs")
    dialog.get_by_role("button", name="Resync this client").click()
    expect(page.locator("progress")).to_be_visible()

    synced.sandbox.advance()
    Worker(synced.connection).work()

    expect(page.get_by_role("link", name="Show the new figures")).to_be_visible()
    assert page.url == address
    page.get_by_role("link", name="What this sync did").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(debtor.name)


def test_one_kind_is_chosen_in_the_dialog_and_the_price_follows(open_page, connected):
    sync_now(connected.environment)
    company = Company.objects.order_by("pk").first()
    page = open_page(f"/companies/{company.pk}/")
    page.get_by_role("button", name="Resync this company").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"About {estimate(company).calls} calls")
    dialog.get_by_label("What to read again").select_option(label="Bank accounts of employees")
    price = estimate(company, "bank_accounts").calls
    assert price != estimate(company).calls
    expect(dialog).to_contain_text(f"About {price} calls")
    # The choice stays as it was made.
    expect(dialog.get_by_label("What to read again")).to_have_value("bank_accounts")
    dialog.get_by_role("button", name="Resync this company").click()
    expect(page.locator("progress")).to_be_visible()

    connected.sandbox.forget_requests()
    Worker(connected.connection).work()

    expect(page.get_by_role("link", name="Show the new figures")).to_be_visible()
    assert len(connected.sandbox.requests) == price
    assert list(SyncPlan.objects.order_by("pk").last().runs.values_list("resource", flat=True)) == ["bank_accounts"]


def test_a_sync_is_stopped(open_page, connected):
    page = open_page("/sync/")
    page.get_by_role("button", name="Resync everything").click()
    page.get_by_role("dialog").get_by_role("button", name="Resync everything").click()
    page.get_by_role("button", name="Stop this sync").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop this sync").click()
    expect(page.get_by_text("The sync was cancelled.")).to_be_visible()
    assert SyncPlan.objects.get().finished is not None
    assert not connected.sandbox.requests
