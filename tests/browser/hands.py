"""Three ways to use the portal: with the mouse, with the keyboard alone, and on a phone.

A story is told once, to a hand. PICTURES names a folder for pictures of every page that it came to.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect

from portal.accounts.models import User
from tests.accounts.signin.world import PASSWORD, code

#: What sticks out at the side of the page, unless something around it lets it scroll or cuts it off; empty if nothing.
STICKS_OUT = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  const out = [...document.body.querySelectorAll("*")].filter(
    one => one.getBoundingClientRect().right > page.clientWidth + 0.5);
  return [`${page.scrollWidth} of ${page.clientWidth}`, ...out.map(one => one.outerHTML.slice(0, 120))];
}"""
#: More than this many keys to one thing, and nobody would find it.
FAR = 50
#: The key that brings the focus nearer to `wanted`: within a table those of tables, everywhere else Tab.
NEXT = """wanted => {
  const one = document.activeElement;
  const table = wanted.closest("table[data-keys]");
  if (!table || !table.parentElement.contains(one) || !wanted.closest("thead, tbody")) return "Tab";
  const [here, there] = [one.closest("tr"), wanted.closest("tr")];
  if (here === there) return wanted.closest("thead") ? "ArrowRight" : "Tab";
  if (!here || !one.closest("tbody")) return wanted.closest("thead") ? "Tab" : "ArrowDown";
  if (wanted.closest("thead")) return "ArrowUp";
  return here.rowIndex < there.rowIndex ? "ArrowDown" : "ArrowUp";
}"""
#: Whether `wanted` has the focus, and what is wrong with how the focus is shown: no ring, one that hardly differs from
#: what it is drawn on, or something that lies over it. The button inside a field of a date has a ring of the browser's.
FOCUS = """wanted => {
  const one = document.activeElement;
  if (!one || one === document.body) return [false, ""];
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (...colours) => {
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const grounds = [];
  for (let place = one.parentElement; place; place = place.parentElement) {
    grounds.unshift(getComputedStyle(place).backgroundColor);
  }
  const style = getComputedStyle(one);
  const [ground, ring] = [light(...grounds), light(...grounds, style.outlineColor)];
  const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = one.matches("input[type=date], input[type=month]") && !one.matches(":focus-visible");
  const box = one.getBoundingClientRect();
  const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
  const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
  const near = (from, to) => [from + 2, (from + to) / 2, to - 2];
  const seen = near(left, right).some((x) => near(top, bottom).some((y) => {
    const there = document.elementFromPoint(x, y);
    return there && (one.contains(there) || there.contains(one));
  }));
  const contrast = Math.max(ground, ring) / Math.min(ground, ring);
  const wrong = inside ? "" : !drawn ? "no ring" : contrast < 3 ? `a faint ring (${contrast.toFixed(2)})`
    : right <= left || bottom <= top || !seen ? "out of sight" : "";
  return [one === wanted, wrong && `${wrong}: ${one.outerHTML.slice(0, 200)}`];
}"""


