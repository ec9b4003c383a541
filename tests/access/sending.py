"""What generated requests are made of: the names that pages read, most often those that the very page reads."""

from random import Random

from tests.access import hearing, matrix
from tests.access.browser import Browser, undone
from tests.access.names import known
from tests.access.world import World

#: Names whose value is the address of a page, or the query of one.
ADDRESSES = frozenset({"at", "back", "next", "filter"})
#: What some pages write before an id.
BEFORE_IDS = ("", "", "", "run-", "team-", "user-", "firm-", "-", "name,")
#: In so many of the cases a name is one that the page was heard to read.
OWN_NAMES = 0.7
#: Whose pages are opened to hear what is read there.
LISTENERS = ("administrator", "client_user", "anonymous")
_listened: set[str] = set()


def listen(world: World) -> None:
    """Open every page once, for each of the people who see something else there, and post to it; once in a process."""
    for actor in sorted(set(LISTENERS) - _listened):
        for row, facts in matrix.table()["rows"].items():
            for method in ("GET", "POST"):
                if method.lower() in facts or "any" in facts:
                    cell = matrix.Cell(row, actor, method, matrix.OWN, matrix.kinds(row)[0])
                    with undone():
                        path, body = matrix.address(world, cell), matrix.body(world, cell)
                        Browser(world.sessions.get(actor, "")).send(method, path, body if method == "POST" else None)
        _listened.add(actor)


def names(row: str, pick: Random, count: int) -> list[str]:
    """So many names, for a request to the address of a row of the matrix."""
    heard = sorted(hearing.HEARD.get(matrix.pattern_of(row), set()) & set(known()))
    found = {pick.choice(heard) if heard and pick.random() < OWN_NAMES else pick.choice(known()) for _ in range(count)}
    return sorted(found)
