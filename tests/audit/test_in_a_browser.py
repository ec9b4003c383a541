"""The audit trail in a real browser: the file follows the filter without a reload."""

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from portal.audit.actors import Actor
from portal.audit.kinds import Kind
from portal.audit.recording import record
from tests.factories import make_employee_type, make_person

pytestmark = pytest.mark.browser


def test_the_file_follows_the_filter_of_the_table(page, live_server, office, administrator):
    boss = administrator(language="en")
    client = Client()
    client.force_login(boss)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    make_employee_type(office.environment)
    who = Actor(boss.pk, "administrator", address="192.0.2.7", firms=(office.firm.pk,))
    record(Kind.PERSON_READ, make_person(office.company, "Zwartjes"), actor=who)
    record(Kind.SETTINGS_CHANGED, office.environment, actor=who, detail={"fields": ["nightly_hour"]})

    page.goto(f"{live_server.url}/administration/trail/")
    page.evaluate("window.sameDocument = true")
    page.locator("#id_kind").select_option(label="Settings changed")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    link = page.get_by_role("link", name="Export as CSV")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", re.compile(r"^/administration/trail/export/\?.*kind=settings_changed"))
    assert page.evaluate("window.sameDocument")
    with page.expect_download() as download:
        link.click()
    assert "Settings changed" in download.value.path().read_text(encoding="utf-8-sig")
