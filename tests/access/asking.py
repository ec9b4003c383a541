"""Which cells of the matrix a run asks, and what came back."""

from collections.abc import Iterator
from itertools import groupby
from zlib import crc32

from tests.access import matrix
from tests.access.browser import HTMX, Answer, Browser, undone
from tests.access.matrix import Cell
from tests.access.world import ACTORS, World

#: People for whom the quick run asks every refusal of a method that a row names.
ALWAYS = frozenset({"administrator", "assistant", "client_user"})
#: One row of each kind of question: a client, a list, a company, a person, a sync, a person's rights, a team, a file, a
#: secret address. These are asked on every database, by test_scope_at_pages.py.
EVERYWHERE = (
    "dashboards:clients", "dashboards:debtor", "dashboards:business", "companies:company", "employees:person",
    "employees:of_debtor", "companies:records bank", "sync:plan", "sync:cancel", "administration:people",
    "administration:person", "administration:team", "administration:withdraw", "administration:trail",
    "ui:exports all", "ui:exports client", "deadlines:feed", "deadlines:feed replaced",
)  # fmt: skip
#: The quick run asks one in so many of all other requests, and the same again as fragments.
ONE_IN = 40


def chosen(actor: str, *, htmx: bool, long: bool) -> Iterator[list[Cell]]:
    """The requests of one person, those that differ only in whose record they name together."""
    for key, group in groupby(matrix.cells(actor), key=lambda cell: (cell.row, cell.kind, cell.method)):
        cells = list(group)
        place = crc32(" ".join([*key, actor]).encode()) % ONE_IN
        if long or place == (ONE_IN // 2 if htmx else 0):
            yield cells
        elif not htmx and actor in ALWAYS and key[2].lower() in matrix.table()["rows"][key[0]]:
            refused = [cell for cell in cells if matrix.expected(cell) in (403, 404)]
            yield [cell for cell in refused if cell.target in (matrix.OWN, matrix.OTHER_OFFICE)]


def on_every_database(actor: str, *, long: bool) -> Iterator[Cell]:
    """The requests by which every database is asked; of the quick run each row by every second person."""
    turn = list(ACTORS).index(actor)
    for cell in matrix.cells(actor):
        if cell.row in EVERYWHERE and cell.method in ("GET", "POST"):
            mine = (EVERYWHERE.index(cell.row) + turn) % 2 == 0
            if cell.method.lower() in matrix.table()["rows"][cell.row] and (long or mine):
                yield cell


def ask(world: World, cell: Cell, *, htmx: bool = False) -> Answer:
    """Send one request of the matrix; what it changes is undone."""
    browser = Browser(world.sessions.get(cell.actor, ""))
    with undone():
        path, form = matrix.address(world, cell), matrix.body(world, cell)
        return browser.send(cell.method, path, form, **(HTMX if htmx else {}))


def differences(world: World, actor: str, *, htmx: bool, long: bool) -> tuple[int, list[str]]:
    """How many requests were sent, and what was not as the matrix says."""
    asked, wrong = 0, []
    for cells in chosen(actor, htmx=htmx, long=long):
        nothing: set[bytes] = set()
        for cell in cells:
            answer, expected = ask(world, cell, htmx=htmx), matrix.expected(cell, htmx=htmx)
            asked += 1
            if answer.status != expected:
                wrong.append(f"{cell}: {answer.status}, not {expected} {answer.error}")
            leaked = world.planted.found_in(answer.whole) - world.sees(matrix.reader(cell))
            if leaked:
                wrong.append(f"{cell}: marks of {sorted(leaked)}")
            if expected == 404:
                nothing.add(answer.comparable(matrix.address(world, cell)))
        if len(nothing) > 1:
            wrong.append(f"{cells[0]}: what does not exist and what is somebody else's are told apart")
    return asked, wrong
