"""The scope as pages ask it, on SQLite and on PostgreSQL: a slice of the matrix, and every page of a client's user."""

import pytest

from tests.access import matrix
from tests.access.asking import ask
from tests.access.world import ACTORS

pytestmark = pytest.mark.database

#: One row of each kind of question: a client, a list, a company, a person, a sync, a person's rights, a team.
ROWS = (
    "dashboards:clients", "dashboards:debtor", "dashboards:business", "companies:company", "employees:person",
    "employees:of_debtor", "companies:records bank", "sync:plan", "sync:cancel", "administration:people",
    "administration:person", "administration:team", "administration:withdraw", "administration:trail",
)  # fmt: skip


@pytest.mark.parametrize("actor", ACTORS)
def test_threat_01_the_scope_is_the_same_on_every_database(world, actor):
    asked, may_see = 0, world.sees(actor)
    for cell in matrix.cells():
        row = matrix.table()["rows"][cell.row]
        if cell.row in ROWS and cell.actor == actor and cell.method.lower() in row and cell.method in ("GET", "POST"):
            answer = ask(world, cell)
            assert answer.status == matrix.expected(cell), cell
            assert world.planted.found_in(answer.whole) <= may_see, cell
            asked += 1
    assert asked > 40


def test_the_marks_of_ones_own_clients_do_arrive(world):
    """Else the search for marks of others would prove nothing."""
    answer = ask(world, matrix.Cell("employees:person", "accountant", "GET", "a"))
    marks = {mark for mark in world.planted.texts if mark.encode() in answer.body}
    assert len(marks) > 20
    assert {mark[3] for mark in marks} == {"a"}
