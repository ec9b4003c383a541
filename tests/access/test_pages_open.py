"""Every page opens on every database, and every list can be sorted there by what it offers.

PostgreSQL and SQLite do not take the same statements, least of all with parameters that the server puts in: a page that
only SQLite was asked for was an error of the portal on PostgreSQL.
"""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.access import matrix
from tests.access.asking import ask
from tests.access.browser import Browser, undone
from tests.access.matrix import OWN, Cell
from tests.access.pages import read
from tests.access.world import World

pytestmark = pytest.mark.database


def pages() -> list[Cell]:
    """Every address that an administrator opens, once."""
    found = [cell for cell in matrix.cells("administrator") if (cell.method, cell.target) == ("GET", OWN)]
    return [cell for cell in found if matrix.expected(cell) == 200]


def sorts(body: bytes) -> list[dict[str, list[str]]]:
    """What each of the page's links to sort by asks for."""
    asked = [parse_qs(urlsplit(link).query) for link in read(body).links]
    return [query for query in asked if any(name.split("-")[-1] == "sort" for name in query)]


@pytest.mark.parametrize("part", range(4))
def test_every_page_opens_and_every_list_sorts_by_its_columns(world: World, part: int) -> None:
    opened = followed = 0
    for cell in pages()[part::4]:
        answer = ask(world, cell)
        assert answer.status == 200, cell
        opened += 1
        # A list that was sorted by each column would take minutes: each list takes its turn with some of them.
        for query in sorts(answer.body)[opened % 4 :: 4]:
            with undone():
                path = matrix.address(world, cell)
                sent = Browser(world.sessions["administrator"]).send("GET", path, query)
            assert sent.status == 200, (cell, query)
            followed += 1
    assert opened > 30
    assert followed > 15
