"""Which cells of the matrix a run asks, and what came back."""

from collections.abc import Iterator
from itertools import groupby
from zlib import crc32

from tests.access import matrix
from tests.access.browser import HTMX, Answer, Browser, undone
from tests.access.matrix import Cell
from tests.access.world import World

#: People for whom the quick run asks every refusal of a method that a row names.
ALWAYS = frozenset({"administrator", "assistant", "client_user"})
#: The quick run asks one in so many of all other requests, and the same again as fragments.
ONE_IN = 40


def chosen(actor: str, *, htmx: bool, long: bool) -> Iterator[list[Cell]]:
    """The requests of one person, those that differ only in whose record they name together."""
    own = (cell for cell in matrix.cells() if cell.actor == actor)
    for key, group in groupby(own, key=lambda cell: (cell.row, cell.kind, cell.method)):
        cells = list(group)
        place = crc32(" ".join([*key, actor]).encode()) % ONE_IN
        if long or place == (ONE_IN // 2 if htmx else 0):
            yield cells
        elif not htmx and actor in ALWAYS and key[2].lower() in matrix.table()["rows"][key[0]]:
            refused = [cell for cell in cells if matrix.expected(cell) in (403, 404)]
            yield [cell for cell in refused if cell.target in (matrix.OWN, matrix.OTHER_OFFICE)]


def ask(world: World, cell: Cell, *, htmx: bool = False) -> Answer:
    """Send one request of the matrix; what it changes is undone."""
    browser = Browser(world.sessions.get(cell.actor, ""))
    with undone():
        path, form = matrix.address(world, cell), matrix.body(world, cell)
        return browser.send(cell.method, path, form, **(HTMX if htmx else {}))


def differences(world: World, actor: str, *, htmx: bool, long: bool) -> tuple[int, list[str]]:
    """How many requests were sent, and what was not as the matrix says."""
    asked, wrong = 0, []
    may_see = world.sees(actor)
    for cells in chosen(actor, htmx=htmx, long=long):
        nothing: set[bytes] = set()
        for cell in cells:
            answer, expected = ask(world, cell, htmx=htmx), matrix.expected(cell, htmx=htmx)
            asked += 1
            if answer.status != expected:
                wrong.append(f"{cell}: {answer.status}, not {expected} {answer.error}")
            leaked = world.planted.found_in(answer.whole) - may_see
            if leaked:
                wrong.append(f"{cell}: marks of {sorted(leaked)}")
            if expected == 404:
                nothing.add(answer.comparable(matrix.address(world, cell)))
        if len(nothing) > 1:
            wrong.append(f"{cells[0]}: what does not exist and what is somebody else's are told apart")
    return asked, wrong
