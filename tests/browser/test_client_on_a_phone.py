"""People of a client at 390 px: no box on any page they open scrolls sideways, and a table is still a table.

Which pages they open comes from the access matrix, as in test_axe_everywhere. PICTURES names a folder for pictures.
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client

from portal.accounts.models import Firm, User
from portal.accounts.roles import Role
from tests.access import matrix
from tests.access.matrix import OWN, Cell
from tests.access.world import World, build
from tests.axe import violations
from tests.browser.test_axe_everywhere import NOT_A_PAGE, ON_THE_WAY, SAYS_NO, UNFOLD, answering
from tests.conftest import NOON
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_department,
    make_employment,
    make_environment,
    make_function,
    make_person,
    make_salary,
    make_schedule,
    summed,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PHONE = {"width": 390, "height": 844}
#: Whoever may see most of a client, and somebody with nothing switched on.
PEOPLE = ("client_administrator", pytest.param("client_user", marks=pytest.mark.long))
#: Boxes whose content is wider than they are, if they let it scroll; and the page itself.
SIDEWAYS = """[...document.querySelectorAll("html, body *")].filter(one => one.scrollWidth > one.clientWidth + 1
  && (one === document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowX)))
  .map(one => `${one.scrollWidth} in ${one.clientWidth}: ${one.outerHTML.slice(0, 160)}`)"""


@pytest.fixture
def world(transactional_db: None, settings: Any) -> Iterator[World]:
    """The people and records of the access matrix. In Dutch: the longer words."""
    settings.SIGN_ON_ISSUERS = ["http://127.0.0.1"]
    with time_machine.travel(NOON, tick=True):
        made = build()
        User.objects.update(language="nl")
        yield made


def be(page: "Page", url: str, session: str) -> None:
    page.context.clear_cookies()
    cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]


def opened_by(actor: str) -> Iterator[Cell]:
    """Every page that somebody gets of their own client, each list once for every kind of record."""
    elsewhere = set.union(ON_THE_WAY, SAYS_NO, *NOT_A_PAGE.values())
    for row, pattern in answering().items():
        for kind in matrix.kinds(row) if pattern not in elsewhere else ():
            cell = Cell(row, actor, "GET", OWN, kind)
            if matrix.expected(cell) == 200:
                yield cell


@pytest.mark.parametrize("actor", PEOPLE)
def test_no_box_on_any_page_of_a_client_scrolls_sideways(
    page: "Page", live_server: Any, world: World, actor: str
) -> None:
    url, wrong, seen = str(live_server), [], 0
    be(page, url, world.sessions[actor])
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for cell in opened_by(actor):
        address = matrix.address(world, cell)
        answer = page.goto(url + address)
        assert answer and answer.status == 200, address
        page.evaluate(UNFOLD)
        wrong += [f"{address} {one}" for one in page.evaluate(SIDEWAYS)]
        seen += 1
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=Path(folder) / f"{actor}-{seen:03d}.png", full_page=True)
    assert wrong == []
    assert seen > 40


def test_a_list_on_a_phone_has_its_headings_beside_the_values_and_can_be_sorted(
    page: "Page", live_server: Any, firm: Firm
) -> None:
    debtor = make_debtor(make_environment(firm), "Zaagmolen De Eenhoorn en Zonen te Westerwijtwerd")
    company = make_company(debtor, "Zaagmolen De Eenhoorn Westerwijtwerd B.V.")
    for number, name in ((1, "J. de Vries-van den Broek"), (2, "A. Bos")):
        person = make_person(company, name, number=number)
        make_employment(person, date(2025, 11, 2))
        make_department(person, "Buitendienst en magazijn", date(2025, 11, 2))
        make_function(person, "Zager", date(2025, 11, 2))
        make_schedule(person, date(2025, 11, 2))
        make_salary(person, f"{number}500.55", date(2025, 11, 2))
    fetched_everything(debtor)
    summed(company)
    ingrid = User.objects.create_user("ingrid@client.example", "Ingrid", "a-good-password", language="nl")
    ingrid.memberships.create(firm=firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    browser, url = Client(), str(live_server)
    browser.force_login(ingrid)
    be(page, url, browser.cookies[django_settings.SESSION_COOKIE_NAME].value)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{url}/companies/{company.pk}/employees/")

    # Name on top, its values below it with the heading of their column; and it is told as the table that it is.
    first = page.locator("#table tbody tr").first
    name, number = first.locator("th"), first.locator("td[data-label=Nummer]")
    assert name.bounding_box()["y"] + name.bounding_box()["height"] <= number.bounding_box()["y"]  # type: ignore[index]
    assert number.evaluate("one => getComputedStyle(one, '::before').content").startswith('"Nummer ')
    table = page.get_by_role("table", name="Medewerkers")
    assert table.get_by_role("columnheader", name="Nummer").count() == 1
    assert table.get_by_role("rowheader", name="A. Bos").count() == 1
    assert table.get_by_role("row").count() > 2

    # Each heading by which one can sort is there to be pressed; what htmx brings is labelled as well.
    def names() -> list[str]:
        return [one.strip() for one in page.locator("#table tbody th").all_inner_texts()]

    assert names() == ["A. Bos", "J. de Vries-van den Broek"]
    page.locator("#table thead").get_by_role("link", name="Nummer").click()
    page.locator("#table th[aria-sort=ascending]", has_text="Nummer").wait_for()
    page.locator("#table td[data-label=Nummer]").first.wait_for()
    assert names() == ["J. de Vries-van den Broek", "A. Bos"]
    page.locator("#table thead a").first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#table tbody') !== null")
    page.evaluate("document.activeElement.blur()")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.locator(f"html[data-bs-theme={theme}]").wait_for(state="attached")
        assert violations(page) == []
        assert page.evaluate(SIDEWAYS) == []

    # On paper it is a table with its headings in a row, and so it is on a wider screen.
    shown = "getComputedStyle(document.querySelector('#table tbody tr')).display"
    assert page.evaluate(shown) == "grid"
    page.emulate_media(media="print")
    assert page.evaluate(shown) == "table-row"
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 900})
    assert page.evaluate(shown) == "table-row"
    assert number.evaluate("one => getComputedStyle(one, '::before').content") == "none"
