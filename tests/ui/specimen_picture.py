"""Pictures of the page that shows every component, for docs/components.md; `make screenshots` takes them.

The page is asked of the portal in this process and its files are read from their folders: no server, nobody signed in,
and a clock that stands still, so that two pictures differ only where a component does.
"""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Route

ADDRESS = "http://localhost"
STATIC = Path(__file__).resolve().parents[2] / "static"
THEMES = ("light", "dark")


def file_name(theme: str) -> str:
    """The picture in one look."""
    return f"components-{theme}.png"


def page_of_components() -> str:
    """The specimen page in English, as somebody without an account gets it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    import time_machine
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory, override_settings
    from django.utils import translation

    from tests.conftest import NOON
    from tests.ui.specimen import specimen

    request = RequestFactory(SERVER_NAME="localhost").get("/specimen/")
    request.user = AnonymousUser()
    only = override_settings(ROOT_URLCONF="tests.ui.specimen")
    with time_machine.travel(NOON, tick=False), translation.override("en"), only:
        answer = specimen(request)
    # Work that goes on asks for itself; in a picture it stays where it is.
    return answer.content.decode().replace("hx-get=", "data-no-get=")


def answering(html: str) -> Callable[[Route], None]:
    """What answers a browser with the page and the portal's files."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        file = STATIC / path.removeprefix("/static/")
        if path == "/specimen/":
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif path.startswith("/static/") and file.is_file():
            route.fulfill(path=file)
        else:
            route.fulfill(status=404)

    return answer


def take(browser: Browser, folder: Path, small: Callable[[bytes], bytes]) -> None:
    """One picture a look, of the whole page; `small` makes it fit to be kept."""
    answer = answering(page_of_components())
    for theme in THEMES:
        context = browser.new_context(
            viewport={"width": 1440, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        context.route(f"{ADDRESS}/**", answer)
        page = context.new_page()
        page.goto(f"{ADDRESS}/specimen/")
        page.wait_for_load_state("networkidle")
        page.get_by_role("button", name="Explanation: Wage-tax return").click()
        (folder / file_name(theme)).write_bytes(small(page.screenshot(full_page=True)))
        context.close()
