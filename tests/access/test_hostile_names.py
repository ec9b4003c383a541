"""S8, threats 31 and 32: names that are markup, formulas or tricks of writing direction stay text on every page."""

from collections import Counter
from html import escape

import pytest

from portal.accounts.models import ReviewLine, User
from portal.companies.models import Company
from portal.debtors.models import Debtor, DebtorTag
from portal.employees.models import Department, Employee, Function, PersonalInfo
from tests.access import matrix
from tests.access.browser import Browser, undone
from tests.access.pages import read
from tests.access.test_seeing import pages_of
from tests.access.world import World

NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<b hx-get='/sync/' hx-trigger='load'>x</b>",
    "</title></textarea></script><svg onload=alert(1)>",
    "{{ 7|add:7 }}{% csrf_token %}",
    "javascript:alert(1)",
    "&lt;i&gt;already escaped&lt;/i&gt;",
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "\u202eevil\u202c gro.live",
    "\u2066\u2067a\u2069\u200b\u200e",
    "\uff1cscript\uff1ealert(1)",
    "a\u0000b".replace("\u0000", "\u0001"),
]
#: Where a sync would put a name: model and column.
PLACES = [
    (Employee, "display_name"),
    (Debtor, "name"),
    (Company, "name"),
    (Department, "description"),
    (Function, "description"),
    (PersonalInfo, "last_name"),
    (DebtorTag, "text"),
    (User, "name"),
]


def name_everybody(world: World, name: str) -> None:
    """Give every record of client a this name."""
    filling = world.fillings["a"]
    for model, column in PLACES:
        rows = User.objects.filter(pk=world.users["user-a"].pk) if model is User else model._base_manager.all()
        if model is not User:
            rows = rows.filter(pk__in=[filling.row(model).pk])
        rows.update(**{column: name})


Shape = Counter[tuple[str, tuple[str, ...]]]


def shape(body: bytes) -> Shape:
    """The elements of a page with the names of their attributes: what no name may add to. A name may move a row."""
    return Counter((tag, tuple(sorted(name for name, _ in attributes))) for tag, attributes in read(body).elements)


@pytest.fixture
def plain(world) -> dict[str, Shape]:
    """The pages that the administrator gets while everybody has a harmless name."""
    name_everybody(world, "Harmless")
    return {path: shape(body) for path, body in shown(world).items()}


def shown(world: World) -> dict[str, bytes]:
    """Every page that shows one of the names; files and calendars, which no browser takes for a page, have tests of
    their own."""
    asked = [path for path in pages_of(world, "administrator") if "/export/" not in path and not path.endswith(".ics")]
    pages = {path: page(world, path) for path in asked}
    return {path: body for path, body in pages.items() if b"Harmless" in body}


def page(world: World, path: str) -> bytes:
    with undone():
        answer = Browser(world.sessions["administrator"]).send("GET", path)
    assert answer.status == 200, path
    return answer.body


def test_threat_31_names_stay_text_on_every_page(world, plain):
    assert len(plain) > 10
    # A name a page, another one on the next.
    for place, (path, elements) in enumerate(sorted(plain.items())):
        name = NAMES[place % len(NAMES)]
        with undone():
            name_everybody(world, name)
            body = page(world, path)
        assert shape(body) == elements, (path, name)
        # A sentence may begin with it, and a capital.
        assert escape(name).lower() in body.decode().lower(), (path, name)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_threat_31_every_name_stays_text_on_every_page(world, plain, name):
    name_everybody(world, name)
    for path, elements in plain.items():
        assert shape(page(world, path)) == elements, path


@pytest.mark.parametrize("name", [one for one in NAMES if one[0] in "=+"])
def test_threat_32_no_cell_of_a_file_is_a_formula(world, name):
    ReviewLine.objects.filter(pk=world.ids["line"]["a"]).update(person=name)
    cell = matrix.Cell("administration:export_review", "administrator", "GET", "a")
    body = Browser(world.sessions["administrator"]).send("GET", matrix.address(world, cell)).body.decode()
    assert f"'{name[:5]}" in body
    assert f'"{name[:5]}' not in body
