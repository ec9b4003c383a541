"""Pictures of the main pages of a demo, for looking at and for the README: `make screenshots [ARGS=FOLDER]`.

Each page at 1440 and 390 pixels, light and dark, in Dutch; the clients page in English too.
"""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import FLAGS, find_or_install
from tests.demo.running import Demo, free_port

TOP = Path(__file__).resolve().parents[1]
WIDTHS = {1440: 900, 390: 844}
THEMES = ("light", "dark")


def addresses(page: Page, start: str) -> Iterator[tuple[str, str]]:
    """Name and address of each main page, found by following links as a person does."""
    yield "start", start
    yield "calendar", f"{start}calendar/"
    clients = f"{start}clients/"
    yield "clients", clients
    page.goto(clients)
    debtor = first_link(page, "/clients/")
    yield "debtor", debtor
    page.goto(debtor)
    company = first_link(page, "/companies/")
    yield "company", company
    people = f"{company.split('?')[0]}employees/"
    yield "employees", people
    page.goto(people)
    yield "person", first_link(page, "/employees/")
    yield "sync", f"{start}sync/"


def first_link(page: Page, path: str) -> str:
    """The first link of the content that leads to one row below `path`."""
    links = page.locator(f'main a[href*="{path}"]').evaluate_all("all => all.map(one => one.href)")
    rows = [link for link in links if link.split(path)[1][:1].isdigit() and link.split("?")[0].count("/") == 5]
    if not rows:
        raise RuntimeError(f"{page.url} has no link to {path}")
    return str(rows[0])


def sign_in(page: Page, address: str) -> None:
    """Go through the demo's door as the administrator."""
    page.goto(f"{address}/sign-in/")
    page.locator('form[action*="/enter/administrator/"] button').click()
    page.wait_for_load_state("networkidle")


def take(browser: Browser, address: str, folder: Path) -> None:
    """Take every picture."""
    context = browser.new_context(locale="nl-NL", timezone_id="Europe/Amsterdam")
    page = context.new_page()
    page.goto(f"{address}/sign-in/")
    pages = [("sign-in", f"{address}/sign-in/")]
    sign_in(page, address)
    pages += addresses(page, f"{address}/")
    state = context.storage_state()
    context.close()
    for name, where in pages:
        for width, height in WIDTHS.items():
            for theme in THEMES:
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=theme,
                    locale="nl-NL",
                    timezone_id="Europe/Amsterdam",
                    storage_state=None if name == "sign-in" else state,
                )
                page = context.new_page()
                page.goto(where)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
                context.close()
        print(f"  {name}: {where}", flush=True)


def main() -> int:
    """Start a demo of its own, take the pictures, stop it."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("TEST_CHROMIUM") or find_or_install()
    demo = Demo(folder / "demo", free_port(), free_port())
    try:
        print("Starting a demo", flush=True)
        demo.wait_until_open()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
            take(browser, demo.address, folder)
            browser.close()
    finally:
        demo.stop(signal.SIGTERM)
    print(f"The pictures are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
