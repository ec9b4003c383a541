"""First steps and a house style as a browser shows them: at both widths, in both looks, without a CSP report."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts.branding import change
from portal.connections import first_start
from portal.connections.models import EnvironmentKind
from portal.connections.probing import Answer
from portal.connections.reach import Listed, Reach
from portal.connections.setup import Credentials, Tried, keep
from tests.factories import make_debtor

pytestmark = pytest.mark.browser


def test_the_steps_and_the_colour_can_be_used_everywhere(page, live_server, administrator, firm):
    user = administrator(language="en")
    change(firm, name="Kantoor Jansen", accent="#7a1fa2")
    credentials = Credentials("http://127.0.0.1:9", "api@demo.example", "a-token", "demo")
    environment = keep(firm, credentials, "demo", EnvironmentKind.ACCOUNTANT).environment
    make_debtor(environment)
    client = Browser()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    def look(address: str, called: str, scheme: str = "light") -> None:
        page.emulate_media(color_scheme=scheme)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(live_server.url + address)
            if folder := os.environ.get("PICTURES"):
                page.screenshot(path=f"{folder}/{called}-{scheme}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (called, width)
        broken = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in broken] == []

    look(reverse("first_start:overview"), "overview")
    tried = Tried("demo", "demo", Reach(1, 2, ("Bakkerij De Gouden Aar",), Listed("7", "De Gouden Aar B.V.")))
    kinds = {"employees": Answer.ALLOWED, "salaries": Answer.REFUSED, "journal": Answer.UNTESTED}
    first_start.remember_tried(firm, credentials, EnvironmentKind.ACCOUNTANT, tried, kinds)
    look(reverse("first_start:connection"), "tried")
    look(reverse("first_start:clients"), "clients", "dark")
    look(reverse("administration:branding"), "branding", "dark")
    fill = page.locator("main .btn-primary").first.evaluate("one => getComputedStyle(one).backgroundColor")
    assert fill not in ("rgb(11, 92, 173)", "rgb(29, 107, 191)")
