"""Pictures of the eight main pages of a demo, for the README: `make screenshots [ARGS=FOLDER]`.

Each page at 1440 and 390 pixels, light and dark, in Dutch and in English: 64 files with names that stay the same. They
show one screen, in 256 colours, so that they are small enough to be kept with the source. Two more show every
component, for docs/components.md.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import FLAGS, find_or_install
from tests.demo.running import Demo, free_port
from tests.ui import specimen_picture

TOP = Path(__file__).resolve().parents[1]
WIDTHS = {1440: 900, 390: 844}
THEMES = ("light", "dark")
LANGUAGES = ("nl", "en")
#: The main pages, in the order in which `addresses` finds them.
PAGES = ("board", "clients", "debtor", "company", "employees", "person", "variance", "search")
#: An office large enough to fill a screen, small enough to be read in a minute.
SIZE = ("--debtors", "9", "--employees", "14")


def file_name(page: str, width: int, theme: str, language: str) -> str:
    """The picture of a main page."""
    return f"{page}-{width}-{theme}-{language}.png"


def file_names() -> set[str]:
    """Every picture that belongs in the folder."""
    of_pages = {file_name(*one) for one in product(PAGES, WIDTHS, THEMES, LANGUAGES)}
    return of_pages | {specimen_picture.file_name(theme) for theme in THEMES}


def addresses(page: Page, start: str) -> Iterator[str]:
    """The address of each main page, in the order of PAGES, found by following links as a person does."""
    yield start
    clients = f"{start}clients/"
    yield clients
    page.goto(clients)
    # The first client of a demo has people with hostile names, which are for tests.
    debtor = a_link(page, "/clients/", 4)
    yield debtor
    page.goto(debtor)
    company = a_link(page, "/companies/")
    yield company
    people = f"{company.split('?')[0]}employees/"
    yield people
    page.goto(people)
    yield a_link(page, "/employees/")
    yield f"{company.split('?')[0]}variance/"
    yield f"{start}search/?q=boersma"


def a_link(page: Page, path: str, place: int = 0) -> str:
    """A link of the content that leads to one row below `path`: the first, or the one at `place`."""
    links = page.locator(f'main a[href*="{path}"]').evaluate_all("all => all.map(one => one.href)")
    rows = [link for link in links if link.split(path)[1][:1].isdigit() and link.split("?")[0].count("/") == 5]
    if len(rows) <= place:
        raise RuntimeError(f"{page.url} has no link to {path}")
    return str(rows[place])


def sign_in(page: Page, address: str) -> None:
    """Go through the demo's door as the administrator."""
    page.goto(f"{address}/sign-in/")
    page.locator('form[action*="/enter/administrator/"] button').click()
    page.wait_for_load_state("networkidle")


def speak(page: Page, address: str, language: str) -> None:
    """Have the account's pages in this language."""
    page.goto(f"{address}/")
    page.locator("details.ui-user summary").click()
    page.locator(f'details.ui-user button[name="language"][value="{language}"]').click()
    page.wait_for_load_state("networkidle")


def small(picture: bytes) -> bytes:
    """The same picture in 256 colours."""
    kept = BytesIO()
    with Image.open(BytesIO(picture)) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def take(browser: Browser, address: str, folder: Path) -> None:
    """Take every picture."""
    zone = {"locale": "nl-NL", "timezone_id": "Europe/Amsterdam"}
    context = browser.new_context(**zone)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, address)
    pages = list(zip(PAGES, addresses(page, f"{address}/"), strict=True))
    for language in LANGUAGES:
        speak(page, address, language)
        state = context.storage_state()
        for (width, height), theme in product(WIDTHS.items(), THEMES):
            screen = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,  # type: ignore[arg-type]
                reduced_motion="reduce",
                storage_state=state,
                **zone,  # type: ignore[arg-type]
            )
            shown = screen.new_page()
            for name, where in pages:
                shown.goto(where)
                shown.wait_for_load_state("networkidle")
                taken = folder / file_name(name, width, theme, language)
                taken.write_bytes(small(shown.screenshot()))
            screen.close()
            print(f"  {language}, {theme}, {width} pixels", flush=True)
    context.close()


def main() -> int:
    """Start a demo of its own, take the pictures, stop it."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("TEST_CHROMIUM") or find_or_install()
    with tempfile.TemporaryDirectory() as apart:
        demo = Demo(Path(apart) / "demo", free_port(), free_port(), SIZE)
        try:
            print("Starting a demo", flush=True)
            demo.wait_until_open()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
                specimen_picture.take(browser, folder, small)
                take(browser, demo.address, folder)
                browser.close()
        finally:
            demo.stop(signal.SIGTERM)
    total = sum(one.stat().st_size for one in folder.glob("*.png"))
    print(f"The pictures are in {folder}: {total / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
