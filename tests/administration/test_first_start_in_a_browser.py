"""Connecting to a slow Nmbrs in a real browser: how long it takes is said, and a second press asks for nothing more."""

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings as django_settings
from playwright.sync_api import expect
from pytest_django.fixtures import Settings

from portal.connections.models import FirstStart
from portal.nmbrs.sandbox import Sandbox
from tests.administration.pages import by
from tests.axe import violations
from tests.conftest import NOON

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slow(settings: Settings):
    with (
        time_machine.travel(NOON, tick=True),
        Sandbox(debtors=1, companies=1, employees=1, seed=7, today=NOON.date()) as running,
    ):
        settings.NMBRS_HOSTS = [running.url]
        running.latency = 0.3
        yield running


def test_a_slow_answer_is_announced_beforehand_and_asked_for_once(
    page: "Page", live_server: Any, slow: Sandbox, administrator: Any
) -> None:
    name = django_settings.SESSION_COOKIE_NAME
    session = by(administrator(language="en")).cookies[name].value
    page.context.add_cookies([{"name": name, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/start/connection/")
    expect(page.locator("main")).to_contain_text("This page waits for the answers of Nmbrs")
    page.get_by_label("API user").fill("api@demo.example")
    page.get_by_label("API token").fill("demo-token")
    asking = page.get_by_text("Nmbrs is asked what these credentials open")
    expect(asking).to_be_hidden()
    assert violations(page) == []
    # Two presses one after the other, and what the page says while the answer is on its way.
    told = page.evaluate(
        """() => {
          const form = document.querySelector("form[data-once]");
          const button = form.querySelector("[type=submit]");
          button.click();
          button.click();
          return [!form.querySelector("[data-while-sent]").hidden, button.getAttribute("aria-disabled")];
        }"""
    )
    assert told == [True, "true"]
    page.get_by_role("heading", name="What this token opens").wait_for()
    asked = [call.operation for call in slow.requests]
    assert asked.count("Environment_Get") == 1
    assert FirstStart.objects.get().tried is not None