class Hand:
    """With the mouse, on a screen of 1440 pixels."""

    width, height = 1440, 900

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self._pictures = count(1)
        page.set_viewport_size({"width": self.width, "height": self.height})
        page.emulate_media(reduced_motion="reduce")
        page.set_default_timeout(20_000)

    # --- what every hand can do --------------------------------------------------------------------------------------

    def press(self, target: Locator) -> None:
        """Follow a link or press a button."""
        target.click()

    def write(self, field: Locator, text: str) -> None:
        """Put a text into a field in place of what stands there."""
        field.click()
        field.fill(text)

    def choose(self, field: Locator, label: str) -> None:
        """Choose from a list."""
        field.select_option(label=label)

    def go(self, entry: str) -> None:
        """Follow an entry of the main menu."""
        self.press(self.page.locator("#rail").get_by_role("link", name=entry, exact=True))

    def find(self, words: str, result: str | re.Pattern[str]) -> None:
        """Search, and open a result."""
        self.press(self.page.locator(".ui-search-opener"))
        self.page.keyboard.type(words)
        self.press(self.page.get_by_role("option", name=result))

    # --- what follows from that --------------------------------------------------------------------------------------

    def sign_in(self, user: User, secret: str) -> None:
        """Address, password, and the code of the app."""
        self.page.goto(f"{self.url}/sign-in/")
        self.write(self.page.locator("#id_login"), user.email)
        self.write(self.page.locator("#id_password"), PASSWORD)
        self.press(self.page.locator("#id_password").locator("xpath=ancestor::form").locator("button.btn-primary"))
        self.page.wait_for_url("**/sign-in/code/")
        self.write(self.page.locator("#id_code"), code(secret))
        self.press(self.page.locator("#id_code").locator("xpath=ancestor::form").locator("button.btn-primary"))

    def arrives(self, heading: str | re.Pattern[str]) -> None:
        """The page with this heading is there, and looks as it should."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.page.wait_for_load_state()
        self.looks_right()

    def looks_right(self) -> None:
        """Nothing of the page sticks out at its side."""
        if folder := os.environ.get("PICTURES"):
            path = Path(folder) / f"{type(self).__name__.lower()}-{next(self._pictures):02d}.png"
            self.page.screenshot(path=path, caret="initial")
        if self.page.evaluate(STICKS_OUT):
            # A table that is just coming in may stick out for a moment; what counts is the page at rest.
            self.page.wait_for_timeout(1000)
        assert self.page.evaluate(STICKS_OUT) == [], self.page.url

    def open(self, menu: Locator) -> Locator:
        """Open what is folded; returns it."""
        self.press(menu.locator("summary"))
        expect(menu).to_have_attribute("open", "")
        return menu

    def tool(self, name: str) -> Locator:
        """Open one of the tools above a list."""
        return self.open(self.page.locator(".ui-tools details", has=self.page.locator("summary", has_text=name)))

    def account(self) -> Locator:
        """Open the menu of one's own."""
        return self.open(self.page.locator("details.ui-user"))

    def filters(self) -> Locator:
        """The filters of a list; on a small screen they are unfolded first."""
        form = self.page.locator("form.ui-filters")
        fold = form.locator(".ui-filters-fold")
        if fold.is_visible() and fold.get_attribute("open") is None:
            self.open(fold)
        return form

    @contextmanager
    def a_file(self) -> Iterator[list[Download]]:
        """A list that holds the file which came meanwhile."""
        came: list[Download] = []
        with self.page.expect_download() as download:
            yield came
        came.append(download.value)


class Phone(Hand):
    """On a phone: the menu is opened first."""

    width, height = 390, 844

    def go(self, entry: str) -> None:
        """Open the menu, follow an entry."""
        self.press(self.page.get_by_role("button", name=re.compile("^(Open the menu|Menu openen)$")))
        super().go(entry)


class Keyboard(Hand):
    """With keys alone. Wherever the focus comes, it is to be seen."""

    def reach(self, target: Locator) -> None:
        """Go on with Tab, in a table with its keys, until the target has the focus."""
        expect(target).to_be_visible()
        for _ in range(FAR):
            there, wrong = target.evaluate(FOCUS)
            assert not wrong, f"{self.page.url}: {wrong}"
            if there:
                return
            self.page.keyboard.press(target.evaluate(NEXT))
        raise AssertionError(f"{self.page.url}: {target} is not reached by {FAR} keys")

    def press(self, target: Locator) -> None:
        """Reach it, then Enter."""
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        """Reach the field, then type."""
        self.reach(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, field: Locator, label: str) -> None:
        """Reach the list, then go down it."""
        self.reach(field)
        chosen = "one => one.selectedOptions[0].label"
        for _ in range(field.locator("option").count()):
            if field.evaluate(chosen) == label:
                break
            self.page.keyboard.press("ArrowDown")
        assert field.evaluate(chosen) == label

    def find(self, words: str, result: str | re.Pattern[str]) -> None:
        """The key for searching, the words, down to the result, Enter."""
        self.page.keyboard.press("Control+k")
        # Nobody types before the field is there.
        expect(self.page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
        self.page.keyboard.type(words)
        option = self.page.get_by_role("option", name=result)
        expect(option).to_be_visible()
        for _ in range(self.page.get_by_role("option").count()):
            if option.get_attribute("aria-selected") == "true":
                break
            self.page.keyboard.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        self.page.keyboard.press("Enter")
