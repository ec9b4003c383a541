"""S7: with the settings of a real installation every page gets A+, and nothing that was signed in for is kept.

Each address is asked as the access matrix knows it, for a record of one's own in the filled world and by somebody who
gets it, so that it is the page that is graded and not its refusal.
"""

import re
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.test import Client, override_settings

from portal.settings.security import security_settings
from portal.settings.signin import signin_settings
from tests.access import matrix
from tests.access.browser import undone
from tests.access.matrix import OWN, Cell
from tests.access.world import ACTORS, World
from tests.accounts.signin.grader import directives, grade
from tests.house.test_public_pages import EVERY, PUBLIC

pytestmark = pytest.mark.timeout(600)
LEAST = 130
PRODUCTION = {**security_settings(https=True), **signin_settings(https=True, proxies=0)}
#: Who is asked first; of the others the first one who gets the page.
ORDER = ("administrator", *(actor for actor in ACTORS if actor != "administrator"))
#: Addresses that have no page for anybody: they lead elsewhere, or answer what one cannot have twice.
WITHOUT_A_PAGE: set[str] = set()


@dataclass(frozen=True)
class Page:
    """What somebody gets at an address."""

    cell: Cell
    status: int
    headers: dict[str, str]
    cookies: list[str]
    content: bytes

    @property
    def name(self) -> str:
        """The name of its address."""
        return matrix.pattern_of(self.cell.row)

    @property
    def is_html(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")


def wanted() -> list[Cell]:
    """Each address (each kind of a list, too) once for who gets it, and once for a stranger."""
    found = []
    for row in matrix.table()["rows"]:
        for kind in matrix.kinds(row):
            cells = [Cell(row, actor, "GET", OWN, kind) for actor in ORDER]
            found.append(next((cell for cell in cells if matrix.expected(cell) == 200), cells[0]))
        found.append(Cell(row, "anonymous", "GET", OWN, matrix.kinds(row)[0]))
    return found


@pytest.fixture(scope="module")
def every_page(shared_world: World) -> list[Page]:
    """Every page with the settings of a real installation, asked once."""
    with override_settings(HTTPS=True, **PRODUCTION):
        clients = {actor: Client() for actor in ACTORS}
        return [asked(shared_world, clients[cell.actor], cell) for cell in wanted()]


def asked(world: World, client: Client, cell: Cell) -> Page:
    client.cookies.clear()
    if cell.actor in world.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[cell.actor]
    with undone():
        answer = client.get(matrix.address(world, cell), secure=True)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    cookies = [cookie.OutputString() for cookie in answer.cookies.values()]
    return Page(cell, answer.status_code, dict(answer.headers), cookies, content)


def test_each_address_is_graded_by_its_page(every_page):
    """A page about a client, company or person is seen with one in it: its 404 says nothing of it."""
    assert {page.name for page in every_page} == EVERY.keys()
    opened = {page.name for page in every_page if page.status == 200 and page.cell.actor != "anonymous"}
    readable = {
        matrix.pattern_of(row)
        for row, facts in matrix.table()["rows"].items()
        if any(matrix.expected(Cell(row, actor, "GET", OWN, matrix.kinds(row)[0])) == 200 for actor in ACTORS)
    }
    assert readable - opened - PUBLIC == WITHOUT_A_PAGE
    about_one = {name for name in opened if EVERY[name].pattern.converters}
    assert len(about_one) > 30


def test_every_page_gets_a_plus(every_page):
    for page in every_page:
        points, why = grade(page.headers, page.cookies)
        assert points >= LEAST, (page.cell, points, why)
    assert sum(page.is_html and page.status == 200 for page in every_page) > 90


def test_no_page_has_anything_inline_and_the_policy_is_the_written_one(every_page):
    seen = [page for page in every_page if page.is_html and page.content]
    for page in seen:
        text = page.content.decode()
        assert re.findall(r"<script(?![^>]*(src=|application/json))[^>]*>", text) == [], page.cell
        assert re.findall(r"<[^>]+\s(?:on[a-z]+|style|hx-on[^=]*)=", text) == [], page.cell
        assert "<style" not in text, page.cell
        policy = directives(page.headers["Content-Security-Policy"])
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
        assert policy["form-action"] == policy["script-src"] == policy["style-src"] == ["'self'"]
    assert sum(page.status == 200 for page in seen) > 90


def test_threat_13_no_answer_after_sign_in_is_kept_and_no_feature_of_the_browser_is_on(every_page):
    kept_from_all = [page for page in every_page if page.cell.actor != "anonymous" and page.name not in PUBLIC]
    assert {page.name for page in kept_from_all} == EVERY.keys() - PUBLIC
    for page in kept_from_all:
        assert page.headers["Cache-Control"] == "no-store", page.cell
        assert page.headers["Cross-Origin-Resource-Policy"] == "same-origin", page.cell
        assert "camera=()" in page.headers["Permissions-Policy"], page.cell
        assert "Access-Control-Allow-Origin" not in page.headers, page.cell
